using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>One plan that waits, for all who may not approve it.</summary>
public sealed class WaitingPlan : IAsyncLifetime
{
    private Practice? _practice;

    internal Practice Practice => _practice ?? throw new InvalidOperationException("Nothing has been started.");

    internal SeenMessage Plan { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _practice = await Practice.StartAsync();
        Practice.Slack.Workspace.Put(new SlackUser("U0DORA0001", "dora", "Dora Diaz"));
        Practice.Slack.Workspace.Put(new SlackUser("U0EMIL0001", "emil", "Emil Evans") { IsDeleted = true });
        Practice.Slack.Workspace.Put(new SlackChannel("C0OTHER001", "other", ["chatbot", "ana", "boris", "carl"]));
        Practice.Slack.Workspace.Put(new SlackChannel(
            "C0ORDERSDB", Practice.Channel, ["chatbot", "ana", "boris", "carl", "dora", "emil", "guest", "stranger"]));
        Practice.Slack.Workspace.Put(Group("ana", "boris", "carl", "guest", "emil"));
        await Practice.StartBotAsync();
        await Practice.LeakAsync(3);
        Plan = await Practice.OpenAndAskAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_practice is not null)
        {
            await _practice.DisposeAsync();
        }
    }

    internal static SlackUserGroup Group(params string[] members) => new("S0DBONCALL", "db-oncall", "Database on call", members);
}

/// <summary>Who is turned away at the door, and what they are told. The plan waits on.</summary>
public sealed class ApprovalTests(WaitingPlan waiting) : IClassFixture<WaitingPlan>
{
    private Practice Practice => waiting.Practice;

    [Theory]
    [InlineData("ana", "You asked for this plan, so someone else has to approve it.")]
    [InlineData("dora", "You aren't an approver of this target.")]
    [InlineData("guest", "Guests and people of other workspaces can't approve.")] // although in the group
    [InlineData("stranger", "Guests and people of other workspaces can't approve.")]
    [InlineData("emil", "This account is switched off, so it can't approve.")] // although in the group
    [InlineData("chatbot", "Bots and workflows can't approve; a person has to press.")]
    public async Task Who_may_not_approve_is_told_why_and_nobody_else_hears_of_it(string name, string reason)
    {
        var person = Practice.Slack.Workspace.As(name);
        await person.PressAsSeenAsync(waiting.Plan, "Approve", cancellationToken: Practice.Token);
        var told = await Practice.ToldAsync(person, reason);
        Assert.DoesNotContain(
            Practice.Slack.Workspace.Users.Where(user => user.Name != name).SelectMany(user => Practice.Slack.Workspace.As(user.Id).Sees(Practice.Channel)),
            message => message.Ts == told.Ts);
        await AssertPlanWaitsAsync();
    }

    [Theory]
    [InlineData("other")] // forwarded
    [InlineData(Practice.Channel)] // quoted
    public async Task A_copy_of_the_button_is_not_the_button(string channel)
    {
        var workspace = Practice.Slack.Workspace;
        var original = workspace.FindMessage(waiting.Plan.ChannelId, waiting.Plan.Ts)!;
        var copy = workspace.Post(workspace.RequireChannel(channel).Id, workspace.BotUser.Id, original.Content);
        var carl = workspace.As("carl");
        var seen = await carl.WaitForAsync(channel, message => message.Ts == copy.Ts, Practice.Token);

        await carl.PressAsync(seen, "Approve", cancellationToken: Practice.Token);
        await carl.WaitForAsync(channel, message => message.IsEphemeral && message.Says("This button is a copy"), Practice.Token);
        workspace.Delete(copy.ChannelId, copy.Ts);
        await AssertPlanWaitsAsync();
    }

    [Fact]
    public async Task Who_left_the_group_since_the_plan_was_made_is_no_approver_any_more()
    {
        Practice.Slack.Workspace.Put(WaitingPlan.Group("ana", "carl"));
        await Practice.Boris.PressAsync(waiting.Plan, "Approve", cancellationToken: Practice.Token);
        await Practice.ToldAsync(Practice.Boris, "You aren't an approver of this target.");
        Practice.Slack.Workspace.Put(WaitingPlan.Group("ana", "boris", "carl", "guest", "emil"));
        await AssertPlanWaitsAsync();
    }

    [Theory]
    [InlineData("usergroups.users.list")]
    [InlineData("users.info")]
    [InlineData("auth.test")]
    public async Task Not_knowing_who_somebody_is_is_a_no(string method)
    {
        var before = Practice.Boris.Sees(Practice.Channel).Count(Unverified);
        Practice.Slack.Faults.Next(method, SlackFault.ServerError());
        await Practice.Boris.PressAsync(waiting.Plan, "Approve", cancellationToken: Practice.Token);
        await Practice.Boris.WaitForAllAsync(Practice.Channel, seen => seen.Count(Unverified) == before + 1, Practice.Token);
        await AssertPlanWaitsAsync();

        static bool Unverified(SeenMessage message) =>
            message.IsEphemeral && message.Says("I couldn't verify with Slack that you are an approver, so nothing was done.");
    }

