using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using ChatBot.IntegrationTests.PostgreSql;
using ChatBot.IntegrationTests.Steps;
using ChatBot.Kubernetes;
using ChatBot.Sandbox.Kubernetes;
using ChatBot.Steps;
using ChatBot.Steps.HoldRollout;
using ChatBot.Steps.RestartPods;
using ChatBot.Steps.ScaleDown;
using ChatBot.Steps.SetPoolSize;

namespace ChatBot.IntegrationTests.InKubernetes;

/// <summary>Plans that change a service, drawn up from a real server and a simulated cluster, and carried out there.</summary>
public sealed class ServiceStepTests(SmallServer server) : IClassFixture<SmallServer>, IAsyncDisposable
{
    private const string Service = "checkout-api";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await server.CleanAsync();

    /// <summary>3 pods, one more at once: its pool of 4 fits.</summary>
    [Fact]
    public async Task With_room_the_service_is_restarted_at_once_and_what_it_destroys_is_kept()
    {
        await using var bench = await OpenAsync(pool: 4, sessions: 6);
        var request = bench.Request(bench.Restart);

        var restart = Assert.IsType<RestartService>(await bench.Restart.DrawUpAsync(request, Stop));

        Assert.Equal((Service, 3, new RolloutStrategy(1, 0, false), 4, 4), (restart.Service, restart.Replicas, restart.Strategy, restart.PerPod, restart.Slots));
        Assert.Null(restart.First);
        Assert.Equal([SavedKind.Sessions, SavedKind.Logs], restart.Saved.Select(saved => saved.What));
        Assert.Equal(restart.Saved.Select(saved => saved.Evidence), request.Kept.Rows.Select(row => row.Id));
        Assert.Equal(["sessions-before/1", "log-reading/1"], request.Kept.Rows.Select(row => row.Kind));

        var plan = bench.PlanOf(restart);
        Assert.Equal(Outcome.NotApplied, (await bench.Restart.ObserveAsync(plan, 1, "key", Stop)).Outcome);
        Assert.Equal(Outcome.Applied, (await bench.Restart.ApplyAsync(plan, 1, "key", Stop)).Outcome);
        Assert.Equal(Outcome.Applied, (await bench.Restart.ObserveAsync(plan, 1, "key", Stop)).Outcome);
        Assert.Equal(RolloutStage.Done, RolloutRule.Of((await bench.Shop.LookAsync()).Workloads[0]).Stage);
        Assert.Single(bench.Shop.BotsChanges);
    }

    [Fact]
    public async Task Without_room_it_ends_idle_sessions_first_and_restarts_only_then()
    {
        await using var bench = await OpenAsync(pool: 4, sessions: 14); // and the bot: 2 of 17 are free
        var restart = await bench.DrawUpAsync<RestartService>(bench.Restart);
        Assert.Equal((3, 4), (restart.First!.Sessions.Count, restart.Steps)); // one more than the 2 that are missing
        var plan = bench.PlanOf(restart);

        // Its own steps didn't make the room: nothing is restarted.
        var early = await bench.Restart.ApplyAsync(plan, 4, "key-4", Stop);
        Assert.Equal((Outcome.NotApplied, "Nothing was restarted: 2 slots free, and the new pods may take 4 before old ones end. Free more, and ask for a new plan."), (early.Outcome, early.Detail));
        Assert.Empty(bench.Shop.BotsChanges);

        var ended = await server.EndedAsync();
        foreach (var number in new[] { 1, 2, 3, 4 })
        {
            Assert.Equal(Outcome.Applied, (await bench.Restart.ApplyAsync(plan, number, $"key-{number}", Stop)).Outcome);
        }

        Assert.Equal(ended + 3, await server.EndedAsync());
        Assert.Single(bench.Shop.BotsChanges);
    }

