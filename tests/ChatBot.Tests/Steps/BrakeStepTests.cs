using ChatBot.Databases;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.EveryMitigation;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Steps;

/// <summary>What the steps that end or cancel choose, within which bounds, and why there is nothing to choose.</summary>
public class BrakeStepTests
{
    private const string Missing = "The bot's role on orders-db lacks a right. Grant it: grant it;";

    /// <summary>How many sessions are idle for 40, 12 and 6 minutes, how full the server is, and what is proposed.</summary>
    [Theory]
    [InlineData(40, 0, 0, 93, "", 30, 40, 0, "30:40 10:40 5:40")] // enough of the oldest
    [InlineData(0, 40, 0, 93, "", 10, 40, 0, "30:0 10:40 5:40")]
    [InlineData(0, 12, 30, 97, "", 5, 42, 0, "30:0 10:12 5:42")] // twelve are not enough
    [InlineData(0, 0, 3, 97, "", 5, 3, 0, "30:0 10:0 5:3")] // all there are
    [InlineData(0, 0, 0, 97, "", 30, 0, 0, "30:0 10:0 5:0")]
    [InlineData(60, 0, 0, 93, "", 30, 50, 10, "30:60 10:60 5:60")] // no more than the settings allow
    [InlineData(0, 45, 30, 97, "", 10, 45, 0, "30:0 10:45 5:75")]
    [InlineData(0, 12, 30, 97, "max=5", 5, 5, 37, "30:0 10:12 5:42")]
    [InlineData(0, 40, 30, 93, "idle-for=10m", 10, 40, 0, "30:0 10:40")] // the page's floor
    [InlineData(0, 12, 30, 97, "idle-for=10m", 10, 12, 0, "30:0 10:12")]
    [InlineData(5, 40, 30, 97, "idle-for=2h", 120, 0, 0, "120:0")]
    public async Task The_oldest_age_that_helps_is_proposed(
        int old, int younger, int youngest, int used, string parameters, int idleFor, int named, int more, string ages)
    {
        var server = new ScriptedServer { Usage = Usage(used) };
        server.Sessions[SessionState.Idle] =
        [
            .. Enumerable.Range(0, youngest).Select(number => BrakeBench.Idle(number, 6)),
            .. Enumerable.Range(100, younger).Select(number => BrakeBench.Idle(number, 12)),
            .. Enumerable.Range(200, old).Select(number => BrakeBench.Idle(number, 40)),
        ];

        var plan = await new BrakeBench(server).DrawUpAsync<EndIdleSessions>("terminate-idle", parameters);

        Assert.Equal((TimeSpan.FromMinutes(idleFor), named, more), (plan.IdleFor, plan.Sessions.Count, plan.More));
        Assert.All(plan.Sessions, session => Assert.True(session.For >= plan.IdleFor));
        Assert.Equal(ages, string.Join(' ', plan.Ages.Select(age => $"{age.IdleFor.TotalMinutes}:{age.Sessions}")));
        Assert.Equal(plan.ToString(), ((EndIdleSessions)BrakeBench.PlanOf(plan).Mitigation with { Sessions = plan.Sessions, Ages = plan.Ages }).ToString());
    }

    [Fact]
    public async Task A_fast_rise_asks_for_younger_sessions()
    {
        var server = new ScriptedServer { Usage = Usage(90) };
        server.Sessions[SessionState.Idle] = [.. Enumerable.Range(0, 30).Select(number => BrakeBench.Idle(number, number < 20 ? 40 : 6))];
        var rising = DrawingUp.Later(TimeSpan.FromMinutes(3)).Measure(80, 85, 90).Incident;

        Assert.Equal(TimeSpan.FromMinutes(30), (await new BrakeBench(server).DrawUpAsync<EndIdleSessions>("terminate-idle")).IdleFor);
        Assert.Equal(TimeSpan.FromMinutes(5), (await new BrakeBench(server).DrawUpAsync<EndIdleSessions>("terminate-idle", incident: rising)).IdleFor);
    }

    [Theory]
    [InlineData("", "IdleInTransaction 300 s, 5")]
    [InlineData("idle-for=10m max=2", "IdleInTransaction 600 s, 2")]
    [InlineData("idle-for=1s max=5", "IdleInTransaction 300 s, 5")] // no more than the settings allow
    public async Task Transactions_are_bounded(string parameters, string asked)
    {
        var server = new ScriptedServer();
        server.Sessions[SessionState.IdleInTransaction] = [.. Enumerable.Range(0, 9).Select(number => OpenOne with { For = TimeSpan.FromMinutes(11 + number) })];

        var plan = await new BrakeBench(server).DrawUpAsync<EndTransactions>("end-transactions", parameters);

        Assert.Equal([asked], server.Asked);
        Assert.Equal(9, plan.Sessions.Count + plan.More);
    }

