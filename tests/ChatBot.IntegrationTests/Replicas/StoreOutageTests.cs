using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Replicas;

[Collection(ReplicaCollectionDefinition.Name)]
public sealed class StoreOutageTests
{
    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")] // as a power cut would
    public async Task The_store_goes_away_while_a_plan_waits_and_the_incident_goes_on_when_it_is_back(string how)
    {
        await using var pair = await Pair.StartAsync();
        var plan = await pair.UntilPlanAsync();

        await pair.Store.StopAsync(how, pair.Token);
        var unheard = await Task.WhenAll(
            pair.Boris.PressAsSeenAsync(plan, "Approve", cancellationToken: pair.Token),
            pair.Ana.PressAsSeenAsync(plan, "Approve", cancellationToken: pair.Token),
            pair.Carl.TypeAsync(Pair.Channel, "/runbook start orders-db", pair.Token));
        Assert.All(unheard, answer => Assert.Equal(SlackAnswerKind.DidNotRespond, answer.Kind));
        Assert.All(pair.Replicas, replica => Assert.True(replica.Process.IsRunning, replica.Process.Output));
        await pair.Store.StartAgainAsync(pair.Token);

        // The first press may have waited for the store or be lost: the person saw that it failed, and presses again.
        await pair.UntilAsync(async () => (await pair.Boris.PressAsSeenAsync(plan, "Approve", cancellationToken: pair.Token)).IsAcknowledged);

        await GoesOnAsync(pair);
    }

    [Theory]
    [InlineData(Passing.Statement)]
    [InlineData(Passing.Answer)]
    public async Task The_store_goes_away_in_the_middle_of_the_execution_and_nothing_happens_twice(Passing at)
    {
        await using var pair = await Pair.StartAsync();
        var plan = await pair.UntilPlanAsync();

        pair.Ambush.Set(nth: 5, at, async _ =>
        {
            await pair.Store.StopAsync("immediate", pair.Token);
            return true;
        });
        await pair.Boris.PressAsSeenAsync(plan, "Approve", cancellationToken: pair.Token);
        await pair.Ambush.Caught.WaitAsync(pair.Token);
        pair.Ambush.Release();
        Assert.Equal(SlackAnswerKind.DidNotRespond, (await pair.Carl.PressAsSeenAsync(plan, "Reject", cancellationToken: pair.Token)).Kind);
        Assert.All(pair.Replicas, replica => Assert.True(replica.Process.IsRunning, replica.Process.Output));
        await pair.Store.StartAgainAsync(pair.Token);

        await GoesOnAsync(pair);
    }

    private static async Task GoesOnAsync(Pair pair)
    {
        await pair.FinishedPlanAsync();
        var held = await pair.CardAsync(message => message.Button("Resolve") is not null && message.Says("held"));
        Assert.True((await pair.Ana.PressAsync(held, "Resolve", cancellationToken: pair.Token)).IsAcknowledged);
        await pair.CardAsync(message => message.Says("Resolved:"));
        await pair.UntilQuietAsync();
        await pair.EnsureOnceAsync();

        // What was acknowledged was stored, and what was stored is decided.
        var acknowledged = pair.Slack.Deliveries.All.Count(delivery => delivery.Acks > 0);
        var decided = await pair.CountAsync("select count(*) from inbox join commands on commands.id = inbox.id where done_at is not null");
        Assert.InRange(acknowledged, 1, decided);
        Assert.All(pair.Replicas, replica => Assert.True(replica.Process.IsRunning, replica.Process.Output));
    }
}
