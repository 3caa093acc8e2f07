using ChatBot.Configuration;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>The bot is killed the hard way at a named point; an ordinary one takes over, and nobody has to do anything again.</summary>
public sealed class CrashTests
{
    private const int Leaked = 6;

    // Nobody acknowledges an act that killed the bot, and waiting for it longer brings nothing.
    private static readonly SlackSimulatorOptions Impatient = new() { AckWithin = TimeSpan.FromSeconds(1) };

    /// <summary>What people did last when the bot dies.</summary>
    public enum LastAct
    {
        Opening,
        Asking,
        Approving,
    }

    // where, which time                 the last act      the store
    public static readonly TheoryData<string, LastAct, string> Points = new()
    {
        { "delivery-stored:1", LastAct.Opening, nameof(StoreEngine.Sqlite) },
        { "message-posted:1", LastAct.Opening, nameof(StoreEngine.Sqlite) }, // the card
        { "delivery-stored:2", LastAct.Asking, nameof(StoreEngine.Sqlite) },
        { "delivery-stored:3", LastAct.Approving, nameof(StoreEngine.Sqlite) },
        { "approval-stored:1", LastAct.Approving, nameof(StoreEngine.Sqlite) },
        { "intent-stored:1", LastAct.Approving, nameof(StoreEngine.Sqlite) },
        { "intent-stored:3", LastAct.Approving, nameof(StoreEngine.Sqlite) },
        { "effect-done:1", LastAct.Approving, nameof(StoreEngine.Sqlite) },
        { "effect-done:3", LastAct.Approving, nameof(StoreEngine.Sqlite) },
        { "outcome-stored:1", LastAct.Approving, nameof(StoreEngine.Sqlite) },
        { "outcome-stored:6", LastAct.Approving, nameof(StoreEngine.Sqlite) }, // the last one: the plan is over
        { "delivery-stored:3", LastAct.Approving, nameof(StoreEngine.PostgreSql) },
        { "intent-stored:3", LastAct.Approving, nameof(StoreEngine.PostgreSql) },
        { "effect-done:3", LastAct.Approving, nameof(StoreEngine.PostgreSql) },
        { "message-posted:1", LastAct.Opening, nameof(StoreEngine.PostgreSql) },
    };

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_killed_bot_goes_on_where_it_was(string crashAt, LastAct last, string store)
    {
        await using var practice = await Practice.StartAsync(Impatient);
        if (store == nameof(StoreEngine.PostgreSql))
        {
            await practice.UsePostgreSqlStoreAsync();
        }

        await practice.StartBotAsync("crash", crashAt);
        var bystanders = await practice.AddBystandersAsync();
        await practice.LeakAsync(Leaked);

        // The deadly act may stay without an acknowledgement; what was stored is done all the same.
        await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);
        await StartAgainAsync(LastAct.Opening);

        var card = await practice.CardAsync(message => message.Button("End idle sessions") is not null);
        await practice.UntilIdleLongEnoughAsync();
        await practice.Ana.PressAsync(card, "End idle sessions", cancellationToken: practice.Token);
        await StartAgainAsync(LastAct.Asking);

        var plan = await practice.PlanAsync(message => message.Button("Approve") is not null);
        var planned = Practice.SessionsOf(plan).Keys.ToArray();
        Assert.Equal(Leaked, planned.Length);
        await practice.ApproveAsync(plan);
        await StartAgainAsync(LastAct.Approving);

        await practice.RelievedAsync();
        var finished = await practice.FinishedAsync();
        await practice.AssertEndedAsync(planned);
        await practice.AssertOrderedOnceEachAsync(Leaked);
        await Practice.AssertAnswersAsync(bystanders);
        await practice.AssertCardIsTrueAsync();
        practice.AssertNothingTwice();

