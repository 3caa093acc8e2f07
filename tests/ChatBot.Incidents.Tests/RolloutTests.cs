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

    private static WorkloadLook Workload(int updated, int replicas, int available) =>
        new("checkout-api", "eu", "shop", WorkloadKind.Deployment, "checkout-api", "6b1f", Generation: 2, replicas, [])
        {
            ObservedGeneration = 2,
            Updated = updated,
            Ready = available,
            Available = available,
        };
}