    [Fact]
    public async Task A_transaction_of_which_nobody_knows_what_is_lost_is_left_out()
    {
        var server = new ScriptedServer();
        server.Sessions[SessionState.IdleInTransaction] = [OpenOne, OpenMySqlOne with { Transaction = null }];
        var plan = await new BrakeBench(server).DrawUpAsync<EndTransactions>("end-transactions");
        Assert.Equal((OpenOne, 1), (Assert.Single(plan.Sessions), plan.More));

        server.Sessions[SessionState.IdleInTransaction] = [OpenMySqlOne with { Transaction = null }];
        Assert.Equal(
            "orders-db doesn't say what would be rolled back, so nobody could approve it. End the sessions by hand.",
            await new BrakeBench(server).WhyNotAsync("end-transactions"));
    }

    [Theory]
    [InlineData("", "Active 30 s, 200", 5, 4)]
    [InlineData("running-for=2m max=50", "Active 120 s, 200", 9, 0)]
    public async Task Statements_are_bounded(string parameters, string asked, int named, int more)
    {
        var server = new ScriptedServer();
        server.Sessions[SessionState.Active] = [.. Enumerable.Range(0, 9).Select(number => Running(number) with { For = TimeSpan.FromMinutes(3) })];

        var plan = await new BrakeBench(server).DrawUpAsync<CancelStatements>("cancel-query", parameters);

        Assert.Equal([asked], server.Asked);
        Assert.Equal((named, more), (plan.Sessions.Count, plan.More));
    }

    [Fact]
    public async Task A_backup_or_a_change_of_the_schema_is_never_cancelled_half_way()
    {
        var server = new ScriptedServer();
        server.Sessions[SessionState.Active] = [Alter, Running(0) with { Statement = ForeignText.Query("copy orders to stdout", 200) }];
        var bench = new BrakeBench(server);
        Assert.Equal("Only backups and changes of the schema have been running for 30 s. I don't cancel those: ask whoever runs them.", await bench.WhyNotAsync("cancel-query"));

        server.Sessions[SessionState.Active] = [.. server.Sessions[SessionState.Active], Running(1)];
        Assert.Equal([Running(1)], (await bench.DrawUpAsync<CancelStatements>("cancel-query")).Sessions);
    }

    [Fact]
    public async Task Nothing_to_end_is_said_with_the_bound()
    {
        var bench = new BrakeBench(new ScriptedServer());

        Assert.Equal("No session that I may end has been idle in a transaction for 5 min.", await bench.WhyNotAsync("end-transactions"));
        Assert.Equal("No statement that I may cancel has been running for 45 s.", await bench.WhyNotAsync("cancel-query", "running-for=45s"));
        Assert.Equal("Nobody waits for a lock now, so there is nothing to end.", await bench.WhyNotAsync("end-blocker"));
    }

    [Theory]
    [InlineData(false, 0, "Nobody waits for a lock now, so there is nothing to end.")]
    [InlineData(true, 0, "Nobody waits for a lock now, so there is nothing to end.")]
    [InlineData(false, 1, "1 session waits for a lock, but I could not see for whom. Ask again in a moment.")]
    [InlineData(true, 3, "3 sessions wait for a lock, and nobody on this server holds it: it is a replica, so the holder may be on its primary. Look there.")]
    public async Task Those_who_wait_without_a_root_are_told_of(bool isReplica, int waiting, string why) => Assert.Equal(
        why, await new BrakeBench(new ScriptedServer { IsReplica = isReplica, Usage = Usage(93) with { WaitingForLock = waiting } }).WhyNotAsync("end-blocker"));

    [Fact]
    public async Task On_a_replica_a_root_that_nobody_ends_may_be_the_primary()
    {
        var server = new ScriptedServer { IsReplica = true };
        server.Chains.Add(new BlockingChain(Root(blocked: 3), Root: null, Gate: null));

        Assert.Equal(
            "3 sessions wait for session 4711, which nobody ends from here: it is protected, or the server's own. Ask whoever runs it. This is a replica: the holder may be on its primary.",
            await new BrakeBench(server).WhyNotAsync("end-blocker"));
    }

    [Fact]
    public async Task A_blocker_is_ended_and_a_gate_cancelled()
    {
        var server = new ScriptedServer();
        server.Chains.Add(new BlockingChain(Root(blocked: 12), OpenOne, Gate: null));
        var bench = new BrakeBench(server);
        Assert.Equal(["EndTransaction 4711 key-1", "look: EndTransaction 4711 key-1"], await bench.ApplyAsync(await bench.DrawUpAsync<EndBlocker>("end-blocker")));

        server.Chains[0] = new BlockingChain(Root(blocked: 12) with { Activity = SessionActivity.Idle }, AdvisoryHolder, Gate: null);
        Assert.Equal(["EndIdle 4711 key-1", "look: EndIdle 4711 key-1"], await bench.ApplyAsync(await bench.DrawUpAsync<EndBlocker>("end-blocker")));

        server.Chains[0] = new BlockingChain(
            Root(blocked: 13) with { Gate = new BlockingGate(Alter.Pin.Number, default, default, Alter.Statement, Alter.For, Behind: 12) }, OpenOne, Alter);
        Assert.Equal(["CancelGate 4714 key-1", "look: CancelGate 4714 key-1"], await bench.ApplyAsync(await bench.DrawUpAsync<EndBlocker>("end-blocker")));
    }

