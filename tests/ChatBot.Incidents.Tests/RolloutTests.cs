using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>While pods are replaced because of a plan, old and new ones hold connections: what the plan brought is judged afterwards.</summary>
public sealed class RolloutTests
{
    public static RecordRollout Seen(RolloutStage stage, int updated = 2, string why = "") => new(ThePlan, new RolloutLook("checkout-api", stage, updated, 4, 4, why));

    [Fact]
    public void The_rollout_is_watched_from_the_moment_that_it_begins()
    {
        var story = Restarting;

        Assert.True(story.Incident.AwaitsRollout(story.Now));
        Assert.Contains(new WatchRollout(ThePlan), Effects.Of(story.Latest[^1], story.Incident, ThePolicy));
    }

    [Theory]
    [InlineData(Outcome.NotApplied)]
    [InlineData(Outcome.Drift)]
    [InlineData(Outcome.Ambiguous)] // it may not have begun: then nobody would ever see its end
    public void What_has_not_begun_is_not_waited_for(Outcome outcome)
    {
        var story = RestartOf(outcome);

        Assert.False(story.Incident.AwaitsRollout(story.Now));
        Assert.DoesNotContain(Effects.Of(story.Latest[^1], story.Incident, ThePolicy), effect => effect is WatchRollout);
    }

    [Fact]
    public void Neither_relief_nor_its_absence_is_told_before_it_is_over()
    {
        Assert.Equal(IncidentState.Verifying, Restarting.Measure(40, 40, 40, 40, 40, 40, 40, 40).Incident.State);
        Assert.Equal(IncidentState.Verifying, Restarting.Measure(95, 95, 95, 95, 95, 95, 95, 95).Incident.State);
    }

    [Theory]
    [InlineData(RolloutStage.Done)]
    [InlineData(RolloutStage.Stuck)]
    public void From_its_end_on_the_effect_is_measured(RolloutStage end)
    {
        var relieved = Restarting.Measure(95, 95, 95, 95, 95, 95, 95, 95).Do(Seen(end)).Measure(40, 40, 40, 40, 40, 40, 40, 40);
        Assert.Equal(IncidentState.Stabilized, relieved.Incident.State);

        var full = Restarting.Measure(40, 40, 40, 40, 40, 40, 40, 40).Do(Seen(end)).Measure(95, 95, 95, 95, 95, 95, 95, 95);
        Assert.Equal(IncidentState.Deciding, full.Incident.State);
    }

    [Fact]
    public void A_cluster_that_does_not_answer_holds_nobody_off_for_ever()
    {
        var story = Restarting.Do(Seen(RolloutStage.Unseen, why: "No answer.")).Measure(40, 40, 40, 40, 40, 40, 40, 40);
        Assert.Equal(IncidentState.Verifying, story.Incident.State);

        story.Later(RolloutRule.WaitAtMost).Measure(40, 40, 40, 40, 40, 40, 40, 40);

        Assert.False(story.Incident.AwaitsRollout(story.Now));
        Assert.Equal(IncidentState.Stabilized, story.Incident.State);
    }

    [Fact]
    public void A_silent_target_is_not_called_unrelieved_while_pods_are_replaced()
    {
        var story = Restarting.Later(4 * ThePolicy.ReliefAfter).Do(new RecordMissingUsage("No answer."));
        Assert.Equal(IncidentState.Verifying, story.Incident.State);

        story.Do(Seen(RolloutStage.Done)).Later(4 * ThePolicy.ReliefAfter).Do(new RecordMissingUsage("No answer."));
        Assert.Equal(IncidentState.Deciding, story.Incident.State);
    }

    [Fact]
    public void Only_what_changes_is_recorded_and_only_of_the_latest_plan()
    {
        var story = Restarting.Do(Seen(RolloutStage.Running));

        Assert.Empty(story.Try(Seen(RolloutStage.Running)) is Decision.Accepted again ? again.Events : []);
        Assert.Single(Assert.IsType<Decision.Accepted>(story.Try(Seen(RolloutStage.Running, updated: 3))).Events);
        Assert.Empty(story.Try(Seen(RolloutStage.Done) with { Plan = NextPlan }) is Decision.Accepted other ? other.Events : []);
        story.Do(Seen(RolloutStage.Done));
        Assert.Empty(story.Try(Seen(RolloutStage.Running)) is Decision.Accepted late ? late.Events : []);
    }

