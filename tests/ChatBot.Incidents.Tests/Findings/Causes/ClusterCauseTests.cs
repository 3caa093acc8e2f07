using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;
using ChatBot.Incidents.Findings.Workloads;
using static ChatBot.Incidents.Tests.Findings.Workloads.Clusters;

namespace ChatBot.Incidents.Tests.Findings.Causes;

/// <summary>Rows 8 and 9 of the decision table: what only a cluster can tell.</summary>
public sealed class ClusterCauseTests
{
    private static readonly PodLook Old = Pod("checkout-1", "10.0.0.1") with { Revision = 127 };

    private static readonly PodLook New = Pod("checkout-2", "10.0.0.2");

    private static readonly WorkloadLook Rolling = Workload("checkout-api", Old, New) with { Updated = 1 };

    [Theory]
    [InlineData(60, 35, Cause.RolloutSurge)]
    [InlineData(85, 10, Cause.RolloutSurge)]
    [InlineData(86, 9, Cause.Undetermined)] // the new ones hold too little
    [InlineData(9, 86, Cause.Undetermined)] // the old ones hold too little
    public void Old_and_new_pods_at_once_are_a_rollout_surge(int old, int fresh, Cause cause)
    {
        var verdict = Judge(Cluster(Rolling), Busy("10.0.0.1", old), Busy("10.0.0.2", fresh));

        Assert.Equal(cause, verdict.Cause);
    }

    [Fact]
    public void A_rollout_surge_is_told_with_its_numbers_and_what_helps()
    {
        var verdict = Judge(Cluster(Rolling with { IsPaused = true }), Busy("10.0.0.1", 60), Busy("10.0.0.2", 35));

        Assert.Equal("A rollout of checkout-api is under way: its new pods hold 35 sessions, and the old ones still 60, of 100 slots.", verdict.Summary.ToString());
        Assert.Equal("1 pod of revision 128 and 1 other hold sessions: 35 and still 60, of 95 in all.", verdict.For[0].Words.ToString());
        Assert.Contains(verdict.Against, reason => reason.Words.ToString().StartsWith("The rollout is paused", StringComparison.Ordinal));
        Assert.Equal((Worth.Helps, Worth.Harmful), (verdict.Of("pause-rollout")!.Worth, verdict.Of("restart-service")!.Worth));
        Assert.Equal("checkout-api", verdict.Culprit.Value);
    }

    [Fact]
    public void Pods_that_are_being_ended_count_among_the_old_ones_and_without_a_rollout_there_is_no_surge()
    {
        var ending = Rolling with { Pods = [Old with { Revision = 128, IsTerminating = true }, New] };

        Assert.Contains(Judge(Cluster(ending), Busy("10.0.0.1", 60), Busy("10.0.0.2", 35)).For, reason => reason.Words.ToString() == "1 pod is being ended, with 60 sessions until the end.");
        Assert.Equal(Cause.Undetermined, Judge(Cluster(Workload("checkout-api", Old with { Revision = 128 }, New)), Busy("10.0.0.1", 60), Busy("10.0.0.2", 35)).Cause);
    }

    [Theory]
    [InlineData("10.0.7.7", 19, Cause.Orphans)]
    [InlineData("10.0.7.7", 18, Cause.Undetermined)] // less than a fifth of 95
    [InlineData("10.9.0.1", 19, Cause.Undetermined)] // a node's address: any pod behind it
    [InlineData("", 19, Cause.Undetermined)] // a local socket
    public void Sessions_of_a_service_from_where_no_pod_is_were_left_behind(string client, int count, Cause cause) =>
        Assert.Equal(cause, Judge(Cluster(Workload("checkout-api", New)), Busy("10.0.0.2", 95 - count), Busy(client, count)).Cause);