    [Fact]
    public async Task Each_kind_does_its_own_to_each_session()
    {
        var bench = new BrakeBench(new ScriptedServer());

        Assert.Equal(["EndIdle 4711 key-1", "look: EndIdle 4711 key-1"], await bench.ApplyAsync(EndIdle(1)));
        Assert.Equal(["EndIdleInTransaction 815 key-1", "look: EndIdleInTransaction 815 key-1"], await bench.ApplyAsync(OpenMySqlTransactions));
        Assert.Equal(
            ["CancelStatement 4711 key-1", "look: CancelStatement 4711 key-1", "CancelStatement 4712 key-2", "look: CancelStatement 4712 key-2"],
            await bench.ApplyAsync(LongStatements));
    }

    [Theory]
    [InlineData("terminate-idle", "EndSessions", "")]
    [InlineData("end-transactions", "EndSessions", "")]
    [InlineData("end-blocker", "EndSessions", " Somebody with more rights can run: do EndTransaction to 4711;")]
    [InlineData("cancel-query", "CancelStatements", " Somebody with more rights can run: do CancelStatement to 4711; do CancelStatement to 4712;")]
    public async Task Without_the_right_there_is_no_plan_but_the_statement_that_grants_it_and_the_one_to_paste(string type, string right, string pasted)
    {
        var server = new ScriptedServer { Usage = Usage(93) with { WaitingForLock = 12 } };
        server.Lacks[Enum.Parse<ServerRight>(right)] = Missing;
        server.Chains.Add(new BlockingChain(Root(blocked: 12), OpenOne, Gate: null));
        server.Sessions[SessionState.Active] = [Running(0), Running(1)];

        Assert.Equal(Missing + pasted, await new BrakeBench(server).WhyNotAsync(type));
    }

    [Fact]
    public async Task What_no_plan_can_hold_is_to_be_pasted()
    {
        var server = new ScriptedServer();
        server.Chains.Add(new BlockingChain(Root(blocked: 3) with { Activity = SessionActivity.Running }, AdvisoryHolder, Gate: null));
        var bench = new BrakeBench(server);
        Assert.Equal(
            "3 sessions wait for session 4711, which is at work outside a transaction: nothing would tell me whether it is still the same work when somebody has approved. Somebody with more rights can run: do EndIdle to 4711;",
            await bench.WhyNotAsync("end-blocker"));

        var prepared = Root(blocked: 3) with { Number = 0, Activity = SessionActivity.Prepared, IsProtected = true, Prepared = ForeignText.From("order-4711", 200) };
        server.Chains[0] = new BlockingChain(prepared, Root: null, Gate: null);
        Assert.Equal(
            "3 sessions wait for a prepared transaction that nobody is connected to: whoever prepared it has to commit it or roll it back. In its database: ROLLBACK PREPARED 'order-4711'; or COMMIT PREPARED.",
            await bench.WhyNotAsync("end-blocker"));

        server.Chains[0] = new BlockingChain(prepared with { Prepared = ForeignText.From("it's *mine*", 200) }, Root: null, Gate: null);
        Assert.EndsWith("commit it or roll it back.", await bench.WhyNotAsync("end-blocker"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_MariaDB_the_change_that_waits_is_named_and_the_step_that_cancels_it()
    {
        var server = new ScriptedServer { Product = "MariaDB", Usage = Usage(93) with { WaitingForLock = 3 } };
        Assert.Equal(
            "3 sessions wait for a lock, and MariaDB doesn't say who holds a table's lock. Its list of sessions may show a change of a table that waits: whoever comes after that waits for it.",
            await new BrakeBench(server).WhyNotAsync("end-blocker"));

        server.Sessions[SessionState.Active] = [Running(0) with { Waits = true }, Alter with { Waits = true }];
        Assert.Equal(
            "3 sessions wait for a lock, and MariaDB doesn't say who holds a table's lock. Session 4714 waits to change a table, and whoever comes after it waits for it: ask for cancel-query, which can cancel that.",
            await new BrakeBench(server).WhyNotAsync("end-blocker"));
    }

    private static Blocker Root(int blocked) => new(
        4711, default, default, default, SessionActivity.IdleInTransaction, TimeSpan.FromMinutes(61), OpenOne.Statement, blocked, IsProtected: false);
}
