using System.Collections.Immutable;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>What an incident keeps of the page it is opened with.</summary>
public sealed class ChosenPageTests
{
    private static readonly StepType TerminateIdle = new("terminate-idle", StepWork.Changes, "ends idle sessions") { Mitigation = EndIdleSessions.StoredName };

    private static readonly Runbook Page = new(
        "Pool exhaustion",
        new string('c', 64),
        Meaning: "",
        Impact: "",
        [
            new RunbookStep("diagnosis-1", RunbookPhase.Diagnosis, "1", "Count the connections", Line: 9) { Binding = Bound(StepType.ConnectionUsage) },
            new RunbookStep("diagnosis-2", RunbookPhase.Diagnosis, "2", "Read the logs", Line: 12),
            new RunbookStep("mitigation-1-1", RunbookPhase.Immediate, "1.1", "End idle sessions", Line: 20) { Binding = Bound(TerminateIdle) },
        ]);

    [Fact]
    public void Is_the_pages_hash_and_what_each_step_is_bound_to()
    {
        var chosen = ChosenPage.Of("pool-exhaustion", Page);

        Assert.Equal(("pool-exhaustion", new string('c', 64)), (chosen.Name, chosen.Hash));
        Assert.Equal(
            [
                new PageStep("diagnosis-1", RunbookPhase.Diagnosis, "connection-usage", StepWork.Reads, IsEssential: true, Mitigation: null),
                new PageStep("diagnosis-2", RunbookPhase.Diagnosis, Type: null, Work: null, IsEssential: false, Mitigation: null),
                new PageStep("mitigation-1-1", RunbookPhase.Immediate, "terminate-idle", StepWork.Changes, IsEssential: false, "terminate-idle/1"),
            ],
            chosen.Steps);
    }

    [Fact]
    public void An_incident_keeps_the_page_it_was_opened_with()
    {
        var story = On(ChosenPage.Of("pool-exhaustion", Page));

        Assert.Equal(new FollowedPage("pool-exhaustion", new string('c', 64)), story.Incident.Page);
        story.AssertNothing(new OpenIncident(TheIncident, Target, Channel, Ana, ThePages.Standard)); // the file changed since
        Assert.Equal(Page.Steps.Select(step => step.Id), story.Incident.Steps.Select(step => step.Id));
    }

    private static StepBinding Bound(StepType type) => new(type, ImmutableSortedDictionary<string, string>.Empty);
}