    private async Task AssertPlanWaitsAsync()
    {
        Assert.Equal(0, await Practice.CountAsync("select count(*) from approvals"));
        Assert.Equal(0, await Practice.CountAsync("select count(*) from executions"));
        Assert.NotNull(Practice.Ana.Sees(Practice.Channel).Single(message => message.Ts == waiting.Plan.Ts).Button("Approve"));
        await Practice.AssertEndedAsync([]);
    }
}

/// <summary>Plans that are no longer what waits, and the buttons people still have on their screens.</summary>
public sealed class OldPlanTests
{
    [Fact]
    public async Task An_expired_plan_can_not_be_approved()
    {
        await using var practice = await Practice.StartAsync();
        practice.Settings["Approval:Lifetime"] = "1s";
        await practice.StartBotAsync();
        var sessions = await practice.LeakAsync(3);
        var plan = await practice.OpenAndAskAsync();

        await practice.PlanAsync(message => message.Says("Expired: nobody approved it in time. Nothing was done.") && message.Buttons.Count == 0);
        await practice.Boris.PressAsSeenAsync(plan, "Approve", cancellationToken: practice.Token);
        await practice.ToldAsync(practice.Boris, "expired");
        await practice.CardAsync(message => message.Says("expired: nobody approved it in time, and nothing was done.") && message.Says("<@U0ANA00001>, ask again"));

        Assert.Equal(0, await practice.CountAsync("select count(*) from executions"));
        await practice.AssertEndedAsync([]);
        await Practice.AssertAnswersAsync(sessions);
    }

    [Fact]
    public async Task A_plan_that_a_newer_one_replaced_can_not_be_approved()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        var sessions = await practice.LeakAsync(3);
        var old = await practice.OpenAndAskAsync();
        await Practice.RunAsync(sessions[0], "begin"); // so that the new plan is another one

        await practice.Ana.PressAsync(await practice.CardAsync(message => message.Button("Draw up a new plan") is not null), "Draw up a new plan", cancellationToken: practice.Token);
        var newer = await practice.PlanAsync(message => message.Ts != old.Ts && message.Button("Approve") is not null);
        await practice.PlanAsync(message => message.Ts == old.Ts && message.Says("asked for a new plan in its place. Nothing was done.") && message.Buttons.Count == 0);

        await practice.Boris.PressAsSeenAsync(old, "Approve", cancellationToken: practice.Token);
        await practice.ToldAsync(practice.Boris, "This button belongs to an older plan; a newer one took its place. Your press changed nothing.");
        Assert.Equal(0, await practice.CountAsync("select count(*) from executions"));

        await practice.ApproveAsync(newer);
        await practice.RelievedAsync();
        await practice.AssertEndedAsync(sessions.Skip(1).Select(session => session.ProcessID));
        practice.AssertNothingTwice(plans: 2);
    }

    [Fact]
    public async Task A_plan_that_is_done_or_over_can_not_be_approved_again()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await practice.LeakAsync(3);
        var plan = await practice.OpenAndAskAsync();
        var planned = Practice.SessionsOf(plan).Keys.ToArray();
        await practice.CarryOutAsync(plan);
        var carl = practice.Slack.Workspace.As("carl");
        await carl.PressAsSeenAsync(plan, "Approve", cancellationToken: practice.Token);
        await practice.ToldAsync(carl, "<@U0BORIS001> approved already, and it is done. Your press changed nothing.");

        var later = await practice.LeakAsync(3);
        await practice.Ana.TypeAsync(Practice.Channel, "/runbook stop orders-db it is over", practice.Token);
        await practice.CardAsync(message => message.Says("Stopped by <@U0ANA00001>, who takes over: \"it is over\"."));
        await practice.Boris.PressAsSeenAsync(plan, "Approve", cancellationToken: practice.Token);
        await practice.ToldAsync(practice.Boris, "approved already, and it is done. Your press changed nothing.");
        await practice.AssertEndedAsync(planned);
        await Practice.AssertAnswersAsync(later);
    }

    [Fact]
    public async Task A_rejected_plan_can_not_be_approved_but_asked_for_again()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        var sessions = await practice.LeakAsync(3);
        var plan = await practice.OpenAndAskAsync();
        await practice.Boris.PressAsync(plan, "Reject", cancellationToken: practice.Token);
        await practice.PlanAsync(message => message.Says("Rejected by <@U0BORIS001>. Nothing was done.") && message.Buttons.Count == 0);
        var carl = practice.Slack.Workspace.As("carl");
        await carl.PressAsSeenAsync(plan, "Approve", cancellationToken: practice.Token);
        await practice.ToldAsync(carl, "The plan was rejected already. Your press changed nothing.");
        await practice.AssertEndedAsync([]);

        await practice.CarryOutAsync(await practice.AskAsync());
        await practice.AssertEndedAsync(sessions.Select(session => session.ProcessID));
    }
}
