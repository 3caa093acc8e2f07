using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class SessionActsTests(SmallServer server) : SessionActs(server), IClassFixture<SmallServer>;

public sealed class SessionActs18Tests(SmallServer18 server) : SessionActs(server), IClassFixture<SmallServer18>;

/// <summary>Every act, guarded by the server's own function and without it, on real sessions; counted in the server's log.</summary>
public abstract class SessionActs(SmallServer server) : IAsyncDisposable
{
    public static readonly IEnumerable<TheoryDataRow<SessionAct, bool>> Acts =
        from act in Enum.GetValues<SessionAct>() from guarded in new[] { true, false } select new TheoryDataRow<SessionAct, bool>(act, guarded);

    public async ValueTask DisposeAsync()
    {
        await server.CleanAsync();
        await server.InstallAsync();
        GC.SuppressFinalize(this);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Acts))]
    public async Task What_was_approved_is_done_once_and_a_second_time_does_nothing(SessionAct act, bool guarded)
    {
        var bot = await server.BotAsync();
        await GuardAsync(guarded);
        await using var one = await ActedOn.OpenAsync(server, act);
        await using var other = await ActedOn.OpenAsync(server, act);
        var before = await one.EffectsAsync();

        var first = await one.ActAsync(bot);
        if (act.Cancels())
        {
            Assert.Equal(new StepResult(Outcome.Applied, "Told to cancel its statement, which is over."), first);
            await one.StoppedAsync();
            Assert.True(await one.Session.AnswersAsync());
        }
        else
        {
            Assert.Equal(new StepResult(Outcome.Applied, "Told to end, and seen gone."), first);
            Assert.False(await one.IsUnharmedAsync());
        }

        Assert.Equal(Outcome.AlreadySatisfied, (await one.ActAsync(bot)).Outcome);
        Assert.Equal(Outcome.AlreadySatisfied, (await one.ObserveAsync(bot)).Outcome);
        Assert.Equal(1, await one.EffectsAsync() - before);
        Assert.True(await other.IsUnharmedAsync());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Acts))]
    public async Task Who_moved_on_is_left_alone(SessionAct act, bool guarded)
    {
        var bot = await server.BotAsync();
        await GuardAsync(guarded);
        await using var one = await ActedOn.OpenAsync(server, act);
        await one.MoveOnAsync();
        var before = await one.EffectsAsync();

        var result = await one.ActAsync(bot);

        Assert.Equal(act.Cancels() ? Outcome.AlreadySatisfied : Outcome.Drift, result.Outcome);
        Assert.Equal(0, await one.EffectsAsync() - before);
        Assert.True(await one.IsUnharmedAsync());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Acts))]
    public async Task Each_pin_alone_keeps_a_stranger_safe(SessionAct act, bool guarded)
    {
        var bot = await server.BotAsync();
        await GuardAsync(guarded);
        await using var one = await ActedOn.OpenAsync(server, act);
        var (pin, before) = (one.Pin, await one.EffectsAsync());
        var off = TimeSpan.FromMicroseconds(1);
        var strangers = new List<PostgreSqlPin>
        {
            pin with { ProcessId = (await server.OpenAsync("backup")).ProcessID },
            pin with { StartedAt = pin.StartedAt + off },
            pin with { User = "postgres" },
            pin with { Database = "postgres" },
            act switch
            {
                SessionAct.EndTransaction => pin with { TransactionStartedAt = pin.TransactionStartedAt + off },
                SessionAct.CancelStatement or SessionAct.CancelGate => pin with { QueryStartedAt = pin.QueryStartedAt + off },
                _ => pin with { StateChangedAt = pin.StateChangedAt + off },
            },
            act switch
            {
                SessionAct.CancelStatement or SessionAct.CancelGate => pin with { QueryStartedAt = null },
                SessionAct.EndIdle => pin with { TransactionStartedAt = pin.StateChangedAt },
                _ => pin with { TransactionStartedAt = null },
            },
        };
        foreach (var stranger in strangers)
        {
            one.PretendPin(stranger);
            Assert.NotEqual(Outcome.Applied, (await one.ActAsync(bot)).Outcome);
        }

        Assert.Equal(0, await one.EffectsAsync() - before);
        Assert.True(await one.IsUnharmedAsync());

        one.PretendPin(pin);
        if (act is SessionAct.EndIdle or SessionAct.EndIdleInTransaction)
        {
            one.PretendPin(await server.PinAsync(one.Session)); // it was asked above
        }

        Assert.Equal(Outcome.Applied, (await one.ActAsync(bot)).Outcome);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Acts))]
    public async Task Gone_is_gone_whoever_has_its_number_now(SessionAct act, bool guarded)
    {
        var bot = await server.BotAsync();
        await GuardAsync(guarded);
        var one = await ActedOn.OpenAsync(server, act);
        await one.DisposeAsync();
        await server.CloseAsync(one.Session, one.Pid);
        Assert.Equal(new StepResult(Outcome.AlreadySatisfied, "Already gone."), await one.ActAsync(bot));

        var heir = await ReusedPid.OpenAsync(server, one.Pid);
        if (heir is null)
        {
            // This machine forbids choosing pids: a pin that is one microsecond off stands for the session before.
            heir = await server.OpenAsync();
            one.PretendPin(await server.PinAsync(heir) is var other ? other with { StartedAt = other.StartedAt.AddMicroseconds(-1) } : one.Pin);
        }

        var result = await one.ActAsync(bot);

        Assert.Equal(Outcome.AlreadySatisfied, result.Outcome);
        Assert.Contains("another session now, which was left alone", result.Detail, StringComparison.Ordinal);
        Assert.True(await heir.AnswersAsync());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Acts))]
    public async Task Nobody_protected_or_privileged_is_touched(SessionAct act, bool guarded)
    {
        var bot = await server.BotAsync();
        await GuardAsync(guarded);
        await server.ExecuteAsync("create role mirror login replication; create role chief login superuser");
        try
        {
            string[][] untouchable =
            [
                ["backup", "shop-api"], ["app", "migration"], ["app", "migration - 10.1.2.3:456"], ["app", "migration [daily]"],
                ["mirror", "shop-api"], ["chief", "shop-api"], ["postgres", "shop-api"],
            ];
            foreach (var who in untouchable)
            {
                await using var one = await ActedOn.OpenAsync(server, act, who[0], who[1]);
                var before = await one.EffectsAsync();

                var result = await one.ActAsync(bot);

                Assert.Equal(Outcome.NotApplied, result.Outcome);
                Assert.StartsWith("It is protected", result.Detail, StringComparison.Ordinal);
                Assert.Equal(0, await one.EffectsAsync() - before);
                Assert.True(await one.IsUnharmedAsync());
            }

            await server.CleanAsync();
        }
        finally
        {
            await server.ExecuteAsync("drop role mirror; drop role chief");
        }
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Acts))]
    public async Task After_a_restart_the_plan_means_nothing(SessionAct act, bool guarded)
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync();
        await GuardAsync(guarded);
        await using var one = await ActedOn.OpenAsync(server, act);
        await server.Server.StopAsync("fast", token);
        await server.Server.StartAgainAsync(token);
        var before = await one.EffectsAsync();

        Assert.Equal(Outcome.Superseded, (await one.ActAsync(bot)).Outcome);

        // The pins of a session of now, in a plan of then.
        await using var now = await ActedOn.OpenAsync(server, act);
        one.PretendPin(now.Pin);
        Assert.Equal(Outcome.Superseded, (await one.ActAsync(bot)).Outcome);
        Assert.Equal(0, await one.EffectsAsync() - before);
        Assert.True(await now.IsUnharmedAsync());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Acts))]
    public async Task Cut_before_the_order_arrives_it_is_proven_undone(SessionAct act, bool guarded)
    {
        await using var wire = WatchedWire.CutOnce(server.Server.Port, Words(act, guarded), Passing.Statement, out var cuts);
        var bot = await server.BotAsync(server.Target with { Port = wire.Port, SeenGoneWithin = TimeSpan.FromSeconds(1) });
        await GuardAsync(guarded);
        await using var one = await ActedOn.OpenAsync(server, act);
        var before = await one.EffectsAsync();

        var result = await one.ActAsync(bot);

        Assert.Equal((1, Outcome.NotApplied), (cuts(), result.Outcome));
        Assert.Equal(Outcome.NotApplied, (await one.ObserveAsync(bot)).Outcome);
        Assert.Equal(0, await one.EffectsAsync() - before);
        Assert.True(await one.IsUnharmedAsync());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Acts))]
    public async Task Cut_before_the_answer_comes_it_is_done_and_nobody_claims_it(SessionAct act, bool guarded)
    {
        await using var wire = WatchedWire.CutOnce(server.Server.Port, Words(act, guarded), Passing.Answer, out var cuts);
        var bot = await server.BotAsync(server.Target with { Port = wire.Port });
        await GuardAsync(guarded);
        await using var one = await ActedOn.OpenAsync(server, act);
        var before = await one.EffectsAsync();

        var result = await one.ActAsync(bot);

        Assert.Equal((1, Outcome.AlreadySatisfied), (cuts(), result.Outcome));
        Assert.EndsWith("can't be proven.", result.Detail, StringComparison.Ordinal);
        Assert.Equal(1, await one.EffectsAsync() - before);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Acts))]
    public async Task Told_and_still_there_is_said_as_it_is(SessionAct act, bool guarded)
    {
        var bot = await server.BotAsync(server.Target with { SeenGoneWithin = TimeSpan.FromSeconds(1) });
        await GuardAsync(guarded);
        await using var one = await ActedOn.OpenAsync(server, act);
        StepResult result;
        Signals.Send("STOP", one.Pid);
        try
        {
            result = await one.ActAsync(bot);
        }
        finally
        {
            Signals.Send("CONT", one.Pid);
        }

        Assert.Equal(Outcome.Ambiguous, result.Outcome);
        Assert.EndsWith(", after 1 s. A person has to look.", result.Detail, StringComparison.Ordinal);
        Assert.Contains(act.Cancels() ? "still at it" : "still there", result.Detail, StringComparison.Ordinal);
        if (act.Cancels())
        {
            await one.StoppedAsync();
        }
        else
        {
            await server.UntilAsync($"select not exists (select from pg_stat_activity where pid = {one.Pid})");
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_statement_that_is_over_is_not_cancelled_in_name_only(bool guarded)
    {
        // Asked to cancel what a session in a transaction does not run, the server says true and does nothing.
        var bot = await server.BotAsync();
        await GuardAsync(guarded);
        var session = await server.OpenAsync();
        await session.RunAsync("begin; select 1");
        await using var one = await ActedOn.OpenAsync(server, SessionAct.CancelStatement);
        one.PretendPin(await server.PinAsync(session));

        var result = await one.ActAsync(bot);

        Assert.Equal(new StepResult(Outcome.AlreadySatisfied, "Its statement is over already, and the session was left alone."), result);
        await session.RunAsync("select 1; commit"); // still in its transaction
    }

    /// <summary>It works for a session of an ordinary user, under that one's name and in its transaction, and is no session.</summary>
    [Theory(Timeout = 60_000)]
    [InlineData(SessionAct.CancelStatement, true)]
    [InlineData(SessionAct.CancelStatement, false)]
    [InlineData(SessionAct.EndTransaction, true)]
    [InlineData(SessionAct.EndTransaction, false)]
    public async Task A_parallel_worker_is_never_named_and_never_told(SessionAct act, bool guarded)
    {
        var token = TestContext.Current.CancellationToken;
        await server.Server.ExecuteAsync("create table if not exists wide as select n, repeat('x', 2000) as filler from generate_series(1, 400) n; grant select on wide to app", "shop", token);
        var bot = await server.BotAsync();
        await GuardAsync(guarded);
        var leader = await server.OpenAsync();
        await leader.RunAsync("set max_parallel_workers_per_gather = 2; set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0");
        var working = leader.RunAsync("select count(pg_sleep(600)) from wide");
        const string workers = "from pg_stat_activity where backend_type = 'parallel worker' and usename = 'app' and state = 'active' and wait_event = 'PgSleep'";
        await server.UntilAsync($"select count(*) > 0 {workers}");
        var pid = await server.Server.ScalarAsync<int>($"select min(pid) {workers}", cancellationToken: token);
        var pin = await server.PinAsync(pid);
        var (ended, cancelled) = (await server.EndedAsync(), await server.CancelledAsync());

        var found = await SmallServer.Asking(bot).FindSessionsAsync(new(SessionState.Active, TimeSpan.Zero, 50), token);
        Assert.Equal([leader.ProcessID], found.Sessions.Select(session => session.Pin.Number));
        Assert.NotNull(pin.QueryStartedAt);
        Assert.NotNull(pin.TransactionStartedAt);
        var result = await SmallServer.Asking(bot).ActAsync(act, found.Server, pin, ActedOn.Key, token);

        Assert.Equal(Outcome.NotApplied, result.Outcome);
        Assert.Equal((ended, cancelled), (await server.EndedAsync(), await server.CancelledAsync()));
        Assert.False(working.IsCompleted);
        await server.ExecuteAsync($"select pg_terminate_backend({leader.ProcessID})");
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => working);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whom_the_servers_own_list_holds_is_left_alone_even_where_its_function_is_not_used(bool guarded)
    {
        var bot = await server.BotAsync();
        await using var one = await ActedOn.OpenAsync(server, SessionAct.EndIdle, application: "billing");
        if (!guarded)
        {
            await server.ExecuteAsync($"drop function chatbot.end_session({ServerGuard.EndSessionTypes}); grant pg_signal_backend to chatbot");
        }

        await server.ExecuteAsync("insert into chatbot.protected values ('billing')");
        try
        {
            Assert.Equal(Outcome.NotApplied, (await one.ActAsync(bot)).Outcome);
            Assert.True(await one.IsUnharmedAsync());
        }
        finally
        {
            await server.ExecuteAsync("delete from chatbot.protected");
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_statement_that_has_its_lock_by_now_is_no_gate_any_more(bool guarded)
    {
        var bot = await server.BotAsync();
        await GuardAsync(guarded);
        await using var working = await ActedOn.OpenAsync(server, SessionAct.CancelStatement);
        await using var gate = await ActedOn.OpenAsync(server, SessionAct.CancelGate);
        gate.PretendPin(working.Pin);

        Assert.Equal(new StepResult(Outcome.Drift, "It has its lock by now, and was left to finish."), await gate.ActAsync(bot));
        Assert.True(await working.IsUnharmedAsync());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_a_migration_only_a_statement_that_waits_may_be_cancelled(bool guarded)
    {
        var bot = await server.BotAsync(server.Target with { ProtectedApplications = ["migration", "billing"], Migrations = ["migration"] });
        await GuardAsync(guarded);
        await using var working = await ActedOn.OpenAsync(server, SessionAct.CancelStatement, application: "migration 7");
        await using var waiting = await ActedOn.OpenAsync(server, SessionAct.CancelGate, application: "migration 7");
        await using var other = await ActedOn.OpenAsync(server, SessionAct.CancelGate, application: "billing");

        Assert.Equal(Outcome.NotApplied, (await working.ActAsync(bot)).Outcome);
        Assert.Equal(Outcome.NotApplied, (await other.ActAsync(bot)).Outcome);
        Assert.Equal(Outcome.Applied, (await waiting.ActAsync(bot)).Outcome);
        await waiting.StoppedAsync();
        Assert.True(await working.IsUnharmedAsync());
        Assert.True(await other.IsUnharmedAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failed_transaction_is_ended_by_its_pins_too()
    {
        var bot = await server.BotAsync();
        await using var one = await ActedOn.OpenAsync(server, SessionAct.EndIdleInTransaction);
        await Assert.ThrowsAsync<PostgresException>(() => one.Session.RunAsync("select 1 / 0"));
        one.PretendPin(await server.PinAsync(one.Session));

        Assert.Equal(Outcome.Applied, (await one.ActAsync(bot)).Outcome);
    }

    private static string Words(SessionAct act, bool guarded) =>
        guarded ? "chatbot.end_session" : act.Cancels() ? "pg_cancel_backend" : "pg_terminate_backend";

    /// <summary>As the manifest installs it, or the simple way that it mentions.</summary>
    private async Task GuardAsync(bool guarded)
    {
        if (!guarded)
        {
            await server.ExecuteAsync("drop schema chatbot cascade; grant pg_signal_backend to chatbot");
        }
    }
}
