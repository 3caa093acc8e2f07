using Microsoft.Extensions.Logging;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>
/// The one connection the bot keeps open to a target, so that it is inside when the server is full.
/// </summary>
/// <remarks>
/// One use at a time, so the bot never probes a full server from two sides, and each use is timed out. A connection that
/// hangs or breaks is given up and another opened: at most two sessions at the server, the one in use and one that was
/// given up and has not ended yet (<see cref="Leftovers"/>). Nothing is ever repeated: the caller decides that.
/// </remarks>
internal sealed partial class WarmConnection(PostgreSqlTarget target, TimeProvider clock, ILogger<WarmConnection> logger)
    : IAsyncDisposable
{
    /// <summary>A refusal that nobody asked about for so long says nothing about now: 1 minute.</summary>
    private static readonly TimeSpan RefusalIsNewsFor = TimeSpan.FromMinutes(1);

    private readonly PostgreSqlLogin _login = new(target, clock);
    private readonly Leftovers _leftovers = new(target, clock);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Session? _session;
    private bool _unsettled;
    private int _attempts;
    private TargetUnavailableException? _lastFailure;
    private int _refusedLogins;
    private long _refusedAt;
    private TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PostgreSqlTarget Target => target;

    /// <summary>Completes when the connection in use is lost; then there is a new one to wait for.</summary>
    public Task Lost => _lost.Task;

    /// <summary>The server's refusals ("full", 53300) of the bot's own login since somebody last took them, if recent.</summary>
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

    /// <summary>Exclusive use of the connection, after it was seen alive.</summary>
    /// <param name="work">Autocommit statements; it has to pass its token on.</param>
    /// <exception cref="TargetUnavailableException">There is no connection, or it was lost, or the time is up; what
    /// <paramref name="work"/> sent may have happened or not.</exception>
    /// <exception cref="PostgresException">The server refused a statement; the connection is fine.</exception>
    public async Task<T> UseAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> work,
        CancellationToken cancellationToken)
    {
        var attempts = Volatile.Read(ref _attempts);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var session = await LivingAsync(attempts, cancellationToken);
            using var limit = new Limit(target.UseTimeout, clock, cancellationToken);
            _unsettled = true;
            try
            {
                var result = await work(session.Connection, limit.Token);
                _unsettled = false;
                return result;
            }
            catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException)
            {
                if (!session.IsOpen)
                {
                    await GiveUpAsync(session);
                }

                if (Explain(failure, session.IsOpen, cancellationToken) is { } explained)
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

    private TargetUnavailableException? Explain(Exception failure, bool open, CancellationToken cancellationToken) =>
        failure switch
        {
            OperationCanceledException when cancellationToken.IsCancellationRequested => null,
            OperationCanceledException or NpgsqlException { InnerException: TimeoutException }
                or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } =>
                new(UnavailableReason.TimedOut, 0, $"{target.Name} gave no answer in time."),
            _ when !open =>
                new(UnavailableReason.Unreachable, 0, $"The connection to {target.Name} was lost before the answer came."),
            _ => null, // the server's word about a statement: the caller's matter
        };

    private async Task<Session> LivingAsync(int attemptsBefore, CancellationToken cancellationToken)
    {
        if (_session is { } session)
        {
            if (await IsAliveAsync(session, cancellationToken))
            {
                return session;
            }

            await GiveUpAsync(session);
        }
        else if (_attempts != attemptsBefore && _lastFailure is { } failure)
        {
            // Somebody tried while this use waited for its turn; trying again at once would say the same.
            throw new TargetUnavailableException(failure.Reason, failure.RefusedLogins, failure.Message);
        }

        return await OpenAsync(cancellationToken);
    }

    private async Task<Session> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!_leftovers.LeaveRoom)
            {
                throw new TargetUnavailableException(
                    UnavailableReason.TimedOut, 0, $"Two sessions of the bot hang on {target.Name}, and it opens no third.");
            }

            _session = await _login.OpenAsync(CountRefusal, cancellationToken);
            _unsettled = false;
            _lastFailure = null;
            _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
            LogOpened(target.Name);
        }
        catch (TargetUnavailableException failure)
        {
            _lastFailure = failure;
            throw;
        }
        finally
        {
            _attempts++;
        }

        if (!await IsAliveAsync(_session, cancellationToken))
        {
            await GiveUpAsync(_session);
            throw new TargetUnavailableException(
                UnavailableReason.Unreachable, 0, $"The connection to {target.Name} was lost as soon as it was open.");
        }

        return _session;
    }

    /// <summary>One round trip; it also brings the session back to its settings if the last use ended midway.</summary>
    private async Task<bool> IsAliveAsync(Session session, CancellationToken cancellationToken)
    {
        if (!session.IsOpen)
        {
            return false;
        }

        using var limit = new Limit(target.PingTimeout, clock, cancellationToken);
        try
        {
            await using var ping = new NpgsqlCommand(_unsettled ? "reset all" : "select", session.Connection);
            await ping.ExecuteNonQueryAsync(limit.Token);
            if (_unsettled)
            {
                await PostgreSqlLogin.SettleAsync(session.Connection, limit.Token);
                _unsettled = false;
            }

            await _leftovers.AskAsync(session.Connection, limit.Token);
            return true;
        }
        catch (NpgsqlException)
        {
            return false; // hung, broken or full of errors: not a connection to work with
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task GiveUpAsync(Session session)
    {
        _leftovers.Add(session.ProcessId, session.StartedAt);
        _session = null;
        await session.Connection.DisposeAsync();
        LogLost(target.Name);
        _lost.TrySetResult();
    }

    private void CountRefusal()
    {
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

    [LoggerMessage(LogLevel.Warning, "The warm connection to {Target} is lost or hangs; opening another")]
    private partial void LogLost(string target);
}
