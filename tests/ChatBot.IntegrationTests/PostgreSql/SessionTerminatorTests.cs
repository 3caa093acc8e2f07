using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class SessionTerminatorTests(SmallServer server) : IClassFixture<SmallServer>, IAsyncDisposable
{
    private const string Key = "a1b2c3d4e5f6g7h8i9j0k1l2m";

    public async ValueTask DisposeAsync() => await server.CleanAsync();

    [Fact(Timeout = 60_000)]
    public async Task Of_all_sessions_named_exactly_the_untouched_one_ends()
    {
        var bot = await server.BotAsync();
        var active = await server.OpenAsync();
        var worked = await server.OpenAsync();
        var left = await server.OpenAsync();
        var untouched = await server.OpenAsync();
        var inTransaction = await server.OpenAsync();
        await inTransaction.RunAsync("begin; select 1");
        var superuser = await server.OpenAsync("postgres");
        var backup = await server.OpenAsync("backup");
        var migration = await server.OpenAsync(application: "migration - 10.1.2.3:456"); // as PgBouncer names it

        var preview = await ReadAsync(bot);
        Assert.Equal(
            new[] { active, worked, left, untouched }.Select(session => session.ProcessID).Order(),
            preview.Sessions.Select(session => ((PostgreSqlPin)session.Pin).ProcessId).Order());

        // Their pins are right, and still nobody may end them.
        var unnamed = new List<PostgreSqlPin>();
        foreach (var session in new[] { superuser, backup, migration, inTransaction })
        {
            unnamed.Add(await server.PinAsync(session));
        }

        var before = await server.EndedAsync();
        var sleeping = active.RunAsync("select pg_sleep(600)");
        await worked.RunAsync("select 1");
        await server.CloseAsync(left);
        await server.UntilAsync($"select state = 'active' from pg_stat_activity where pid = {active.ProcessID}");

        var results = new Dictionary<int, StepResult>();
        foreach (var pin in preview.Sessions.Select(session => (PostgreSqlPin)session.Pin).Concat(unnamed))
        {
            results[pin.ProcessId] = await EndAsync(bot, preview.Server.StartedAt, pin);
        }

        Assert.Equal(Outcome.Drift, results[active.ProcessID].Outcome);
        Assert.Equal(Outcome.Drift, results[worked.ProcessID].Outcome);
        Assert.Equal(Outcome.AlreadySatisfied, results[preview.Sessions.Select(s => ((PostgreSqlPin)s.Pin).ProcessId).Except(
            [active.ProcessID, worked.ProcessID, untouched.ProcessID]).Single()].Outcome);
        Assert.Equal(new StepResult(Outcome.Applied, "Told to end, and seen gone."), results[untouched.ProcessID]);
        Assert.All([superuser, backup, migration], one => Assert.Equal(Outcome.NotApplied, results[one.ProcessID].Outcome));
        Assert.Equal(Outcome.Drift, results[inTransaction.ProcessID].Outcome);

        Assert.Equal(1, await server.EndedAsync() - before);
        Assert.False(await untouched.AnswersAsync());
        foreach (var session in new[] { worked, superuser, backup, migration, inTransaction })
        {
            Assert.True(await session.AnswersAsync());
        }

        Assert.False(sleeping.IsCompleted);
        await server.ExecuteAsync($"select pg_terminate_backend({active.ProcessID})");
        await Assert.ThrowsAsync<PostgresException>(() => sleeping);
    }

    [Fact(Timeout = 60_000)]
    public async Task Twice_is_harmless_and_the_second_time_it_says_already_gone()
    {
        var bot = await server.BotAsync();
        await server.OpenAsync();
        var plan = await ReadAsync(bot);
        var pin = (PostgreSqlPin)Assert.Single(plan.Sessions).Pin;
        var before = await server.EndedAsync();

        Assert.Equal(Outcome.Applied, (await EndAsync(bot, plan.Server.StartedAt, pin)).Outcome);
        Assert.Equal(new StepResult(Outcome.AlreadySatisfied, "Already gone."), await EndAsync(bot, plan.Server.StartedAt, pin));
        Assert.Equal(1, await server.EndedAsync() - before);
        Assert.Equal(
            Outcome.AlreadySatisfied,
            (await new SessionTerminator(bot, TimeProvider.System).ObserveAsync(
                SmallServer.Name, SessionAct.EndIdle, plan.Server.StartedAt, pin, Key, TestContext.Current.CancellationToken)).Outcome);
    }

    [Fact(Timeout = 60_000)]
    public async Task Pins_keep_their_microseconds_through_text()
    {
        var bot = await server.BotAsync();
        await server.OpenAsync();
        var plan = await ReadAsync(bot);
        var pin = (PostgreSqlPin)Assert.Single(plan.Sessions).Pin;

        var oneOff = pin with { StateChangedAt = pin.StateChangedAt.AddMicroseconds(1) };
        Assert.Equal(Outcome.Drift, (await EndAsync(bot, plan.Server.StartedAt, oneOff)).Outcome);

        var stored = pin with { StartedAt = ThroughText(pin.StartedAt), StateChangedAt = ThroughText(pin.StateChangedAt) };
        Assert.Equal(Outcome.Applied, (await EndAsync(bot, ThroughText(plan.Server.StartedAt), stored)).Outcome);

        static DateTimeOffset ThroughText(DateTimeOffset at) => DateTimeOffset.ParseExact(
            at.ToString("O", System.Globalization.CultureInfo.InvariantCulture), "O", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact(Timeout = 60_000)]
    public async Task Another_session_with_the_same_pid_is_left_alone()
    {
        var bot = await server.BotAsync();
        var first = await server.OpenAsync();
        var plan = await ReadAsync(bot);
        var pin = (PostgreSqlPin)Assert.Single(plan.Sessions).Pin;
        await server.CloseAsync(first);

        var heir = await ReusedPid.OpenAsync(server, pin.ProcessId);
        if (heir is null)
        {
            // This machine forbids choosing pids: a pin that is one microsecond off stands for the session before.
            TestContext.Current.TestOutputHelper?.WriteLine("The pid could not be reused; tested with a start 1 µs off.");
            heir = await server.OpenAsync();
            pin = await server.PinAsync(heir) is var other ? other with { StartedAt = other.StartedAt.AddMicroseconds(-1) } : pin;
        }
        else
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"Another session really got pid {pin.ProcessId}.");
        }

        var result = await EndAsync(bot, plan.Server.StartedAt, pin);

        Assert.Equal(Outcome.AlreadySatisfied, result.Outcome);
        Assert.Contains("another session now, which was left alone", result.Detail, StringComparison.Ordinal);
        Assert.True(await heir.AnswersAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_server_knows_the_step_by_its_key_and_the_bot_gets_its_name_back()
    {
        var bot = await server.BotAsync();
        await server.OpenAsync();
        var plan = await ReadAsync(bot);

        await EndAsync(bot, plan.Server.StartedAt, (PostgreSqlPin)Assert.Single(plan.Sessions).Pin);

        await server.UntilAsync("select count(*) = 1 from pg_stat_activity where usename = 'chatbot' and application_name = 'chatbot'");
    }

    private static Task<PinnedSessions> ReadAsync(WarmConnections bot) =>
        new PinnedSessionsProbe(bot).ReadAsync(
            SmallServer.Name, new SessionChoice(SessionState.Idle, TimeSpan.Zero, 50), TestContext.Current.CancellationToken);

    private static Task<StepResult> EndAsync(WarmConnections bot, DateTimeOffset serverStartedAt, PostgreSqlPin pin) =>
        new SessionTerminator(bot, TimeProvider.System).ActAsync(
            SmallServer.Name, SessionAct.EndIdle, serverStartedAt, pin, Key, TestContext.Current.CancellationToken);
}
