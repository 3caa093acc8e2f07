using ChatBot.Incidents.Approvals;
using static ChatBot.Incidents.Tests.Given;
using static ChatBot.Incidents.Tests.RefusalCase;

namespace ChatBot.Incidents.Tests;

/// <summary>Long-term steps that are left over: somebody's, with a date, also after the incident.</summary>
public sealed class FollowUpTests
{
    private static readonly EvidenceId Note = NewEvidenceId(1);
    private static readonly DateTimeOffset NextWeek = Noon.AddDays(7);
    private static readonly AssignFollowUp Mine = new(ThePages.Practices, Owner: null, Due: null, Carl);

    public static readonly TheoryDataRow<RefusalCase>[] Refusals =
    [
        Row("a guest", Deciding, Mine with { By = Guest }, "Only members of this workspace", Facts(Standing.Outsider)),
        Row("of the diagnosis", Deciding, Mine with { Step = ThePages.Manual }, "Only the long-term steps of the page can be followed up."),
        Row("short-term", Deciding, Mine with { Step = ThePages.Resize }, "Only the long-term steps"),
        Row("not on the page", Deciding, Mine with { Step = "mitigation-9-9" }, "Only the long-term steps"),
        Row("done", Deciding.Do(new FinishPageStep(ThePages.Practices, Ana, Note: null)), Mine, "<@U0ANA> closed it already."),
        Row("skipped", Resolved.Do(new SkipPageStep(ThePages.Practices, Ana, Note: null)), Mine, "<@U0ANA> closed it already."),
        Row("due now", Deciding, Mine with { Due = Noon }, "The date has to be in the future, and within a year."),
        Row("due yesterday", Deciding, Mine with { Due = Noon.AddDays(-1) }, "The date has to be in the future"),
        Row("due in 367 days", Deciding, Mine with { Due = Noon.AddDays(367) }, "The date has to be in the future"),
        Row("a guest's", Deciding, Mine with { Owner = Guest }, "<@U0GUEST> isn't a member of this workspace", Facts(named: Standing.Outsider)),
        Row("nobody's", Deciding, Mine with { Owner = Dora }, "I couldn't verify with Slack who <@U0DORA> is"),
        Row("closed twice after the end", Resolved.Do(new FinishPageStep(ThePages.Practices, Carl, Note: null)), new FinishPageStep(ThePages.Practices, Ana, Note: null), "<@U0CARL> did it already."),
        Row("closed by a guest after the end", Resolved, new FinishPageStep(ThePages.Practices, Guest, Note: null), "Only members of this workspace", Facts(Standing.Outsider)),
        Row("skipped by a bot after the end", Resolved, new SkipPageStep(ThePages.Practices, Guest, Note: null), "Only members of this workspace", Facts(Standing.Bot)),
        Row("nobody's to close after the stop", Aborted, new FinishPageStep(ThePages.Practices, Ana, Note: null), "It is over already: the incident was stopped"),
        Row("taken by hand after the end", Resolved, new TakePageStepByHand(ThePages.Practices, Ana), "It is over already: the incident is resolved"),
    ];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Refuses(RefusalCase refusal) => refusal.Verify();

    [Fact]
    public void What_nobody_did_becomes_the_leads_when_it_is_resolved()
    {
        var story = Stabilized.Then(new AssignIncident(Dora, Dora)).Then(new ResolveIncident(Ana));
        var due = story.Now + ThePolicy.FollowUpDue;

        Assert.Equal(
            [
                .. ((string[])[ThePages.Replicas, ThePages.Practices, ThePages.Alerts]).Select(step => new FollowUpAssigned(step, Dora, due, By: null) { At = story.Now }),
                new IncidentResolved(Ana) { At = story.Now },
            ],
            story.Latest);
        Assert.Equal(
            [(ThePages.Replicas, Dora, due), (ThePages.Practices, Dora, due), (ThePages.Alerts, Dora, due)],
            story.Incident.Steps.Where(step => step.IsFollowUp).Select(step => (step.Id, step.Owner!, step.Due!.Value)));
    }

    [Fact]
    public void What_is_done_skipped_or_somebodys_stays_as_it_is_when_it_is_resolved()
    {
        var story = Stabilized
            .Then(new TakePageStepByHand(ThePages.Replicas, Ana))
            .Then(new FinishPageStep(ThePages.Replicas, Ana, Note: null))
            .Then(new AssignFollowUp(ThePages.Practices, Owner: null, NextWeek, Carl))
            .Then(new SkipPageStep(ThePages.Alerts, Ana, Note: null))
            .Then(new ResolveIncident(Ana));

        Assert.IsType<IncidentResolved>(Assert.Single(story.Latest));
        Assert.Equal([(ThePages.Practices, Carl, NextWeek)], story.Incident.Steps.Where(step => step.IsFollowUp).Select(step => (step.Id, step.Owner!, step.Due!.Value)));
    }

