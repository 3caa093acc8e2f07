using System.Data.Common;
using Polly;
using Polly.Retry;

namespace ChatBot.Databases;

/// <summary>Logs in, and insists for a while on a full server; every other refusal is final.</summary>
/// <remarks>
/// Somebody who connects holds a slot before being refused, so on a busy full server a free slot lasts milliseconds and
/// only insisting gets it. Drivers call "full" transient, and much else; retrying on that would hammer a server in trouble.
/// Whoever was refused a whole round comes back with a few tries at a time (<see cref="LoginPause"/>).
/// </remarks>
internal sealed class WarmLogin<TTarget, TConnection>(WarmEngine<TTarget, TConnection> engine, TimeProvider clock)
    where TTarget : IWarmTarget
    where TConnection : DbConnection
{
    /// <summary>Tries on a full server in the first round: 40.</summary>
    public const int Tries = 40;

    /// <summary>And in every later one: 2, beside one at the second door.</summary>
    public const int FewTries = 2;

    /// <summary>No new try after this: 10 s.</summary>
    private static readonly TimeSpan InsistFor = TimeSpan.FromSeconds(10);

    /// <param name="tries">At most so many, while the server says "full".</param>
    /// <param name="refused">Called each time it does.</param>
    /// <exception cref="TargetUnavailableException">Its number of refusals is the caller's to fill in.</exception>
    public async Task<WarmSession<TConnection>> OpenAsync(int tries, Action refused, CancellationToken cancellationToken)
    {
        string? secondDoor = null;
        var untried = engine.Doors.Skip(1).ToList();
        var start = clock.GetTimestamp();
        var insist = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = tries - 1,
                ShouldHandle = new PredicateBuilder().Handle<Exception>(
                    full => engine.IsFull(full) && clock.GetElapsedTime(start) < InsistFor),
                DelayGenerator = _ => new(TimeSpan.FromMilliseconds(Random.Shared.Next(50, 201))),
            })
            .Build();

        try
        {
            return await insist.ExecuteAsync(async token => await TryAsync(token), cancellationToken);
        }
        catch (Exception failure) when (Explain(failure, Door.Main, cancellationToken) is { } explained)
        {
            throw new TargetUnavailableException(
                explained.Reason, 0, secondDoor is null ? explained.Message : $"{explained.Message} {secondDoor}")
            {
                Gap = engine.GapBehind(failure),
            };
        }

        async Task<WarmSession<TConnection>> TryAsync(CancellationToken token)
        {
            try
            {
                return await KnockAsync(Door.Main, token);
            }
            catch (Exception shut) when (untried.Count > 0 && !token.IsCancellationRequested && engine.TriesNextDoor(shut))
            {
                var door = untried[0];
                untried.RemoveAt(0);
                if (await TrySecondAsync(door, token) is { } session)
                {
                    return session;
                }

                throw;
            }
        }

        // Whatever keeps it shut, the main door is still there to insist on.
        async Task<WarmSession<TConnection>?> TrySecondAsync(Door door, CancellationToken token)
        {
            try
            {
                return await KnockAsync(door, token);
            }
            catch (Exception failure) when (Explain(failure, door, token) is { } explained)
            {
                secondDoor = explained.Message;
                return null;
            }
        }

        async Task<WarmSession<TConnection>> KnockAsync(Door door, CancellationToken token)
        {
            using var deadline = new CancellationTokenSource(engine.Target.ConnectTimeout, clock);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token);
            try
            {
                return await engine.LogInAsync(door, limit.Token);
            }
            catch (Exception failure) when (engine.IsFull(failure))
            {
                refused();
                throw;
            }
        }
    }

    /// <returns>Null for what is no failure to log in: a cancelled caller, a mistake of ours.</returns>
    private (UnavailableReason Reason, string Message)? Explain(Exception failure, Door door, CancellationToken cancellationToken) =>
        failure is OperationCanceledException && cancellationToken.IsCancellationRequested ? null : engine.ExplainLogin(failure, door);
}
