using ChatBot.IntegrationTests.InKubernetes;
using ChatBot.IntegrationTests.Runbooks;
using ChatBot.Kubernetes;
using ChatBot.Sandbox.Kubernetes;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>The bot is killed around every change of a service, again and again: the cluster's own ledger has each change once.</summary>
public sealed class ServiceCrashTests
{
    private static readonly SlackSimulatorOptions Impatient = new() { AckWithin = TimeSpan.FromSeconds(1) };

    /// <param name="Step">Bound on the page.</param>
    /// <param name="Ask">The button for the change.</param>
    /// <param name="Undo">The button for its undo.</param>
    /// <param name="Word">What the plan says became of it.</param>
    /// <param name="State">What the deployment says of it: before, after, and after the undo.</param>
    public sealed record Change(string Step, string Ask, string Undo, string Word, string[] State)
    {
        public override string ToString() => Step;
    }

    private static readonly Change Resize = new("resize-pool service=checkout-api size=2", "Change the pool size", "Put the pool size back", "1 set.", ["4", "2", "4"]);
    private static readonly Change Pause = new("pause-rollout service=checkout-api", "Pause the rollout", "Resume the rollout", "1 set.", ["going on", "paused", "going on"]);
    private static readonly Change Scale = new("scale-down service=checkout-api to=0", "Run fewer pods", "Put the pods back", "1 scaled.", ["3", "0", "3"]);

    // the change; where its bots die, one after the other; where those of its undo die
    public static readonly TheoryData<Change, string[], string[]> Points = new()
    {
        // Sent only by the second bot, which dies of it; found by the third, which dies of having found it.
        { Resize, ["intent-stored:1", "effect-done:1", "outcome-stored:1"], ["effect-done:1"] },
        { Pause, ["effect-done:1", "outcome-stored:1"], ["intent-stored:1", "effect-done:1"] },
        { Scale, ["intent-stored:1"], ["effect-done:2", "outcome-stored:1"] }, // the first effect is the change, sent once more
    };

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_service_is_changed_once_and_put_back_once(Change change, string[] killed, string[] killedInUndo)
    {
        await using var shop = await ShopAsync();
        if (change == Pause)
        {
            shop.Pods.TicksUntilReady = 1;
            shop.RestartByHand(); // a rollout that doesn't get on
        }
        else if (change == Scale)
        {
            shop.Simulator.Cluster.Delete(ResourceCatalog.OfKind("autoscaling/v1", "HorizontalPodAutoscaler")!, "shop", "checkout"); // it would decide
        }

        Assert.Equal(change.State[0], StateOf(shop, change));
        await using var practice = await StartAsync(shop, change.Step, killed[0]);
        await practice.LeakAsync(6);
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        var plan = await practice.AskToActAsync(change.Ask, change == Resize ? new Dictionary<string, string> { ["set.service"] = "checkout-api", ["set.size"] = "2", ["set.for"] = "2h" } : null);
        await practice.ApproveAsync(plan);
        await practice.DieAsync(killed, killedInUndo[0]);
        Assert.Contains(change.Word, (await practice.FinishedAsync(plan)).Text, StringComparison.Ordinal);
        Assert.Equal((change.State[1], 1), (StateOf(shop, change), shop.BotsChanges.Count));

        var undo = await practice.AskToActAsync(change.Undo);
        await practice.ApproveAsync(undo);
        await practice.DieAsync(killedInUndo);
        Assert.Contains(change.Word, (await practice.FinishedAsync(undo)).Text, StringComparison.Ordinal);
        Assert.Equal((change.State[2], 2), (StateOf(shop, change), shop.BotsChanges.Count));

        await practice.UntilShownAsync();
        practice.AssertNothingTwice(plans: 2);
        Assert.Equal([["applied"], ["applied"]], await practice.OutcomesAsync()); // the cluster proves whose doing it is
    }

    /// <summary>Ends sessions until the new pods find room, then restarts: killed in the middle of the one, and around the other.</summary>
    [Fact]
    public async Task A_service_is_restarted_once_after_room_was_made_once()
    {
        await using var shop = await ShopAsync();
        await using var practice = await StartAsync(shop, "restart-service service=checkout-api", "effect-done:1"); // the first session has ended
        while (await practice.UsedSlotsAsync() < 25)
        {
            await practice.LeakAsync(1);
        }

        await practice.UntilIdleLongEnoughAsync();
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        var plan = await practice.AskToActAsync("Restart the service");
        var sessions = Practice.SessionsOf(plan).Keys.ToArray();
        Assert.Equal(3, sessions.Length); // 2 slots are free, its new pod wants 4, and one is to spare
        await practice.ApproveAsync(plan);

        // The second bot still ends two sessions, and dies before it sends the restart; the third sends it, and dies.
        await practice.DieAsync(["effect-done:1", $"intent-stored:{sessions.Length}", "effect-done:1", "outcome-stored:1"]);

        Assert.Contains("3 done; 1 done already.", (await practice.FinishedAsync(plan)).Text, StringComparison.Ordinal);
        await practice.AssertEndedAsync(sessions);
        await practice.AssertOrderedOnceEachAsync(sessions.Length);
        Assert.Equal(("patch", "deployments"), Assert.Single(shop.BotsChanges) is { } sent ? (sent.Verb, sent.Resource) : default);
        await practice.UntilShownAsync();
        practice.AssertNothingTwice();
        Assert.Equal([["already-satisfied", "applied", "applied", "applied"]], await practice.OutcomesAsync());
    }

    /// <summary>The control: what the bot's account changes a second time, these tests would see.</summary>
    [Fact]
    public async Task A_change_that_is_sent_twice_is_in_the_ledger_twice()
    {
        await using var shop = await ShopAsync();
        var scaler = new WorkloadScaler(shop.Changes);
        foreach (var (from, to) in new[] { (3, 1), (1, 3) })
        {
            await scaler.ScaleAsync(await shop.PinAsync(), from, to, TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, shop.BotsChanges.Count);
    }

    private static Task<ShopCluster> ShopAsync() => ShopCluster.StartAsync("{ name: DB_POOL, value: \"4\" }");

    private static async Task<Practice> StartAsync(ShopCluster shop, string step, string crashAt)
    {
        var practice = await Practice.StartAsync(Impatient);
        practice.AddService(shop);
        practice.Follow(PracticePages.Changing(step));
        await practice.StartBotAsync("crash", crashAt);
        return practice;
    }


    private static string StateOf(ShopCluster shop, Change change)
    {
        var spec = shop.Deployment["spec"]!;
        return change == Resize ? spec["template"]!["spec"]!["containers"]![0]!["env"]![0]!["value"]!.GetValue<string>()
            : change == Scale ? spec["replicas"]!.ToString()
            : spec["paused"]?.GetValue<bool>() is true ? "paused" : "going on";
    }
}
