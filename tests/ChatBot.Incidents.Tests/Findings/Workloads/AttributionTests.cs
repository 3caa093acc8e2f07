using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using static ChatBot.Incidents.Tests.Findings.Workloads.Clusters;

namespace ChatBot.Incidents.Tests.Findings.Workloads;

public sealed class AttributionTests
{
    private static readonly ClusterLook Shop = Cluster(
        Workload("checkout-api", Pod("checkout-1", "10.0.0.1"), Pod("checkout-2", "10.0.0.2")),
        Workload("orders-worker", Pod("worker-1", "10.0.1.1")))
        with
    {
        Others = [new StrangePod("shop", Name("pgbouncer-7f-x"), Name("pgbouncer"), ["10.0.2.1"]), new StrangePod("shop", Name("report-9"), Name("report"), ["10.0.3.1"])],
    };

    [Fact]
    public void Sessions_lead_back_by_their_address_to_pods_and_services_whatever_they_call_themselves()
    {
        var found = AttributionRule.Of(
            Consumers(Group("checkout-api", "10.0.0.1", 40, inTransaction: 30), Group("", "10.0.0.2", 21, inTransaction: 14), Group("orders-worker", "10.0.1.1", 5)),
            Noon,
            Shop);

        Assert.Equal([("checkout-api", 61, 44, 17), ("orders-worker", 5, 0, 5)], found.Services.Select(service => (service.Service, service.Sessions, service.InTransaction, service.Idle)));
        Assert.Equal([("checkout-1", 40), ("checkout-2", 21)], found.Services[0].Pods.Select(pod => (pod.Pod.Name.Value, pod.Sessions)));
        Assert.Equal(0, found.Services[0].ByName);
        Assert.Empty(found.Rest);
    }

    [Fact]
    public void An_address_beats_a_name_that_anybody_can_send()
    {
        var found = AttributionRule.Of(Consumers(Group("orders-worker", "10.0.0.1", 9)), Noon, Shop);

        Assert.Equal("checkout-api", Assert.Single(found.Services).Service);
    }

    [Theory]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::FFFF:10.0.0.1")]
    public void An_IPv4_address_in_the_clothes_of_IPv6_is_the_same(string address) =>
        Assert.Equal("checkout-api", Assert.Single(AttributionRule.Of(Consumers(Group("", address, 1)), Noon, Shop).Services).Service);

    [Theory]
    [InlineData("psql", "", Unattributed.LocalSocket, "psql")]
    [InlineData("someone", "10.9.0.1", Unattributed.Node, "someone")]
    [InlineData("pgbouncer", "10.7.7.7", Unattributed.Pooler, "pgbouncer")]
    [InlineData("whoever", "10.0.3.1", Unattributed.OtherPod, "report")]
    [InlineData("metabase", "192.0.2.9", Unattributed.NoPod, "metabase")]
    public void What_leads_back_to_no_pod_says_why(string application, string client, Unattributed why, string owner)
    {
        var found = AttributionRule.Of(Consumers(Group(application, client, 12)), Noon, Shop);

        Assert.Empty(found.Services);
        Assert.Equal((why, owner, 12), Assert.Single(found.Rest) is var rest ? (rest.Why, rest.Owner.Value, rest.Sessions) : default);
    }

    [Fact]
    public void Behind_a_nodes_address_only_the_name_is_left_and_it_says_so()
    {
        var found = AttributionRule.Of(Consumers(Group("checkout-api", "10.9.0.1", 8), Group("x", "10.9.0.1", 3, user: "checkout-api")), Noon, Shop);

        var service = Assert.Single(found.Services);
        Assert.Equal(("checkout-api", 11, 11), (service.Service, service.Sessions, service.ByName));
        Assert.Empty(service.Pods);
        Assert.NotNull(service.Workload);
    }

    [Fact]
    public void A_pod_on_its_nodes_network_cannot_be_told_from_its_neighbours()
    {
        var host = Pod("agent-1", "10.9.0.7") with { IsHostNetwork = true };

        var found = AttributionRule.Of(Consumers(Group("x", "10.9.0.7", 3)), Noon, Cluster(Workload("agent", host)));

        Assert.Equal(Unattributed.Node, Assert.Single(found.Rest).Why);
    }

    [Theory]
    [InlineData(10, 1, true)]  // the pod began 10 min ago, the session 60: its pod is gone
    [InlineData(61, 1, false)]
    [InlineData(10, 2, false)] // of two, only the older one's age is known
    public void A_session_older_than_the_pod_at_its_address_is_not_that_pods(double podMinutes, int sessions, bool isOrphan)
    {
        var found = AttributionRule.Of(
            Consumers(Group("checkout-api", "10.0.0.5", sessions, oldestMinutes: 60)), Noon, Cluster(Workload("checkout-api", Pod("checkout-9", "10.0.0.5", podMinutes))));

        Assert.Equal(isOrphan, found.Rest is [{ Why: Unattributed.NoPod, IsOlderThanPod: true }]);
        Assert.Equal(isOrphan, found.Services.Count == 0);
    }

    [Fact]
    public void Nothing_is_lost_or_counted_twice()
    {
        var groups = Enumerable.Range(0, 40).Select(i => Group($"app{i % 7}", i % 3 == 0 ? "" : $"10.0.0.{i % 9}", i + 1)).ToArray();

        var found = AttributionRule.Of(Consumers(groups), Noon, Shop);

        Assert.Equal(groups.Sum(group => group.Count), found.Services.Sum(service => service.Sessions) + found.Rest.Sum(rest => rest.Sessions));
        Assert.All(found.Services, service => Assert.Equal(service.Sessions, service.Pods.Sum(pod => pod.Sessions) + service.ByName));
    }
}