    [Fact]
    public void A_pod_that_was_not_seen_may_have_the_address()
    {
        var partial = Cluster(Workload("checkout-api", New)) with { Gaps = [Sentence.Of($"Namespace shop has more than {2000} pods; the others were not looked at.")] };

        Assert.Equal(Cause.Undetermined, Judge(partial, Busy("10.0.0.2", 60), Busy("10.0.7.7", 35)).Cause);
    }

    [Theory]
    [InlineData(31, null, 0, Cause.Orphans)]
    [InlineData(30, null, 0, Cause.Undetermined)] // clocks may be 30 s apart, so it may have come after the look
    [InlineData(null, null, 0, Cause.Undetermined)]
    [InlineData(null, 31, 0, Cause.Orphans)] // MySQL knows no ages; what has been idle for so long is at least as old
    [InlineData(600, null, 1, Cause.Undetermined)] // somebody still connects from there
    public void A_pod_that_came_after_the_look_at_the_cluster_leaves_nothing_behind(int? oldest, int? idle, int born, Cause cause)
    {
        var strays = Busy("10.0.7.7", 35) with
        {
            OldestConnection = oldest is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            OldestIdle = idle is { } rest ? TimeSpan.FromSeconds(rest) : null,
            Born = born,
        };

        Assert.Equal(cause, Judge(Cluster(Workload("checkout-api", New)), Busy("10.0.0.2", 60), strays).Cause);
    }

    [Fact]
    public void Where_no_session_comes_from_a_pods_address_addresses_prove_nothing() =>
        Assert.Equal(Cause.Undetermined, Judge(Cluster(Workload("checkout-api", New)), Busy("10.0.7.7", 95)).Cause);

    [Fact]
    public void Sessions_older_than_their_addresses_pod_were_left_behind_and_may_be_ended()
    {
        var pods = Enumerable.Range(1, 20).Select(number => Pod($"checkout-{number}", $"10.0.1.{number}", startedMinutesAgo: 5)).ToArray();
        var verdict = Judge(Cluster(Workload("checkout-api", [New, .. pods])), [Busy("10.0.0.2", 75), .. pods.Select(pod => Busy(pod.Addresses[0], 1))]);

        Assert.Equal(Cause.Orphans, verdict.Cause);
        Assert.Equal("Pods that are gone seem to have left 20 of 95 sessions behind.", verdict.Summary.ToString());
        Assert.Empty(verdict.Against);
        Assert.Equal((Worth.Helps, Worth.Harmful), (verdict.Of("terminate-idle")!.Worth, verdict.Of("restart-service")!.Worth));
    }

    [Fact]
    public void A_lower_row_is_believed_and_the_rollout_named_beside_it()
    {
        var left = Busy("10.0.0.1", 60) with { Active = 0, Idle = 0, IdleInTransaction = 60, PausedInTransaction = 60, LeftInTransaction = 60 };
        var verdict = Judge(Cluster(Rolling), left, Busy("10.0.0.2", 35));

        Assert.Equal(Cause.TransactionLeak, verdict.Cause);
        Assert.Contains(verdict.Also, other => other.Cause is Cause.RolloutSurge);
    }

    // At work, but not so many that the slots are too few, nor for so long that statements are slow.
    private static ConsumerGroup Busy(string client, int count) =>
        Group("checkout-api", client, count) with { Idle = count - (count / 2), Active = count / 2 };

    private static Verdict Judge(ClusterLook cluster, params ConsumerGroup[] groups)
    {
        var consumers = Consumers(groups);
        var usage = Usage(consumers.Sessions) with
        {
            Idle = groups.Sum(group => group.Idle),
            IdleInTransaction = groups.Sum(group => group.IdleInTransaction),
            Active = groups.Sum(group => group.Active),
        };
        var look = new ServerLook(Noon, new ServerKind("PostgreSQL", "18.0"), new LookMark(Noon, Noon, null, null, null), usage, consumers);
        return VerdictRule.Judge(new Symptoms(look, 0, null, []) { ExhaustedFrom = 0.8, Services = AttributionRule.Of(consumers, Noon, cluster) });
    }
}
