using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Replicas;

[Collection(ReplicaCollectionDefinition.Name)]
public sealed class ReplicaTests
{
    /// <summary>The order, counted over both replicas, at which one of them is caught.</summary>
    private const int Middle = 5;

    [Fact]
    public async Task Two_replicas_that_both_get_every_press_act_as_one()
    {
        await using var pair = await Pair.StartAsync();
        var plan = await pair.UntilPlanAsync();

        await PressAsync(pair, pair.Ana, plan, "Approve"); // her own plan: told so
        await PressAsync(pair, pair.Boris, plan, "Approve");
        await pair.PlanAsync(message => message.Says("Approved by")); // presses of different people aren't decided in turn
        await PressAsync(pair, pair.Carl, plan, "Approve"); // too late: told so
        await PressAsync(pair, pair.Carl, plan, "Reject");

        await pair.FinishedPlanAsync();
        var held = await pair.CardAsync(message => message.Button("Resolve") is not null && message.Says("held"));
        await PressAsync(pair, pair.Ana, held, "Resolve");
        await pair.CardAsync(message => message.Says("Resolved:"));
        await PressAsync(pair, pair.Boris, held, "Resolve");
        await pair.UntilQuietAsync();

        Assert.Equal((1, 1, 2), (pair.AnswersTo(pair.Ana), pair.AnswersTo(pair.Boris), pair.AnswersTo(pair.Carl)));
        Assert.Equal("Applied", Assert.Single(await pair.EnsureOnceAsync()).Key);
        Assert.All(await pair.Slack.Deliveries.WaitForAsync(all => all.All(one => one.Acks == one.Sockets.Count), pair.Token),
            one => Assert.Equal(4, one.Sockets.Count));
    }

    [Theory]
    [InlineData(Passing.Statement, "Applied")] // seen untouched, so it was sent once more
    [InlineData(Passing.Answer, "AlreadySatisfied")] // seen gone; who ended it can't be proven
    public async Task When_one_is_killed_in_the_middle_of_the_execution_the_other_carries_on(Passing at, string became)
    {
        await using var pair = await Pair.StartAsync();
        var plan = await pair.UntilPlanAsync();

        pair.Ambush.Set(Middle, at, dying =>
        {
            dying.Kill();
            return Task.FromResult(false);
        });
        await PressAsync(pair, pair.Boris, plan, "Approve");
        var dead = await pair.Ambush.Caught.WaitAsync(pair.Token);
        await dead.Process.WaitForExitAsync(pair.Token);

        await pair.FinishedPlanAsync();
        await pair.CardAsync(message => message.Button("Resolve") is not null && message.Says("held"));
        var outcomes = await pair.EnsureOnceAsync();
        Assert.True(became == "Applied" ? outcomes.Count == 1 : outcomes[became] == 1, string.Join(' ', outcomes));
    }

    [Theory]
    [InlineData(Passing.Statement, "Ambiguous")] // its order may still arrive, and does
    [InlineData(Passing.Answer, "AlreadySatisfied")]
    public async Task A_replica_that_wakes_up_after_the_other_took_over_changes_nothing_and_lives_on(Passing at, string became)
    {
        await using var pair = await Pair.StartAsync();
        var plan = await pair.UntilPlanAsync();

        pair.Ambush.Set(Middle, at, sleeping =>
        {
            sleeping.Freeze();
            return Task.FromResult(true);
        });
        await PressAsync(pair, pair.Boris, plan, "Approve");
        var zombie = await pair.Ambush.Caught.WaitAsync(pair.Token);
        await pair.FinishedPlanAsync();
        await pair.CardAsync(message => message.Says("Relieved"));
        var events = await pair.CountAsync("select count(*) from events where type in ('step-finished', 'mitigation-finished')");

        pair.Ambush.Release();
        zombie.GoOn();
        Assert.Single(pair.Replicas, replica => replica != zombie).Kill();
        await pair.Slack.Faults.WaitForSocketsAsync(2, pair.Token);

        // Now everything is up to the one that slept.
        var held = await pair.CardAsync(message => message.Button("Resolve") is not null && message.Says("held"));
        await PressAsync(pair, pair.Ana, held, "Resolve");
        await pair.CardAsync(message => message.Says("Resolved:"));
        Assert.Equal(events, await pair.CountAsync("select count(*) from events where type in ('step-finished', 'mitigation-finished')"));
        Assert.Equal(1, (await pair.EnsureOnceAsync())[became]);
    }

    /// <summary>Over all sockets, and on the screen as it was: also a button that is gone by now.</summary>
    private static async Task PressAsync(Pair pair, SlackPerson person, SeenMessage message, string button)
    {
        pair.OverAllSockets();
        var answer = await person.PressAsSeenAsync(message, button, cancellationToken: pair.Token);
        Assert.True(answer.IsAcknowledged, answer.Shown);
    }
}

/// <summary>One pair after the other: each is two bots and two servers.</summary>
[CollectionDefinition(Name)]
public sealed class ReplicaCollectionDefinition
{
    public const string Name = "replicas";
}
