using ChatBot.IntegrationTests.MySql;
using ChatBot.IntegrationTests.Runbooks;
using ChatBot.Sandbox.Slack;
using Npgsql;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>The bot is killed around what it changes at a server: the server's own log has each order once.</summary>
public sealed class DatabaseCrashTests(GuardedMariaDb mariaDb) : IClassFixture<GuardedMariaDb>, IAsyncDisposable
{
    private const string EndBlocker = "End what blocks the others";

    private static readonly SlackSimulatorOptions Impatient = new() { AckWithin = TimeSpan.FromSeconds(1) };

    // where the bots die, one after the other                                                what the plan says became of it
    public static readonly TheoryData<string[], string, string> Blockers = new()
    {
        { ["intent-stored:1", "outcome-stored:1"], "1 out of the way.", "applied" },
        { ["effect-done:1", "outcome-stored:1"], "1 already out of the way.", "already-satisfied" }, // gone, and nobody can prove by whom
    };

    public async ValueTask DisposeAsync()
    {
        await mariaDb.ExecuteAsync("set global general_log = off; truncate mysql.general_log");
        await mariaDb.CleanAsync();
    }

    [Theory]
    [MemberData(nameof(Blockers))]
    public async Task A_blocker_on_PostgreSQL_is_told_to_end_once(string[] killed, string word, string outcome)
    {
        await using var practice = await Practice.StartAsync(Impatient);
        practice.Follow(PracticePages.Changing("end-blocker"));
        practice.Settings["EndIdleSessions:SeenGoneWithin"] = "2s"; // for so long the order of a bot that died may still be on its way
        await practice.StartBotAsync("crash", killed[0]);
        await practice.Server.ExecuteAsync("create table if not exists stock (id int primary key, quantity int); insert into stock values (1, 10) on conflict do nothing; grant all on stock to app", "shop", practice.Token);
        var blocker = (await practice.LeakAsync(1, "orders-api"))[0];
        await Practice.RunAsync(blocker, "begin; update stock set quantity = 9 where id = 1");
        var waiters = await practice.LeakAsync(2);
        Task[] waiting = [.. waiters.Select(WaitForRowAsync)];

        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        var plan = await practice.AskToActAsync(EndBlocker);
        await practice.ApproveAsync(plan);
        await practice.DieAsync(killed);

        Assert.Contains(word, (await practice.FinishedAsync(plan)).Text, StringComparison.Ordinal);
        await Task.WhenAll(waiting);
        await Practice.AssertAnswersAsync(waiters);
        await practice.AssertEndedAsync([blocker.ProcessID]);
        await practice.AssertOrderedOnceEachAsync(1);
        await practice.UntilShownAsync();
        practice.AssertNothingTwice();
        Assert.Equal([[outcome]], await practice.OutcomesAsync());
    }

    [Theory]
    [MemberData(nameof(Blockers))]
    public async Task A_blocker_on_MariaDB_is_told_to_end_once(string[] killed, string word, string outcome)
    {
        const string target = "stock-db";
        await mariaDb.ExecuteAsync("set global log_output = 'TABLE'; set global general_log = on");
        await using var practice = await Practice.StartAsync(Impatient);
        practice.AddTarget(target, mariaDb.Server);
        practice.Follow(PracticePages.Changing("end-blocker"), target);
        practice.Follow(PracticePages.Changing("end-blocker"));
        await practice.StartBotAsync("crash", killed[0]);
        var blocker = await mariaDb.OpenAsync();
        await blocker.RunAsync("begin; update stock set quantity = 9 where id = 1");
        var kills = await mariaDb.KillsAsync();
        var waiters = new[] { await mariaDb.OpenAsync(), await mariaDb.OpenAsync() };
        Task[] waiting = [.. waiters.Select(session => session.RunAsync("update stock set quantity = quantity + 1 where id = 1"))];

        await practice.TypeAsync(practice.Ana, $"/runbook start {target}");
        var plan = await practice.AskToActAsync(EndBlocker, target: target);
        await practice.ApproveAsync(plan);
        await practice.DieAsync(killed);

        Assert.Contains(word, (await practice.FinishedAsync(plan)).Text, StringComparison.Ordinal);
        await Task.WhenAll(waiting);
        Assert.False(await blocker.AnswersAsync());
        Assert.True(await waiters[0].AnswersAsync() && await waiters[1].AnswersAsync());
        Assert.Equal(kills + 1, await mariaDb.KillsAsync());
        Assert.Equal(1, await mariaDb.Server.ScalarAsync<long>(
            "select count(*) from mysql.general_log where user_host like 'chatbot%' and command_type in ('Query', 'Execute') and argument like 'call chatbot.end_session(%'", cancellationToken: practice.Token));
        await practice.UntilShownAsync();
        Assert.Equal([[outcome]], await practice.OutcomesAsync());
    }

    [Fact]
    public async Task An_account_is_limited_once_and_let_go_once()
    {
        await using var practice = await Practice.StartAsync(Impatient);
        await practice.LetLimitAsync();
        practice.Follow(PracticePages.Changing("limit-role percent=50"));
        await practice.StartBotAsync("crash", "effect-done:1");
        var sessions = await practice.LeakAsync(6);
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        var plan = await practice.AskToActAsync("Limit the largest account");
        await practice.ApproveAsync(plan);
        await practice.DieAsync(["effect-done:1", "outcome-stored:1"], last: "intent-stored:1");
        Assert.Contains("1 set already.", (await practice.FinishedAsync(plan)).Text, StringComparison.Ordinal);
        Assert.True(await practice.LimitOfAppAsync() > 0);
        Assert.Equal(1, await practice.LimitOrdersAsync());

        // Sent by the bot that came after, which dies of it.
        var undo = await practice.AskToActAsync("Undo the limit");
        await practice.ApproveAsync(undo);
        await practice.DieAsync(["intent-stored:1", "effect-done:1"]);
        Assert.Contains("1 set already.", (await practice.FinishedAsync(undo)).Text, StringComparison.Ordinal);
        Assert.Equal(-1, await practice.LimitOfAppAsync());
        Assert.Equal(2, await practice.LimitOrdersAsync());

        await Practice.AssertAnswersAsync(sessions);
        await practice.UntilShownAsync();
        practice.AssertNothingTwice(plans: 2);
        Assert.Equal([["already-satisfied"], ["already-satisfied"]], await practice.OutcomesAsync());
    }

    /// <summary>However long the bot takes to die and come back.</summary>
    private static async Task WaitForRowAsync(NpgsqlConnection session)
    {
        await using var update = new NpgsqlCommand("update stock set quantity = quantity + 1 where id = 1", session) { CommandTimeout = 0 };
        await update.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
