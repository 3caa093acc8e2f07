using System.Data.Common;
using System.Net;
using Microsoft.Extensions.Logging;

namespace ChatBot.Databases;

/// <summary>
/// The one connection the bot keeps open to a target, so that it is inside when the server is full.
/// </summary>
/// <remarks>
/// One use at a time, so the bot never probes a full server from two sides, and each use is timed out. A connection that
/// hangs or breaks is given up and another opened: at most two sessions at the server, the one in use and one that was
/// given up and has not ended yet (<see cref="Leftovers{TTarget, TConnection}"/>). Nothing is ever repeated: the caller decides that.
/// Where no login succeeds, all who ask share one pause between tries (<see cref="LoginPause"/>), and get the last answer meanwhile.
/// </remarks>
internal abstract partial class WarmConnection<TTarget, TConnection>(
    WarmEngine<TTarget, TConnection> engine, HostNames names, TimeProvider clock, ILogger logger) : IAsyncDisposable
    where TTarget : IWarmTarget
    where TConnection : DbConnection
{
    /// <summary>A refusal that nobody asked about for so long says nothing about now: 1 minute.</summary>
    private static readonly TimeSpan RefusalIsNewsFor = TimeSpan.FromMinutes(1);

    private readonly WarmLogin<TTarget, TConnection> _login = new(engine, clock);
    private readonly Leftovers<TTarget, TConnection> _leftovers = new(engine, clock);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private WarmSession<TConnection>? _session;
    private bool _unsettled;
    private IReadOnlyList<IPAddress> _openedAt = [];
    private int _attempts;
    private TargetUnavailableException? _lastFailure;
    private string? _triedWith;
    private int _failures;
    private long _failedAt;
    private bool _insists;
    private int _refusedSinceLost;
    private int _refusedLogins;
    private long _refusedAt;
    private TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TTarget Target { get; } = engine.Target;

    /// <summary>By which door the connection in use came in; null while there is none.</summary>
    public Door? CameInBy => Volatile.Read(ref _session)?.Door;

    /// <summary>Completes when the connection in use is lost; then there is a new one to wait for.</summary>
    public Task Lost => _lost.Task;

    /// <summary>Until then nobody tries to log in; zero or less when somebody may.</summary>
    public TimeSpan RetryIn => Volatile.Read(ref _lastFailure) is { } failure
        ? LoginPause.After(_failures, failure.Reason) - clock.GetElapsedTime(Interlocked.Read(ref _failedAt))
        : TimeSpan.Zero;

    /// <summary>A person wants to know: the next login doesn't wait, and insists like the first one.</summary>
    public void Insist() => Volatile.Write(ref _insists, true);

    /// <summary>The server's refusals ("full") of the bot's own login since somebody last took them, if recent.</summary>
    public int TakeRefusedLogins()
    {
        var recent = clock.GetElapsedTime(Interlocked.Read(ref _refusedAt)) < RefusalIsNewsFor;
        var refused = Interlocked.Exchange(ref _refusedLogins, 0);
        return recent ? refused : 0;
    }

    /// <summary>Only looks whether the connection lives, and opens another if not.</summary>
    /// <exception cref="TargetUnavailableException">There is no connection.</exception>
    public Task PingAsync(CancellationToken cancellationToken) =>
        UseAsync((_, _) => Task.FromResult(true), cancellationToken);

    /// <summary>
    /// Closes the connection when the target's name has come to mean other addresses than those it was opened under: the
    /// server behind the old ones may live on, and would answer for the target for ever.
    /// </summary>
    /// <remarks>No driver tells which of several addresses it took, so as long as one of them is left, the connection stays.</remarks>
    public async Task FollowNameAsync(CancellationToken cancellationToken)
    {
        var now = await names.FindAsync(Target.Host, cancellationToken);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_session is { } session && now.Count > 0 && _openedAt.Count > 0 && !now.Intersect(_openedAt).Any())
            {
                _session = null;
                await session.Connection.DisposeAsync();
                LogMoved(Target.Name);
                _lost.TrySetResult();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Exclusive use of the connection, after it was seen alive.</summary>
    /// <param name="work">Autocommit statements; it has to pass its token on. See <see cref="WarmEngine{TTarget, TConnection}.CancelsInPlace"/>.</param>
    /// <exception cref="TargetUnavailableException">There is no connection, or it was lost, or the time is up; what
    /// <paramref name="work"/> sent may have happened or not.</exception>
    /// <exception cref="DbException">The server refused a statement; the connection is fine.</exception>
    public Task<T> UseAsync<T>(Func<TConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var use = UseInTurnAsync(work, cancellationToken);

        // Somebody who doesn't wait any longer mustn't cost the connection: the use ends in its own time, then the turn passes on.
        return engine.CancelsInPlace ? use : use.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        if (_session is { } session)
        {
            _session = null;
            await session.Connection.DisposeAsync();
        }

        _turn.Release();
    }

    private async Task<T> UseInTurnAsync<T>(Func<TConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var attempts = Volatile.Read(ref _attempts);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var session = await LivingAsync(attempts, cancellationToken);
            using var limit = new Limit(Target.UseTimeout, clock, engine.CancelsInPlace ? cancellationToken : CancellationToken.None);
            _unsettled = true;
            try
            {
                var result = await WorkAsync(session, work, limit.Token);
                _unsettled = false;
                return result;
            }
            catch (Exception failure) when (failure is OperationCanceledException || engine.IsForeign(failure))
            {
                var open = _session == session && engine.IsOpen(session.Connection);
                if (_session == session && !open)
                {
                    await GiveUpAsync(session);
                }

                if (Explain(failure, open, cancellationToken) is { } explained)
                {
                    throw explained;
                }

                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<T> WorkAsync<T>(
        WarmSession<TConnection> session, Func<TConnection, CancellationToken, Task<T>> work, CancellationToken limit)
    {
        if (engine.CancelsInPlace)
        {
            return await work(session.Connection, limit);
        }

        var working = work(session.Connection, CancellationToken.None);
        try
        {
            return await working.WaitAsync(limit);
        }
        catch (OperationCanceledException) when (!working.IsCompleted)
        {
            await GiveUpAsync(session, working);
            throw;
        }
    }

    private static async Task DisposeAfterAsync(Task busy, TConnection connection)
    {
        await busy.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default); // it failed: nobody waits for it
        await connection.DisposeAsync();
    }

    private TargetUnavailableException? Explain(Exception failure, bool open, CancellationToken cancellationToken) =>
        failure switch
        {
            OperationCanceledException when cancellationToken.IsCancellationRequested => null,
            _ when failure is OperationCanceledException || engine.IsTimeout(failure) =>
                new(UnavailableReason.TimedOut, 0, $"{Target.Name} gave no answer in time."),
            _ when !open =>
                new(UnavailableReason.Unreachable, 0, $"The connection to {Target.Name} was lost before the answer came."),
            _ => null, // the server's word about a statement: the caller's matter
        };

    private async Task<WarmSession<TConnection>> LivingAsync(int attemptsBefore, CancellationToken cancellationToken)
    {
        if (_session is { } session)
        {
            if (await IsAliveAsync(session, cancellationToken))
            {
                return session;
            }

            await GiveUpAsync(session);
        }
        else if (!Volatile.Read(ref _insists) && _lastFailure is { } failure && (_attempts != attemptsBefore || RetryIn > TimeSpan.Zero) && !IsMended(failure))
        {
            // Somebody tried a moment ago; trying again at once would say the same.
            throw new TargetUnavailableException(failure.Reason, failure.RefusedLogins, failure.Message) { Gap = failure.Gap };
        }

        var refusedBefore = _refusedSinceLost;
        _triedWith = Target.Password?.Fingerprint();
        try
        {
            var opened = await OpenAsync(cancellationToken);
            _lastFailure = null;
            _failures = _refusedSinceLost = 0;
            return opened;
        }
        catch (TargetUnavailableException failed)
        {
            throw Remember(failed.Reason, failed.Message, failed.Gap);
        }
        catch (OperationCanceledException) when (_refusedSinceLost > refusedBefore)
        {
            // Who asked gave up in the middle of a round; the next one isn't the first.
            Remember(UnavailableReason.Full, $"{Target.Name} is full: it refused the bot's own login.");
            throw;
        }
        finally
        {
            _attempts++;
        }
    }

    /// <summary>Somebody has changed the password since it was refused; nobody has to wait for the pause to end then.</summary>
    private bool IsMended(TargetUnavailableException failure) =>
        failure.Reason is UnavailableReason.Refused && Target.Password?.Fingerprint() != _triedWith;

    private TargetUnavailableException Remember(UnavailableReason reason, string message, RightGap? gap = null)
    {
        _failures++;
        Interlocked.Exchange(ref _failedAt, clock.GetTimestamp());
        return _lastFailure = new TargetUnavailableException(reason, reason is UnavailableReason.Full ? _refusedSinceLost : 0, message) { Gap = gap };
    }

    private async Task<WarmSession<TConnection>> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_leftovers.LeaveRoom)
        {
            throw new TargetUnavailableException(
                UnavailableReason.TimedOut, 0, $"Two sessions of the bot hang on {Target.Name}, and it opens no third.");
        }

        // Asked before, not after: whoever moves in between is noticed at the next look.
        var meaning = names.FindAsync(Target.Host, cancellationToken);
        var insists = Interlocked.Exchange(ref _insists, false);
        _session = await _login.OpenAsync(_failures == 0 || insists ? WarmLogin<TTarget, TConnection>.Tries : WarmLogin<TTarget, TConnection>.FewTries, CountRefusal, cancellationToken);
        _openedAt = await meaning;
        _unsettled = false;
        _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LogOpened(Target.Name);
        if (!await IsAliveAsync(_session, cancellationToken))
        {
            await GiveUpAsync(_session);
            throw new TargetUnavailableException(
                UnavailableReason.Unreachable, 0, $"The connection to {Target.Name} was lost as soon as it was open.");
        }

        return _session;
    }

    /// <summary>One round trip; it also brings the session back to its settings if the last use ended midway.</summary>
    private async Task<bool> IsAliveAsync(WarmSession<TConnection> session, CancellationToken cancellationToken)
    {
        if (!engine.IsOpen(session.Connection))
        {
            return false;
        }

        using var limit = new Limit(Target.PingTimeout, clock, cancellationToken);
        try
        {
            await engine.PingAsync(session.Connection, _unsettled, limit.Token);
            _unsettled = false;
            await _leftovers.AskAsync(session.Connection, limit.Token);
            return true;
        }
        catch (Exception failure) when (engine.IsForeign(failure))
        {
            return false; // hung, broken or full of errors: not a connection to work with
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <param name="busy">What still uses it, and ends by its own time limits.</param>
    private async Task GiveUpAsync(WarmSession<TConnection> session, Task? busy = null)
    {
        _leftovers.Add(session.Mark);
        _session = null;
        if (busy is null)
        {
            await session.Connection.DisposeAsync();
        }
        else
        {
            _ = DisposeAfterAsync(busy, session.Connection);
        }

        LogLost(Target.Name);
        _lost.TrySetResult();
    }

    private void CountRefusal()
    {
        _refusedSinceLost++;
        Interlocked.Increment(ref _refusedLogins);
        Interlocked.Exchange(ref _refusedAt, clock.GetTimestamp());
    }

    /// <summary>A deadline by the clock, together with the caller's token.</summary>
    private sealed class Limit : IDisposable
    {
        private readonly CancellationTokenSource _deadline;
        private readonly CancellationTokenSource _both;

        public Limit(TimeSpan after, TimeProvider clock, CancellationToken cancellationToken)
        {
            _deadline = new CancellationTokenSource(after, clock);
            _both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _deadline.Token);
        }

        public CancellationToken Token => _both.Token;

        public void Dispose()
        {
            _both.Dispose();
            _deadline.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Information, "The warm connection to {Target} is open")]
    private partial void LogOpened(string target);

    [LoggerMessage(LogLevel.Warning, "The name of {Target} means another server now; the connection to the old one is closed")]
    private partial void LogMoved(string target);

    [LoggerMessage(LogLevel.Warning, "The warm connection to {Target} is lost or hangs; opening another")]
    private partial void LogLost(string target);
}
