using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class PinnedSessionsProbeTests(SmallServer server) : PinnedSessionsProbing(server), IClassFixture<SmallServer>;

public sealed class PinnedSessionsProbe18Tests(SmallServer18 server) : PinnedSessionsProbing(server), IClassFixture<SmallServer18>;

public abstract class PinnedSessionsProbing(SmallServer server) : IAsyncDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await server.CleanAsync();
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = 60_000)]
    public async Task Each_state_names_its_own_sessions_and_nobody_protected()
    {
        var bot = await server.BotAsync();
        await using var idle = await ActedOn.OpenAsync(server, SessionAct.EndIdle);
        await using var inTransaction = await ActedOn.OpenAsync(server, SessionAct.EndIdleInTransaction);
        await using var active = await ActedOn.OpenAsync(server, SessionAct.CancelStatement);
        await using var atWork = await ActedOn.OpenAsync(server, SessionAct.EndTransaction);
        var failed = await server.OpenAsync();
        await failed.RunAsync("begin");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => failed.RunAsync("select 1 / 0"));
        var untouchable = new List<ActedOn>();
        foreach (var act in new[] { SessionAct.EndIdle, SessionAct.EndIdleInTransaction, SessionAct.CancelStatement })
        {
            foreach (var (user, application) in new[] { ("postgres", "shop-api"), ("backup", "shop-api"), ("app", "migration") })
            {
                untouchable.Add(await ActedOn.OpenAsync(server, act, user, application));
            }
        }

        try
        {
            Assert.Equal(Sorted(idle.Pid), await PidsAsync(bot, SessionState.Idle));
            Assert.Equal(Sorted(inTransaction.Pid, failed.ProcessID), await PidsAsync(bot, SessionState.IdleInTransaction));
            Assert.Equal(Sorted(active.Pid, atWork.Pid), await PidsAsync(bot, SessionState.Active));
            Assert.Empty((await FindAsync(bot, SessionState.Active, TimeSpan.FromHours(1))).Sessions);
        }
        finally
        {
            foreach (var one in untouchable)
            {
                await one.DisposeAsync();
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task An_open_transaction_shows_what_would_be_rolled_back_and_no_value()
    {
        const string Canary = "hunter2-canary";
        var bot = await server.BotAsync();
        await server.Server.ExecuteAsync("create table if not exists stock (id int, note text); grant all on stock to app", "shop", Token);
        var reader = await server.OpenAsync(application: "reader");
        await reader.RunAsync("begin; select 1");
        var writer = await server.OpenAsync(application: "writer");
        await writer.RunAsync($"begin; insert into stock values (4711, '{Canary}')");

        var found = await FindAsync(bot, SessionState.IdleInTransaction, TimeSpan.Zero);

        Assert.Equal(await server.StartedAtAsync(), found.Server.StartedAt);
        Assert.Equal(["reader", "writer"], found.Sessions.Select(session => session.Application.Value)); // longest first
        var (read, wrote) = (found.Sessions[0].Transaction!, found.Sessions[1].Transaction!);
        Assert.Equal((false, 0, null), (read.HasWritten, read.Locks, read.Rows));
        Assert.Equal((true, 1, null), (wrote.HasWritten, wrote.Locks, wrote.Rows));
        Assert.True(read.OpenFor >= wrote.OpenFor && wrote.OpenFor > TimeSpan.Zero);
        Assert.Equal(await server.PinAsync(writer) with { QueryStartedAt = null }, found.Sessions[1].Pin);
        Assert.Contains("insert into stock", found.Sessions[1].Statement.Value, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, found.Sessions[1].Statement.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", found.Sessions[1].Statement.Value, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_longest_come_first_and_the_rest_is_counted()
    {
        var bot = await server.BotAsync();
        var sessions = new List<ActedOn>();
        for (var i = 0; i < 3; i++)
        {
            sessions.Add(await ActedOn.OpenAsync(server, SessionAct.CancelStatement));
        }

        var found = await new PinnedSessionsProbe(bot).ReadAsync(SmallServer.Name, new SessionChoice(SessionState.Active, TimeSpan.Zero, 2), Token);

        Assert.Equal(sessions.Take(2).Select(session => (SessionPin)session.Pin), found.Sessions.Select(session => session.Pin));
        Assert.Equal(1, found.More);
        Assert.Equal("select pg_sleep(?)", found.Sessions[0].Statement.Value);
        Assert.Equal(false, found.Sessions[0].Transaction?.HasWritten); // a transaction of its own, for this one statement
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }
    }

    private static Task<PinnedSessions> FindAsync(WarmConnections bot, SessionState state, TimeSpan lasting) =>
        new PinnedSessionsProbe(bot).ReadAsync(SmallServer.Name, new SessionChoice(state, lasting, 50), Token);

    private static int[] Sorted(params int[] pids) => [.. pids.Order()];

    private static async Task<int[]> PidsAsync(WarmConnections bot, SessionState state) =>
        [.. (await FindAsync(bot, state, TimeSpan.Zero)).Sessions.Select(session => (int)session.Pin.Number).Order()];
}