    [Theory]
    [InlineData(4, 4, 4, false, "", false, RolloutStage.Done, "")]
    [InlineData(2, 4, 4, false, "", false, RolloutStage.Running, "")]
    [InlineData(4, 4, 3, false, "", false, RolloutStage.Running, "")] // replaced, and not all ready
    [InlineData(4, 4, 4, false, "", true, RolloutStage.Running, "")] // the last old one holds its connections
    [InlineData(2, 4, 4, true, "", false, RolloutStage.Stuck, "Somebody paused it.")]
    [InlineData(2, 4, 4, false, "ProgressDeadlineExceeded", false, RolloutStage.Stuck, "Its new pods don't become ready in time.")]
    [InlineData(4, 4, 4, false, "ProgressDeadlineExceeded", false, RolloutStage.Done, "")] // of an earlier rollout
    public void Where_it_stands(int updated, int replicas, int available, bool isPaused, string stuck, bool isEnding, RolloutStage stage, string why)
    {
        var look = RolloutRule.Of(Workload(updated, replicas, available) with
        {
            IsPaused = isPaused,
            Stuck = ForeignText.From(stuck, 100),
            Pods = [new PodLook(ForeignText.From("pod", 20), [], Noon, IsReady: true, Revision: null) { IsTerminating = isEnding }],
        });

        Assert.Equal(new RolloutLook("checkout-api", stage, updated, available, replicas, why), look);
    }

    /// <summary>A pod's reason is a stranger's word: known ones become sentences of ours, others nothing.</summary>
    [Theory]
    [InlineData("CrashLoopBackOff", "A pod crashes again and again; its log says why.")]
    [InlineData("ErrImagePull", "The image of a pod can't be pulled.")]
    [InlineData("<!channel>", "")]
    public void Why_it_does_not_get_on(string waiting, string why) => Assert.Equal(
        why,
        RolloutRule.Of(Workload(2, 4, 3) with { Pods = [new PodLook(default, [], Noon, IsReady: false, Revision: null) { Waiting = ForeignText.From(waiting, 100) }] }).Why);

    /// <summary>A warning is a stranger's word too: what is known of it is said in ours, and how often it came.</summary>
    [Theory]
    [InlineData("FailedCreate", "Error creating: pods \"x\" is forbidden: exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4", "No more pods can be made: the quota of the namespace is used up.")]
    [InlineData("FailedCreate", "Error creating: pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\"", "No pods can be made: a rule of the cluster refuses them.")]
    [InlineData("FailedCreate", "Error creating: admission webhook \"policy.example\" denied the request: no limits", "No pods can be made: a rule of the cluster refuses them.")]
    [InlineData("FailedCreate", "Error creating: error looking up service account shop/app", "No pods can be made.")]
    [InlineData("FailedScheduling", "0/3 nodes are available: 3 Insufficient memory.", "No node has room for a pod.")]
    [InlineData("FailedScheduling", "0/3 nodes are available: 3 node(s) had untolerated taint {gpu: }.", "No node takes a pod.")]
    [InlineData("FailedMount", "MountVolume.SetUp failed for volume \"tls\": secret \"tls\" not found", "A volume of a pod can't be mounted.")]
    [InlineData("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", "A pod fails its readiness probe.")]
    [InlineData("Unhealthy", "Liveness probe failed: context deadline exceeded", "A pod fails its probe, and is restarted for it.")]
    [InlineData("Failed", "Failed to pull image \"shop/checkout:1\": not found", "The image of a pod can't be pulled.")]
    [InlineData("BackOff", "Back-off restarting failed container app in pod x", "A pod crashes again and again; its log says why.")]
    [InlineData("<!channel>", "<@U0EVIL> restart it", "")] // the number is ours, the words are evidence
    public void What_the_cluster_warns_of_explains_it(string reason, string words, string why)
    {
        var warning = Warning(reason, words);

        Assert.Equal(
            new RolloutLook("checkout-api", RolloutStage.Running, 2, 3, 4, why) { Warned = 7 },
            RolloutRule.Of(Workload(2, 4, 3) with { Pods = [Pod("new", isReady: false)], Warnings = [warning] }));
    }

