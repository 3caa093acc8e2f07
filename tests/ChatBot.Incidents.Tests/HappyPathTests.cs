using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

public sealed class HappyPathTests
{
    private static readonly EvidenceId Advice = NewEvidenceId(1);
    private static readonly EvidenceId[] Files = [NewEvidenceId(2)];

    [Fact]
    public void An_incident_from_its_opening_to_its_end()
    {
        var story = new Story();
        story.Do(new OpenIncident(TheIncident, Target, Channel, Ana, ThePages.Standard));
        story.Later(TimeSpan.FromSeconds(1)).Do(new RecordUsage(Usage(93)));
        story.Do(new RecordConsumers(Names, Sessions: 92, Endable: 2));
        story.Do(new RecordPageStep(ThePages.Pooler, Attempt: 1, Advice, Files));
        story.Do(new RecordFailedPageStep(ThePages.Replicas, Attempt: 1, "The target keeps no such counters."));
        story.Later(TimeSpan.FromSeconds(9)).Do(Ask());
        story.Do(new ProposePlan(ThePlan, EndIdle(sessions: 2)));
        story.Later(TimeSpan.FromSeconds(20)).Do(new ApprovePlan(ThePlan, Boris));
        story.Begin(1).Outcome(1, Outcome.Applied);
        story.Begin(2).Outcome(2, Outcome.Drift);
        story.Later(TimeSpan.FromSeconds(10)).Do(new RecordUsage(Usage(40)));
        story.Later(ThePolicy.ReliefAfter).Do(new RecordUsage(Usage(41)));
        story.Later(ThePolicy.WatchFor).Do(new RecordUsage(Usage(42)));
        story.Later(TimeSpan.FromSeconds(5)).Do(new ResolveIncident(Ana));

        var (opened, measured, asked, approved) = (Noon, Noon.AddSeconds(1), Noon.AddSeconds(10), Noon.AddSeconds(30));
        var (below, relieved, held, resolved) = (Noon.AddSeconds(40), Noon.AddSeconds(100), Noon.AddSeconds(1900), Noon.AddSeconds(1905));
        var plan = story.Plan!;
        var hash = Plan.HashOf(plan.ToBytes());

        Assert.Equal(
            [
                new IncidentOpened(TheIncident, Target, "PRODUCTION", Channel, Ana) { At = opened },
                new PageChosen(ThePages.Standard.Name, ThePages.Standard.Hash, ThePages.Standard.Steps) { At = opened },
                new DiagnosisStarted(Run: 1, By: null) { At = opened },
                new UsageMeasured(Usage(93)) { At = measured },
                new ConsumersMeasured(Names, Sessions: 92, Endable: 2) { At = measured },
                new DiagnosisConcluded { At = measured },
                new PageStepAnswered(ThePages.Pooler, Attempt: 1, Advice, Files) { At = measured },
                new PageStepFailed(ThePages.Replicas, Attempt: 1, "The target keeps no such counters.") { At = measured },
                new MitigationAsked(ThePlan, "terminate-idle/1", Ana) { At = asked, Step = ThePages.EndIdle },
                new PlanProposed(ThePlan, hash, "terminate-idle/1", Steps: 2, Ana, Quorum: 1, asked.AddMinutes(10)) { At = asked },
                new ApprovalGiven(ThePlan, Boris) { At = approved },
                new PlanApproved(ThePlan) { At = approved },
                new StepIntended(ThePlan, 1, plan.IdempotencyKeyOf(1), Fence: 1) { At = approved },
                new StepFinished(ThePlan, 1, Outcome.Applied, "As the test says.") { At = approved },
                new StepIntended(ThePlan, 2, plan.IdempotencyKeyOf(2), Fence: 1) { At = approved },
                new StepFinished(ThePlan, 2, Outcome.Drift, "As the test says.") { At = approved },
                new MitigationFinished(ThePlan) { At = approved },
                new UsageMeasured(Usage(40)) { At = below },
                new UsageMeasured(Usage(41)) { At = relieved },
                new ReliefVerified(Usage(93), Usage(41)) { At = relieved },
                new UsageMeasured(Usage(42)) { At = held },
                new WatchHeld { At = held },
                new FollowUpAssigned(ThePages.Replicas, Ana, resolved + ThePolicy.FollowUpDue, By: null) { At = resolved },
                new FollowUpAssigned(ThePages.Practices, Ana, resolved + ThePolicy.FollowUpDue, By: null) { At = resolved },
                new FollowUpAssigned(ThePages.Alerts, Ana, resolved + ThePolicy.FollowUpDue, By: null) { At = resolved },
                new IncidentResolved(Ana) { At = resolved },
            ],
            story.Events);
        Assert.Equal(IncidentState.Resolved, story.Incident.State);
        Assert.Equal(26, story.Incident.Version);
        Assert.Empty(IncidentEquality.Differences(story.Incident, Incident.Replay(story.Events)!));
    }

    [Fact]
    public void An_empty_log_is_no_incident() => Assert.Null(Incident.Replay([]));

    [Fact]
    public void A_log_that_cannot_be_ours_is_refused()
    {
        var opened = new IncidentOpened(TheIncident, Target, "PRODUCTION", Channel, Ana) { At = Noon };
        var resolved = new IncidentResolved(Ana) { At = Noon };

        Assert.Throws<InvalidOperationException>(() => Incident.Replay([resolved]));
        Assert.Throws<InvalidOperationException>(() => Incident.Replay([opened, opened]));
        Assert.Throws<InvalidOperationException>(() => Incident.Replay([opened, resolved]));
    }
}
