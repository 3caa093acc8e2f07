using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>Logs from before there were pages: no page chosen, no step named, no door at an approval.</summary>
public sealed class OldLogTests
{
    private static readonly IncidentEvent[] Log =
    [
        new IncidentOpened(TheIncident, Target, "PRODUCTION", Channel, Ana) { At = Noon },
        new DiagnosisStarted(Run: 1, By: null) { At = Noon },
        new UsageMeasured(Usage(93)) { At = Noon },
        new ConsumersMeasured(Names, Sessions: 92, Endable: 2) { At = Noon },
        new DiagnosisConcluded { At = Noon },
        new MitigationAsked(ThePlan, "terminate-idle/1", Ana) { At = Noon },
        new PlanProposed(ThePlan, new string('a', 64), "terminate-idle/1", Steps: 1, Ana, Quorum: 1, Noon.AddMinutes(10)) { At = Noon },
        new ApprovalGiven(ThePlan, Boris) { At = Noon },
        new PlanApproved(ThePlan) { At = Noon },
        new StepIntended(ThePlan, 1, "key", Fence: 1) { At = Noon },
        new StepFinished(ThePlan, 1, Mitigations.Outcome.Applied, "Ended.") { At = Noon },
        new MitigationFinished(ThePlan) { At = Noon },
        new UsageMeasured(Usage(40)) { At = Noon.AddSeconds(10) },
        new UsageMeasured(Usage(40)) { At = Noon.AddSeconds(70) },
        new ReliefVerified(Usage(93), Usage(40)) { At = Noon.AddSeconds(70) },
        new IncidentResolved(Ana) { At = Noon.AddMinutes(40) },
    ];

    [Fact]
    public void Still_tell_their_incident()
    {
        var incident = Incident.Replay(Log)!;

        Assert.Equal((IncidentState.Resolved, Log.Length, Ana), (incident.State, (int)incident.Version, incident.Lead));
        Assert.Equal((null, 0, true), (incident.Page, incident.Steps.Length, incident.Measures));
        Assert.Equal((null, Approvals.Door.Slack), (incident.FindPlan(ThePlan)!.PageStep, incident.FindPlan(ThePlan)!.Approvals[0].Via));
    }

    [Fact]
    public void Cause_nothing_that_needs_a_page_at_any_moment()
    {
        for (var until = 1; until <= Log.Length; until++)
        {
            var incident = Incident.Replay(Log.Take(until))!;
            Assert.DoesNotContain(
                Effects.Of(Log[until - 1], incident, ThePolicy),
                effect => effect is RunStepOfPage or ShareFile or Show { Part: IncidentPart.Step or IncidentPart.Steps });
        }
    }

    [Theory]
    [InlineData(3)] // in the diagnosis, with no step that could answer
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(15)]
    public void Go_on_from_wherever_they_stood(int until)
    {
        var story = new Story().Take(new Decision.Accepted([.. Log.Take(until)])).Later(TimeSpan.FromMinutes(2));

        story.Do(new RecordUsage(Usage(40)));

        Assert.NotEqual(IncidentState.Diagnosing, story.Incident.State);
        Assert.Contains(
            new ProbeUsage { Due = story.Now + ThePolicy.SampleEvery },
            story.LatestPast.SelectMany(step => Effects.Of(step.Event, step.After, ThePolicy)));
        Assert.False(story.Do(new AbortIncident(Ana, Reason: null)).Incident.IsOpen);
    }
}
