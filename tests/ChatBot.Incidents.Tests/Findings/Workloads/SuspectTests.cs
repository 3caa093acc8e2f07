using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using static ChatBot.Incidents.Tests.Findings.Workloads.Clusters;

namespace ChatBot.Incidents.Tests.Findings.Workloads;

public sealed class SuspectTests
{
    private static readonly ClusterLook Shop = Cluster(Workload("checkout-api", Pod("checkout-1", "10.0.0.1")), Workload("catalog", Pod("catalog-1", "10.0.1.1")));

    private static readonly ConnectionConsumers Held = Consumers(
        Group("catalog", "10.0.1.1", 60), Group("Checkout/2.1", "10.0.0.1", 30, inTransaction: 30), Group("", "10.0.0.1", 2, user: "leaker"), Group("report", "192.0.2.9", 9));

    [Theory]
    [InlineData("Checkout/2.1", "checkout-api")] // by the addresses of its sessions: the name means nothing here
    [InlineData("leaker", "checkout-api")] // a user, where clients send no name
    [InlineData("catalog", "catalog")]
    [InlineData("report", null)] // from outside of the cluster
    [InlineData("", null)] // the verdict names nobody
    public void It_is_the_service_that_has_the_culprits_sessions_not_the_one_that_holds_most(string culprit, string? suspect) =>
        Assert.Equal(suspect, SuspectRule.Of(Held, Noon, Shop, ForeignText.From(culprit, 63)));

    [Fact]
    public void A_culprit_that_is_called_as_the_service_needs_no_sessions_of_that_name() =>
        Assert.Equal("checkout-api", SuspectRule.Of(Consumers(), Noon, Shop, ForeignText.From("checkout-api", 63)));

    [Fact]
    public void What_is_planned_for_first_is_the_suspect_while_it_holds_something()
    {
        var found = new ServiceFinding(AttributionRule.Of(Held, Noon, Shop), []);

        Assert.Equal("catalog", found.First!.Service);
        Assert.Equal("checkout-api", (found with { Suspect = "checkout-api" }).First!.Service);
        Assert.Equal("catalog", (found with { Suspect = "gone" }).First!.Service);
        Assert.Null(new ServiceFinding(new Attribution([], []), []) { Suspect = "gone" }.First);
    }
}
