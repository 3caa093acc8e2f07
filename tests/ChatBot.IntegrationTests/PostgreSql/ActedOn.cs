using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

/// <summary>A session in the state that an act is about, and what the server itself says became of it.</summary>
internal sealed class ActedOn : IAsyncDisposable
{
    public const string Key = "a1b2c3d4e5f6g7h8i9j0k1l2m";

    private static int _locks;

    private readonly SmallServer _server;
    private readonly int _lock = Interlocked.Increment(ref _locks);
    private Task _running = Task.CompletedTask;

    private ActedOn(SmallServer server, SessionAct act, NpgsqlConnection session)
    {
        (_server, Act, Session) = (server, act, session);
        Pid = session.ProcessID;
    }

    public SessionAct Act { get; }

    public NpgsqlConnection Session { get; }

    /// <summary>Also of a session that is gone.</summary>
    public int Pid { get; }

    /// <summary>As a plan would hold it.</summary>
    public PostgreSqlPin Pin { get; private set; } = null!;

    public DateTimeOffset ServerStartedAt { get; private set; }

    private bool IsAtWork => Act is SessionAct.EndTransaction || Act.Cancels();

    public static async Task<ActedOn> OpenAsync(SmallServer server, SessionAct act, string user = "app", string application = "shop-api")
    {
        var one = new ActedOn(server, act, await server.OpenAsync(user, application));
        if (act is SessionAct.CancelGate)
        {
            var holder = await server.OpenAsync("backup");
            await holder.RunAsync($"select pg_advisory_lock({one._lock})");
        }

        await one.BringAsync();
        one.Pin = await server.PinAsync(one.Session);
        one.ServerStartedAt = await server.StartedAtAsync();
        return one;
    }

    /// <summary>The server's own ledger: how often it ended a session, or cancelled a statement, on somebody's order.</summary>
    public Task<int> EffectsAsync() => Act.Cancels() ? _server.CancelledAsync() : _server.EndedAsync();

    public Task<StepResult> ActAsync(WarmConnections bot) => new SessionTerminator(bot, TimeProvider.System).ActAsync(
        SmallServer.Name, Act, ServerStartedAt, Pin, Key, TestContext.Current.CancellationToken);

    public Task<StepResult> ObserveAsync(WarmConnections bot) => new SessionTerminator(bot, TimeProvider.System).ObserveAsync(
        SmallServer.Name, Act, ServerStartedAt, Pin, Key, TestContext.Current.CancellationToken);

    public void PretendPin(PostgreSqlPin pin) => Pin = pin;

    /// <summary>The same session in the same state again, but with other work in between.</summary>
    public async Task MoveOnAsync()
    {
        if (IsAtWork)
        {
            await _server.ExecuteAsync($"select pg_cancel_backend({Pid})");
            await StoppedAsync();
        }

        await Session.RunAsync(Act is SessionAct.EndTransaction ? "rollback" : "select 1");
        if (Act is not SessionAct.EndIdleInTransaction)
        {
            await BringAsync(); // else it would be in a transaction in a transaction
        }
    }

    /// <summary>What it was doing when it was brought here ends by an error.</summary>
    public Task StoppedAsync() => Assert.ThrowsAnyAsync<NpgsqlException>(() => _running);

    /// <summary>Still at it, or still there to answer.</summary>
    public async Task<bool> IsUnharmedAsync() => IsAtWork
        ? !_running.IsCompleted && await _server.Server.ScalarAsync<bool>(
            $"select exists (select from pg_stat_activity where pid = {Pid} and state = 'active')",
            cancellationToken: TestContext.Current.CancellationToken)
        : await Session.AnswersAsync();

    public async ValueTask DisposeAsync()
    {
        if (!_running.IsCompleted)
        {
            await _server.ExecuteAsync($"select pg_terminate_backend({Pid})");
            await StoppedAsync();
        }
    }

    private async Task BringAsync()
    {
        if (Act is SessionAct.EndIdleInTransaction or SessionAct.EndTransaction)
        {
            await Session.RunAsync("begin");
        }

        await Session.RunAsync("select 1");
        if (IsAtWork)
        {
            var (statement, wait) = Act is SessionAct.CancelGate ? ($"select pg_advisory_lock({_lock})", "advisory") : ("select pg_sleep(600)", "PgSleep");
            _running = Session.RunAsync(statement);
            await _server.UntilAsync($"select state = 'active' and wait_event = '{wait}' from pg_stat_activity where pid = {Pid}");
        }
    }
}