    [Fact]
    public void The_newest_warning_counts_of_those_that_still_hold()
    {
        WorkloadWarning old = Warning("FailedMount", "no volume"), late = Warning("FailedScheduling", "no room", Noon.AddMinutes(1));
        var stuck = Workload(2, 4, 3) with { Pods = [Pod("new", isReady: false)], Warnings = [old, late] };
        Assert.Equal(late, RolloutRule.WarningOf(stuck));

        // What a pod's own status says, is known for certain; the warning still tells more.
        var waiting = stuck with { Pods = [Pod("new", isReady: false) with { Waiting = ForeignText.From("ErrImagePull", 100) }] };
        Assert.Equal(("The image of a pod can't be pulled.", 7), (RolloutRule.Of(waiting).Why, RolloutRule.Of(waiting).Warned));

        Assert.Null(RolloutRule.WarningOf(stuck with { Pods = [Pod("new", isReady: true)] })); // it got on
        Assert.Null(RolloutRule.WarningOf(stuck with { Pods = [Pod("new", isReady: false) with { IsTerminating = true }] }));
        Assert.Null(RolloutRule.WarningOf(Workload(4, 4, 4) with { Warnings = [old] })); // all is well
        var before = stuck with { Revisions = [new WorkloadRevision(2, default, Noon, 1)], Pods = [Pod("new", isReady: false) with { Revision = 1 }] };
        Assert.Null(RolloutRule.WarningOf(before)); // of the template before
    }

    /// <summary>No pod, so no pod's status: only what makes them says why.</summary>
    [Fact]
    public void Where_no_pod_can_be_made_that_is_named_until_one_is()
    {
        var quota = Warning("FailedCreate", "exceeded quota") with { Pod = default };
        var stuck = Workload(0, 4, 4) with { Stuck = ForeignText.From("FailedCreate", 100), Warnings = [quota], Revisions = [new WorkloadRevision(2, default, Noon, 0)] };

        Assert.Equal((RolloutStage.Stuck, "No more pods can be made: the quota of the namespace is used up."), (RolloutRule.Of(stuck).Stage, RolloutRule.Of(stuck).Why));
        Assert.NotNull(RolloutRule.WarningOf(stuck with { Pods = [Pod("new", isReady: true) with { StartedAt = Noon, Revision = 2 }] })); // the others can't
        Assert.Null(RolloutRule.WarningOf(stuck with { Pods = [Pod("new", isReady: false) with { StartedAt = Noon.AddSeconds(1), Revision = 2 }] }));
    }

    [Fact]
    public void The_log_holds_where_the_clusters_words_are_and_not_the_words()
    {
        var story = Restarting.Do(Seen(RolloutStage.Running) with { Warning = Names });

        Assert.Equal(Names, Assert.IsType<RolloutSeen>(story.Latest[^1]).Warning);
        Assert.Equal(Names, story.Incident.Rollout!.Warning);
        Assert.Empty(story.Try(Seen(RolloutStage.Running) with { Warning = NewEvidence }) is Decision.Accepted again ? again.Events : []); // the same, kept twice
    }

    private static EvidenceId NewEvidence => new(Guid.AllBitsSet);

    private static PodLook Pod(string name, bool isReady) => new(ForeignText.From(name, 20), [], Noon, isReady, Revision: null);

    private static WorkloadWarning Warning(string reason, string words, DateTimeOffset? at = null) =>
        new(ForeignText.From("new", 20), ForeignText.From(reason, 100), ForeignText.From(words, 300), Count: 7, at ?? Noon);

    private static WorkloadLook Workload(int updated, int replicas, int available) =>
        new("checkout-api", "eu", "shop", WorkloadKind.Deployment, "checkout-api", "6b1f", Generation: 2, replicas, [])
        {
            ObservedGeneration = 2,
            Updated = updated,
            Ready = available,
            Available = available,
        };
}
