using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using static ChatBot.Incidents.Tests.Findings.Workloads.Clusters;

namespace ChatBot.Incidents.Tests.Findings.Workloads;

public sealed class PoolArithmeticTests
{
    private static readonly PoolSetting Twenty = new(Name("env DB_POOL of container app"), 20, "Npgsql", IsRecognised: false);

    private static WorkloadLook Checkout => Workload("checkout-api", [.. Enumerable.Range(1, 8).Select(n => Pod($"checkout-{n}", $"10.0.0.{n}"))]) with { Pool = Twenty };

    [Theory]
    // surge, unavailable, recreate, processes, used of 197: slots needed, missing, deadlock
    [InlineData(2, 0, false, 1, 187, 40, 30, false)] // the transcript: 10 free, 40 needed
    [InlineData(2, 0, false, 1, 148, 40, 0, false)]
    [InlineData(2, 0, false, 1, 197, 40, 40, true)]  // no pod may be missing, and none can start
    [InlineData(2, 2, false, 1, 197, 40, 40, false)] // old pods end first where they may be missing
    [InlineData(0, 1, false, 1, 197, 0, 0, false)]
    [InlineData(2, 0, true, 1, 197, 0, 0, false)] // Recreate frees everything first
    [InlineData(2, 0, false, 4, 100, 160, 63, false)] // a pool for each process of a pod
    public void A_restart_needs_room_for_the_pods_it_starts_before_others_end(int surge, int unavailable, bool recreate, int processes, int used, int slots, int missing, bool deadlock)
    {
        var workload = Checkout with { Strategy = new RolloutStrategy(surge, unavailable, recreate), Processes = processes };

        var need = RestartNeed.Of(workload, Usage(used, 197), held: null)!;

        Assert.Equal((slots, missing, deadlock, false), (need.Slots, need.Missing, need.WouldDeadlock, need.IsMeasured));
    }

    [Fact]
    public void Without_a_known_size_the_fullest_pod_is_the_measure_and_without_that_there_is_none()
    {
        var workload = Checkout with { Pool = null };
        var held = new ServiceSessions("checkout-api", workload, 30, 30, 0, 0, [new PodSessions(workload.Pods[0], 17), new PodSessions(workload.Pods[1], 13)], ByName: 0);

        Assert.Equal((34, true), RestartNeed.Of(workload, Usage(50), held) is { } need ? (need.Slots, need.IsMeasured) : default);
        Assert.Null(RestartNeed.Of(workload, Usage(50), held: null));
    }

    [Fact]
    public void A_StatefulSet_replaces_its_pods_in_their_place() =>
        Assert.Equal(0, RestartNeed.Of(Checkout with { Kind = WorkloadKind.StatefulSet, Strategy = null }, Usage(100), held: null)!.Slots);

    [Fact]
    public void Pools_that_do_not_fit_all_give_up_the_same_part()
    {
        var worker = Workload("orders-worker", Pod("worker-1", "10.0.1.1"), Pod("worker-2", "10.0.1.2")) with
        {
            Pool = Twenty with { Size = 5 },
            Autoscaler = new Autoscaler(2, 6, 2, 2),
        };

        var budget = PoolBudget.Of(Cluster(worker, Checkout, Workload("unknown")), 197, ["checkout-api", "unread"]);

        // 85 % of 197 is 167, less 10 for others.
        Assert.Equal((157, false), (budget.Budget, budget.Fits));
        Assert.Equal([("checkout-api", 10, 200, 13), ("orders-worker", 8, 40, 3)], budget.Services.Select(service => (service.Service, service.Peak, service.Most, service.Fitting)));
        Assert.True(budget.Services.Sum(service => service.Peak * service.Processes * service.Fitting) <= budget.Budget);
        Assert.Equal(["unknown", "unread"], budget.Unknown);
    }

    [Fact]
    public void Pools_that_fit_stay_as_they_are()
    {
        var budget = PoolBudget.Of(Cluster(Checkout), 400, []);

        Assert.True(budget.Fits);
        Assert.Equal(20, Assert.Single(budget.Services).Fitting);
    }

    [Theory]
    [InlineData(100, 26)] // 85 % of 197 is 167: 67 left for 10 pods
    [InlineData(160, 20)]
    [InlineData(197, 20)] // never smaller than it is
    public void A_pool_may_grow_by_what_is_left_for_all_its_pods(int used, int largest) =>
        Assert.Equal(largest, PoolBudget.LargestFor(Checkout, Usage(used, 197)));

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(97)]
    [InlineData(100_000)]
    public void A_budget_is_positive_and_below_the_capacity(int capacity) => Assert.InRange(PoolBudget.Of(Cluster(), capacity, []).Budget, 1, capacity - 1);
}
