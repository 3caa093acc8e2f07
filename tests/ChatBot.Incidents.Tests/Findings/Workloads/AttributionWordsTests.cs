using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using static ChatBot.Incidents.Tests.Findings.Workloads.Clusters;

namespace ChatBot.Incidents.Tests.Findings.Workloads;

public sealed class AttributionWordsTests
{
    private static readonly WorkloadLook Checkout = Workload("checkout-api", Pod("checkout-1", "10.0.0.1"), Pod("checkout-2", "10.0.0.2")) with
    {
        Revisions = [new WorkloadRevision(128, Name("shop/checkout:1.42"), Noon.AddMinutes(-9), 2), new WorkloadRevision(127, Name("shop/checkout:1.41"), Noon.AddDays(-3), 0)],
    };

    private static readonly ConnectionConsumers Crowd = Consumers(
        Group("checkout-api", "10.0.0.1", 40, inTransaction: 30), Group("checkout-api", "10.0.0.2", 21, inTransaction: 14), Group("orders-worker", "10.0.1.1", 36));

    [Fact]
    public void The_largest_service_is_told_with_its_revision_and_the_way_back() => Assert.Equal(
        "checkout-api holds 61 of 97 sessions in 2 pods, 44 idle in a transaction. Revision 128 (shop/checkout:1.42) was deployed Nov 26 11:51 UTC, 9 min before the rise."
        + " If it is why, go back to shop/checkout:1.41 by hand: kubectl rollout undo deployment/checkout-api -n shop --context prod --to-revision=127",
        Words(Checkout, rise: Noon));

    [Fact]
    public void Without_a_rise_it_is_told_from_when_the_incident_was_opened() =>
        Assert.Contains(", 14 min before the incident was opened.", Words(Checkout, rise: null), StringComparison.Ordinal);

    [Fact]
    public void What_came_after_the_rise_or_long_before_is_not_suspected()
    {
        var after = Words(Checkout, rise: Noon.AddMinutes(-20));
        Assert.EndsWith(", 11 min after the rise.", after, StringComparison.Ordinal);

        var before = Words(Checkout with { Revisions = [Checkout.Revisions[0] with { CreatedAt = Noon.AddHours(-3) }, Checkout.Revisions[1]] }, rise: Noon);
        Assert.EndsWith(", 3 h before the rise.", before, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restart_of_ours_is_no_new_revision_to_blame()
    {
        var restarted = Checkout with { Revisions = [new WorkloadRevision(129, Name("shop/checkout:1.42"), Noon.AddMinutes(-1), 2, Restart: "plan"), .. Checkout.Revisions] };

        Assert.Contains("Revision 128 (shop/checkout:1.42)", Words(restarted, rise: Noon), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_somebody_puts_changes_back_the_commit_is_to_be_reverted()
    {
        var words = Words(Checkout with { Owner = new WorkloadOwner("Argo CD", Name("shop-prod"), Reverts: true) }, rise: Noon);

        Assert.EndsWith("revert its commit: Argo CD (shop-prod) puts back what anybody changes in the cluster. Before it was shop/checkout:1.41.", words, StringComparison.Ordinal);
        Assert.DoesNotContain("kubectl", words, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_that_holds_little_is_not_suspected()
    {
        var worker = Workload("orders-worker", Pod("worker-1", "10.0.1.1")) with { Revisions = Checkout.Revisions };
        var words = Of(Cluster(worker), Consumers(Group("", "10.0.1.1", 10), Group("", "192.0.2.1", 90)), Noon);

        Assert.EndsWith("9 min before the rise.", words[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollout_is_told_by_what_old_and_new_pods_hold_and_who_is_being_ended()
    {
        var rolling = Workload("checkout-api", Pod("checkout-1", "10.0.0.1") with { Revision = 127, IsTerminating = true }, Pod("checkout-2", "10.0.0.2")) with
        {
            Revisions = Checkout.Revisions,
            Updated = 1,
        };

        Assert.EndsWith("A rollout is under way: pods of revision 128 hold 21, older ones 40. 40 belong to pods that are being ended.", Words(rolling, rise: Noon.AddHours(-1)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("psql", "", "12 sessions come by a socket on the server's own machine: from no pod.")]
    [InlineData("x", "10.9.0.1", "12 sessions come from the address of a node, most from 10.9.0.1: whose they are can't be known (host network, or NAT).")]
    [InlineData("pgbouncer", "10.7.7.7", "12 sessions are a pooler's (pgbouncer): whose clients it serves, it alone knows.")]
    [InlineData("x", "192.0.2.9", "12 sessions come from addresses that no pod has that was seen, most from 192.0.2.9: from outside of the cluster, or their pod is gone.")]
    public void What_cannot_be_known_is_said(string application, string client, string words) =>
        Assert.Equal(words, Assert.Single(Of(Cluster(Checkout), Consumers(Group(application, client, 12)), Noon)));

    [Fact]
    public void A_session_older_than_the_pod_at_its_address_was_left_behind() => Assert.Equal(
        "1 session is older than the pod that has the address now: the one before it is gone and left this behind.",
        Assert.Single(Of(Cluster(Checkout), Consumers(Group("checkout-api", "10.0.0.1", 1, oldestMinutes: 90)), Noon)));

    [Fact]
    public void Sessions_beyond_the_list_are_counted() =>
        Assert.StartsWith("5 more sessions", Of(Cluster(Checkout), Crowd with { Sessions = 102 }, Noon)[^1], StringComparison.Ordinal);

    private static string Words(WorkloadLook workload, DateTimeOffset? rise) => Of(Cluster(workload), Crowd, rise)[0];

    private static IReadOnlyList<string> Of(ClusterLook cluster, ConnectionConsumers consumers, DateTimeOffset? rise) =>
        [.. AttributionWords.Of(AttributionRule.Of(consumers, Noon, cluster), consumers, rise, Noon.AddMinutes(5)).Select(sentence => sentence.ToString())];
}