    [Fact]
    public async Task Where_no_sessions_may_be_ended_it_says_that_a_restart_would_stand_still()
    {
        await using var bench = await OpenAsync(pool: 4, sessions: 14, idleFor: TimeSpan.FromHours(1));

        Assert.StartsWith(
            "A restart of checkout-api would stand still: no old pod may go before a new one is ready, new ones need 2 slots more than are free, and only 0 sessions are idle for 60 min and may be ended.",
            await bench.WhyNotAsync(bench.Restart),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task During_a_rollout_or_a_pause_nothing_is_restarted()
    {
        await using var bench = await OpenAsync(pool: 4, sessions: 3);
        bench.Shop.Pods.TicksUntilReady = 1;
        bench.Shop.RestartByHand();
        Assert.StartsWith("A rollout of checkout-api is under way.", await bench.WhyNotAsync(bench.Restart), StringComparison.Ordinal);

        var paused = await bench.DrawUpAsync<PauseRollout>(bench.Pause);
        Assert.Equal((true, Lasting.UntilUndone), (paused.Pause, paused.Lasting));
        var plan = bench.PlanOf(paused);
        Assert.Equal(Outcome.Applied, (await bench.Pause.ApplyAsync(plan, 1, "key", Stop)).Outcome);
        Assert.True((await bench.Shop.LookAsync()).Workloads[0].IsPaused);
        Assert.StartsWith("The rollout of checkout-api is paused", await bench.WhyNotAsync(bench.Restart), StringComparison.Ordinal);
        Assert.Equal("No rollout of the target's services is under way, so there is nothing to pause.", await bench.WhyNotAsync(bench.Pause));

        var resumed = await bench.DrawUpAsync<PauseRollout>(bench.Pause, plan);
        Assert.Equal((false, Lasting.Undo, Service), (resumed.Pause, resumed.Lasting, resumed.RollsOut));
        Assert.Equal(Outcome.Applied, (await bench.Pause.ApplyAsync(bench.PlanOf(resumed), 1, "key", Stop)).Outcome);
        Assert.False((await bench.Shop.LookAsync()).Workloads[0].IsPaused);
    }

    [Fact]
    public async Task An_autoscaler_is_not_paused_and_what_holds_it_is_named()
    {
        await using var bench = await OpenAsync(pool: 4, sessions: 3);
        bench.Shop.Simulator.Cluster.Change(ResourceCatalog.Deployments, "shop", Service, one => one["spec"]!["replicas"] = 5);
        await bench.Shop.AutoscaledAsync(5, DateTimeOffset.UtcNow);

        Assert.Matches(
            @"\ANo rollout of the target's services is under way, so there is nothing to pause\. The autoscaler of checkout-api raised it from 3 to 5 pods \(maximum 12\) at \d\d:\d\d UTC\. Pausing a rollout doesn't hold an autoscaler back, its maximum does\. By hand: kubectl patch hpa checkout -n shop --type=merge -p '{""spec"":{""maxReplicas"":5}}'\z",
            await bench.WhyNotAsync(bench.Pause));

        // Without the right to read events only that is said which the autoscaler's own status tells.
        bench.Shop.Simulator.Faults.Always(request => request.Is("list", "events"), KubernetesFault.Status(403, "Forbidden", "no"));
        Assert.Contains("The autoscaler of checkout-api changed its number of pods (5 by now, maximum 12) at", await bench.WhyNotAsync(bench.Pause), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_crashes_again_and_again_is_scaled_down_and_put_back()
    {
        await using var bench = await OpenAsync(pool: 4, sessions: 3);
        Assert.StartsWith("No pod of the target's services crashes", await bench.WhyNotAsync(bench.Scale), StringComparison.Ordinal);

        var down = await bench.DrawUpAsync<ScaleWorkload>(bench.Scale, null, ("service", Service), ("to", "0"));
        Assert.Equal((3, 0, false), (down.From, down.To, down.IsUndo));
        var plan = bench.PlanOf(down);
        Assert.Equal(Outcome.Applied, (await bench.Scale.ApplyAsync(plan, 1, "key", Stop)).Outcome);
        Assert.Equal(0, (await bench.Shop.LookAsync()).Workloads[0].Replicas);

        bench.Shop.Simulator.Cluster.Delete(ResourceCatalog.OfKind("autoscaling/v1", "HorizontalPodAutoscaler")!, "shop", "checkout");
        var back = await bench.DrawUpAsync<ScaleWorkload>(bench.Scale, plan);
        Assert.Equal((0, 3, true), (back.From, back.To, back.IsUndo));
        Assert.Equal(Outcome.Applied, (await bench.Scale.ApplyAsync(bench.PlanOf(back), 1, "key", Stop)).Outcome);
        Assert.Equal(3, (await bench.Shop.LookAsync()).Workloads[0].Replicas);
    }

    [Fact]
    public async Task What_an_autoscaler_decides_is_left_to_it()
    {
        await using var bench = await OpenAsync(pool: 4, sessions: 3);

        var impossible = await Assert.ThrowsAsync<ImpossiblePlanException>(() => bench.DrawUpAsync<ScaleWorkload>(bench.Scale, null, ("service", Service), ("to", "1")));

        Assert.StartsWith("An autoscaler keeps checkout-api between 3 and 12 pods", impossible.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_gets_another_size_within_the_room_there_is_and_gets_its_own_back()
    {
        await using var bench = await OpenAsync(pool: 4, sessions: 1);
        var smaller = await bench.DrawUpAsync<ResizePool>(bench.Resize); // 13 pods at the busiest moment x 4 don't fit 17 slots
        Assert.Equal((4, 2, 13, -26, "Argo CD"), (smaller.From, smaller.To, smaller.Pods, smaller.Slots, smaller.Reverter!.Tool));
        Assert.Equal((Lasting.UntilUndone, Service), (smaller.Lasting, smaller.RollsOut));
        Assert.NotNull(smaller.UndoDue);
        var plan = bench.PlanOf(smaller);
        Assert.Equal(Outcome.Applied, (await bench.Resize.ApplyAsync(plan, 1, "key", Stop)).Outcome);
        Assert.Equal("2", bench.Pool);

        var back = await bench.DrawUpAsync<ResizePool>(bench.Resize, plan);
        Assert.Equal((2, 4, true, Lasting.Undo), (back.From, back.To, back.IsUndo, back.Lasting));
        Assert.Equal(Outcome.Applied, (await bench.Resize.ApplyAsync(bench.PlanOf(back), 1, "key", Stop)).Outcome);
        Assert.Equal("4", bench.Pool);
    }

    [Fact]
    public async Task A_larger_pool_than_the_server_has_room_for_is_refused_with_the_arithmetic()
    {
        await using var bench = await OpenAsync(pool: 4, sessions: 1);

        var impossible = await Assert.ThrowsAsync<ImpossiblePlanException>(() => bench.DrawUpAsync<ResizePool>(bench.Resize, null, ("size", "40")));

        Assert.StartsWith("A pool of 40 for checkout-api doesn't fit:", impossible.Message, StringComparison.Ordinal);
        Assert.Contains("with 13 pods at the busiest moment", impossible.Message, StringComparison.Ordinal);
    }

    /// <summary>The policy is gone: whatever is approved, nothing is sent.</summary>
    [Fact]
    public async Task Without_the_fence_there_is_no_plan_and_no_effect()
    {
        await using var bench = await OpenAsync(pool: 4, sessions: 3);
        var plan = bench.PlanOf(await bench.DrawUpAsync<RestartService>(bench.Restart));
        await using var open = await OpenAsync(pool: 4, sessions: 0, fenced: false);

        Assert.StartsWith("The cluster would let the bot change the image of deployment checkout-api", await open.WhyNotAsync(open.Restart), StringComparison.Ordinal);
        var unsent = await open.Restart.ApplyAsync(plan, 1, "key", Stop);
        Assert.Equal(Outcome.NotApplied, unsent.Outcome);
        Assert.StartsWith("Nothing was sent. The cluster would let the bot change the image", unsent.Detail, StringComparison.Ordinal);
        Assert.Empty(open.Shop.BotsChanges);
    }

    private async Task<Bench> OpenAsync(int pool, int sessions, TimeSpan? idleFor = null, bool fenced = true)
    {
        var shop = await ShopCluster.StartAsync($"{{ name: DB_POOL, value: \"{pool}\" }}", fenced);
        for (var i = 0; i < sessions; i++)
        {
            await server.OpenAsync(application: Service);
        }

        var bot = await server.BotAsync();
        await SmallServer.QuietAsync(bot);
        var target = StepTalk.TargetOf(server) with
        {
            Services = new Dictionary<string, ServiceOptions> { [Service] = new() { Namespace = "shop", PoolSize = PoolSizePlace.TryParse("env:DB_POOL", out var place) ? place : null } },
        };
        return new Bench(shop, target, new TargetServers([new PostgreSqlTargetServer(SmallServer.Name, bot, TimeProvider.System)]), idleFor ?? TimeSpan.Zero);
    }

    private sealed class Bench : IAsyncDisposable
    {
        private readonly TargetOptions _target;

        public Bench(ShopCluster shop, TargetOptions target, TargetServers servers, TimeSpan idleFor)
        {
            (Shop, _target) = (shop, target);
            var options = new ChatBotOptions
            {
                Slack = new SlackOptions { BotToken = new("xoxb-x"), AppToken = new("xapp-x") },
                Targets = new Dictionary<string, TargetOptions> { [target.Name] = target },
                EndIdleSessions = new EndIdleSessionsOptions { IdleFor = idleFor, OrIdleFor = [] },
            };
            var probe = new WorkloadProbe(shop.Clusters, TimeProvider.System);
            var services = new ServiceChoice(servers, probe, shop.Clusters, new KubernetesFence(shop.Clusters, TimeProvider.System), options);
            Restart = new RestartServiceStep(services, servers, new DeploymentRestarter(shop.Changes), new PodLogs(shop.Clusters, shop.Options), options, shop.Options);
            Pause = new PauseRolloutStep(services, new RolloutPause(shop.Changes));
            Scale = new ScaleDownStep(services, new WorkloadScaler(shop.Changes));
            Resize = new ResizePoolStep(services, probe, new PoolSizeSetting(shop.Changes), TimeProvider.System);
        }

        public ShopCluster Shop { get; }

        public RestartServiceStep Restart { get; }

        public PauseRolloutStep Pause { get; }

        public ScaleDownStep Scale { get; }

        public ResizePoolStep Resize { get; }

        public string Pool => Shop.Deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]![0]!["value"]!.GetValue<string>();

        public StepRequest Request(IChangingStep step, params (string Name, string Value)[] parameters) =>
            StepTalk.Request(step.Type, _target, StepTalk.IncidentWith(), consumers: null, parameters);

        public async Task<T> DrawUpAsync<T>(IChangingStep step, Plan? toUndo = null, params (string Name, string Value)[] parameters)
            where T : Mitigation => Assert.IsType<T>(await step.DrawUpAsync(Request(step, parameters) with { ToUndo = toUndo }, Stop));

        public async Task<string> WhyNotAsync(IChangingStep step) =>
            (await Assert.ThrowsAsync<ImpossiblePlanException>(() => step.DrawUpAsync(Request(step), Stop))).Message;

        /// <summary>Through its bytes, as a plan is carried out.</summary>
        public Plan PlanOf(Mitigation mitigation) => Plan.FromBytes(
            new Plan(
                new PlanId(Guid.CreateVersion7()), new IncidentId(Guid.CreateVersion7()), _target.Name, "TEST", mitigation, new Person("T0", "U0"), Quorum: 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMinutes(10)).ToBytes(),
            new MitigationKinds(new IChangingStep[] { Restart, Pause, Scale, Resize }.Select(step => step.Kind)));

        public ValueTask DisposeAsync() => Shop.DisposeAsync();
    }
}
