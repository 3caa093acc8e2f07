using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Reports;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Reports;

public sealed class AuditTests
{
    [Fact]
    public void Each_plan_is_a_line_that_says_who_decided_and_what_became_of_it()
    {
        var story = Told.WholeStory();
        var hash = Plan.HashOf(story.Plan!.ToBytes());

        var lines = IncidentAudit.Decisions(Told.History(story.Events), Told.WholeSources(story)).ToArray();

        Assert.Equal(2, lines.Length);
        Assert.Contains("approved by nobody; rejected by U0CARL", lines[0], StringComparison.Ordinal);
        Assert.Contains($"hash {hash}; asked by U0ANA", lines[1], StringComparison.Ordinal);
        Assert.Contains("approved by U0BORIS (terminal)", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("carried out: 1 ended, 1 already gone, 1 changed, left alone", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_sound_incident_has_no_faults()
    {
        var story = Told.WholeStory();

        Assert.Empty(IncidentAudit.Faults(Told.History(story.Events), Told.WholeSources(story)));
    }

    [Fact]
    public void Plans_that_are_gone_or_changed_are_named_with_the_event_that_knows_better()
    {
        var story = Verifying;
        var sources = Told.Sources(story);
        var number = story.Past.Select(step => step.Event).ToList().FindIndex(happened => happened is PlanProposed) + 1;

        Assert.Contains($"(event {number}): its bytes are missing", Fault(sources with { Plans = new Dictionary<PlanId, StoredPlan>() }), StringComparison.Ordinal);
        Assert.Contains($"(event {number}): its stored bytes aren't what was asked for", Fault(Changed(plan => plan with { Hash = new string('d', 64) })), StringComparison.Ordinal);
        Assert.Contains("the hash stored beside its bytes is", Fault(Changed(plan => plan with { KeptHash = new string('d', 64) })), StringComparison.Ordinal);
        Assert.Contains("its bytes name another plan", Fault(Changed(plan => plan with { Plan = plan.Plan! with { RequestedBy = Carl } })), StringComparison.Ordinal);

        string Fault(ReportSources forged) => Assert.Single(IncidentAudit.Faults(Told.History(story.Events), forged));

        ReportSources Changed(Func<StoredPlan, StoredPlan> change) =>
            sources with { Plans = sources.Plans.ToDictionary(pair => pair.Key, pair => change(pair.Value)) };
    }

    [Fact]
    public void A_plan_that_ran_without_another_persons_yes_is_a_fault()
    {
        var story = Verifying;
        var approvedByHerself = story.Events.Select(happened => happened is ApprovalGiven given ? given with { By = Ana } : happened);

        var fault = Assert.Single(IncidentAudit.Faults(Told.History(approvedByHerself), Told.Sources(story)));

        Assert.Contains("with 0 approvals of others than the requester; it needed 1", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outcome_without_an_intent_is_a_fault()
    {
        var story = Verifying;
        var unannounced = story.Events.Where(happened => happened is not StepIntended { Step: 2 });

        var fault = Assert.Single(IncidentAudit.Faults(Told.History(unannounced), Told.Sources(story)));

        Assert.Contains("change 2 has an outcome", fault, StringComparison.Ordinal);
    }
}