        // The order that was carried out just before the crash is the only one whose cause can't be proven.
        var became = Practice.SessionsOf(finished).Values;
        var unproven = crashAt.StartsWith("effect-done", StringComparison.Ordinal) ? 1 : 0;
        Assert.Equal(unproven, became.Count(word => word == "already gone"));
        Assert.Equal(Leaked - unproven, became.Count(word => word == "ended"));
        var outcomes = await practice.AssertEachStepHasOneOutcomeAsync(Leaked);
        Assert.Equal(unproven, outcomes.Count(outcome => outcome == "already-satisfied"));

        Task StartAgainAsync(LastAct act) => act == last ? practice.StartAgainAfterAsync(crashAt) : Task.CompletedTask;
    }

    [Fact]
    public async Task A_bot_killed_after_the_plan_was_posted_finds_it_again()
    {
        await using var practice = await Practice.StartAsync(Impatient);

        // Nothing is measured while people decide, so that the card stays as it is.
        practice.Settings["Watch:SampleEvery"] = "5m";
        practice.Settings["Watch:ConsumersEvery"] = "5m";
        await practice.StartBotAsync();
        await practice.LeakAsync(Leaked);
        await practice.UntilIdleLongEnoughAsync();
        var card = await practice.OpenAsync();
        await practice.UntilAsync(async () => await practice.CountAsync("select count(*) from work where kind = 'show/1'") == 0);
        await practice.StopBotAsync();
        await practice.Slack.Faults.WaitForSocketsAsync(0, practice.Token);

        await practice.StartBotAsync("crash", "plan-posted");
        await practice.Ana.PressAsync(card, "End idle sessions", cancellationToken: practice.Token);
        await practice.Bot!.WaitForExitAsync(practice.Token);
        var posted = await practice.PlanAsync(message => message.Button("Approve") is not null);
        Assert.Equal(0, await practice.CountAsync("select count(*) from messages where slot like 'plan:%'"));

        practice.Settings["Watch:SampleEvery"] = "200ms";
        await practice.StartAgainAfterAsync("plan-posted");
        await practice.UntilAsync(async () => await practice.CountAsync("select count(*) from messages where slot like 'plan:%'") == 1);
        var planned = Practice.SessionsOf(posted).Keys.ToArray();
        await practice.CarryOutAsync(posted);
        await practice.AssertEndedAsync(planned);
        practice.AssertNothingTwice();
    }

    [Fact]
    public async Task An_approver_who_left_while_the_bot_was_dead_approves_nothing()
    {
        await using var practice = await Practice.StartAsync(Impatient);
        await practice.StartBotAsync("crash", "approval-stored:1");
        var leaked = await practice.LeakAsync(Leaked);
        await practice.ApproveAsync(await practice.OpenAndAskAsync());
        await practice.Bot!.WaitForExitAsync(practice.Token);
        var ended = (await practice.EndedAsync()).Count; // the first step may have been quicker than the end

        practice.Slack.Workspace.Put(new SlackUserGroup("S0DBONCALL", "db-oncall", "Database on call", ["ana", "carl"]));
        await practice.StartAgainAfterAsync("approval-stored:1");

        var finished = await practice.FinishedAsync();
        Assert.Contains("The approver may no longer approve, so the approval is void.", finished.Text, StringComparison.Ordinal);
        Assert.Equal(Leaked - ended, Practice.SessionsOf(finished).Values.Count(word => word == "not ended"));
        Assert.Equal(ended, (await practice.EndedAsync()).Count);
        await Practice.AssertAnswersAsync(leaked.Where(session => Practice.SessionsOf(finished)[session.ProcessID] == "not ended"));
    }

    [Fact]
    public async Task The_ordinary_build_has_no_crash_points()
    {
        await using var practice = await Practice.StartAsync(Impatient);
        await practice.StartBotAsync("release", "delivery-stored:1");
        await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);
        await practice.CardAsync(message => message.Says("of 27 slots"));
        Assert.True(practice.Bot!.IsRunning);
    }
}