    [Fact]
    public void A_stop_leaves_nothing_to_anybody_but_what_somebody_took()
    {
        var story = Deciding.Then(Mine).Then(new AbortIncident(Ana, Reason: null));

        Assert.Equal([ThePages.Practices], story.Incident.Steps.Where(step => step.IsFollowUp).Select(step => step.Id));
    }

    /// <summary>Who and when, by what the command says and what was so before.</summary>
    public static readonly TheoryDataRow<AssignFollowUp[], Person, DateTimeOffset>[] Assignments =
    [
        new([Mine], Carl, Noon + ThePolicy.FollowUpDue) { Label = "mine, in the usual time" },
        new([Mine with { Owner = Carl, Due = NextWeek }], Carl, NextWeek) { Label = "mine by name" },
        new([Mine with { Owner = Dora, Due = NextWeek }], Dora, NextWeek) { Label = "another's" },
        new([Mine with { Owner = Dora, Due = NextWeek }, Mine with { Due = NextWeek.AddDays(1) }], Dora, NextWeek.AddDays(1)) { Label = "another date" },
        new([Mine with { Owner = Dora, Due = NextWeek }, Mine with { Owner = Boris }], Boris, NextWeek) { Label = "another owner" },
        new([Mine with { Owner = Dora, Due = NextWeek }, Mine], Dora, NextWeek) { Label = "as it was" },
        new([Mine with { Due = Noon.AddDays(366) }], Carl, Noon.AddDays(366)) { Label = "as late as can be" },
        new([Mine with { Due = Noon.AddTicks(1) }], Carl, Noon.AddTicks(1)) { Label = "as early as can be" },
    ];

    [Theory]
    [MemberData(nameof(Assignments))]
    public void Has_an_owner_and_a_date(AssignFollowUp[] commands, Person owner, DateTimeOffset due)
    {
        var story = Deciding;
        foreach (var command in commands)
        {
            story.Do(command, Facts(named: Standing.Member));
        }

        Assert.Equal([new FollowUpAssigned(ThePages.Practices, owner, due, Carl) { At = Noon }], story.Latest);
        Assert.Equal((owner, due, true), (story.Step(ThePages.Practices).Owner, story.Step(ThePages.Practices).Due!.Value, story.Step(ThePages.Practices).IsFollowUp));
    }

    [Fact]
    public void Can_be_taken_given_away_and_closed_long_after_the_end()
    {
        var story = Resolved.Later(TimeSpan.FromDays(20))
            .Do(new AssignFollowUp(ThePages.Practices, Dora, Noon.AddDays(30), Carl), Facts(named: Standing.Member))
            .Then(new FinishPageStep(ThePages.Practices, Dora, Note));

        Assert.Equal([new PageStepDone(ThePages.Practices, Dora, Note) { At = story.Now }], story.Latest);
        Assert.Equal((PageStepStage.Done, false), (story.Step(ThePages.Practices).Stage, story.Step(ThePages.Practices).IsFollowUp));
        Assert.Equal(IncidentState.Resolved, story.Incident.State);

        story.Then(new SkipPageStep(ThePages.Alerts, Carl, Note));
        Assert.Equal((PageStepStage.Skipped, Note), (story.Step(ThePages.Alerts).Stage, story.Step(ThePages.Alerts).Note!.Value));
        Assert.Equal([ThePages.Replicas], story.Incident.Steps.Where(step => step.IsFollowUp).Select(step => step.Id));
    }

    [Fact]
    public void A_long_term_step_of_a_stopped_incident_can_still_be_somebodys()
    {
        var story = Aborted.Then(Mine).Then(new FinishPageStep(ThePages.Practices, Carl, Note: null));

        Assert.True(story.Step(ThePages.Practices).IsClosed);
    }

    [Fact]
    public void Advice_goes_on_being_shown_when_it_is_somebodys_to_follow()
    {
        var story = Deciding.Then(new RecordPageStep(ThePages.Replicas, Attempt: 1, Note, [])).Then(Mine with { Step = ThePages.Replicas });

        Assert.Equal((PageStepStage.Answered, Note, true), (story.Step(ThePages.Replicas).Stage, story.Step(ThePages.Replicas).Evidence!.Value, story.Step(ThePages.Replicas).IsFollowUp));
    }
}
