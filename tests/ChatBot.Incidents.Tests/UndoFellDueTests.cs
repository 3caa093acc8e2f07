using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.EveryMitigation;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>A change that was made for the incident only and outstays its time: that is said, once, while there is something to say it of.</summary>
public sealed class UndoFellDueTests
{
    private static readonly LimitAccount Undo = Limited with { From = 48, To = null, IsUndo = true };

    /// <summary>What happened before its time was up, and whether anything is said then.</summary>
    public static readonly TheoryDataRow<Func<Story, Story>, bool>[] Befores =
    [
        Row("nothing", story => story, said: true),
        Row("its undo waits for approval", Proposed, said: true),
        Row("its undo was rejected", story => Proposed(story).Do(new RejectPlan(NextPlan, Boris)), said: true),
        Row("its undo failed", story => TakenBack(story, Outcome.NotApplied), said: true),
        Row("its undo gave no answer", story => TakenBack(story, Outcome.Ambiguous), said: true),
        Row("it was taken back", story => TakenBack(story, Outcome.Applied), said: false),
        Row("its undo is being carried out", Begun, said: false),
        Row("it fills up again", story => story.Measure(90), said: true),
        Row("its step was called done", story => story.Do(new FinishPageStep(ThePages.Another, Ana, Note: null)), said: true), // the limit is still there
        Row("another server answers", story => story.Do(new RecordUsage(UsageHere(40))).Do(new RecordUsage(Usage(4) with { Server = AnotherServer })), said: true),
        Row("it was resolved", story => story.Do(new ResolveIncident(Ana)), said: false), // it is a follow-up by then
        Row("it was stopped", story => story.Do(new AbortIncident(Ana, Reason: null)), said: false),
    ];

    [Theory]
    [MemberData(nameof(Befores))]
    public void At_its_time_it_is_said_that_it_is_still_there(Func<Story, Story> before, bool said)
    {
        var story = At(before(Limiting), OfLimit);

        Assert.Equal(said ? [new UndoFellDue(ThePlan) { At = story.Now }] : [], Assert.IsType<Decision.Accepted>(story.Try(new OfferUndo(ThePlan))).Events);
    }

    [Theory]
    [InlineData(Outcome.Applied, true)]
    [InlineData(Outcome.Ambiguous, true)] // it may be there
    [InlineData(Outcome.NotApplied, false)]
    public void What_never_came_about_has_no_time(Outcome outcome, bool timed)
    {
        var story = LimitOf(outcome);

        var timers = story.LatestPast.SelectMany(step => Effects.Of(step.Event, step.After, ThePolicy)).OfType<OfferUndoInTime>();
        Assert.Equal(timed ? [new OfferUndoInTime(ThePlan) { Due = story.Now + ThePolicy.UndoDue }] : [], timers);
    }

    [Fact]
    public void Before_its_time_nothing_is_said() =>
        At(Limiting, OfLimit).Later(TimeSpan.FromMilliseconds(-1)).AssertNothing(new OfferUndo(ThePlan));

    [Fact]
    public void It_is_said_once_however_often_the_timer_comes()
    {
        var story = At(Limiting, OfLimit).Do(new OfferUndo(ThePlan));
        Assert.Equal(story.Now, story.Incident.FindPlan(ThePlan)!.UndoFellDueAt);

        story.AssertNothing(new OfferUndo(ThePlan));
        story.Later(ThePolicy.UndoDue).Measure(40);
        story.AssertNothing(new OfferUndo(ThePlan));
        Assert.Single(story.Events.OfType<UndoFellDue>());
    }

    [Fact]
    public void A_timer_that_was_lost_is_made_up_for_by_whatever_comes_next()
    {
        var story = At(Limiting, OfLimit).Do(new RecordUsage(Usage(40)));

        Assert.Equal(new UndoFellDue(ThePlan) { At = story.Now }, story.Latest[^1]);
    }

    [Fact]
    public void An_undo_that_was_under_way_at_its_time_and_failed_is_said_to_have_left_it_there()
    {
        var story = At(Begun(Limiting), OfLimit).Do(new RecordOutcome(NextPlan, 1, new StepResult(Outcome.Drift, "As the test says.")));

        Assert.Equal([new UndoFellDue(ThePlan) { At = story.Now }], story.Latest.OfType<UndoFellDue>());
    }

    [Fact]
    public void An_undo_that_was_under_way_at_its_time_and_came_through_leaves_nothing_to_say()
    {
        var story = At(Begun(Limiting), OfLimit).Do(new RecordOutcome(NextPlan, 1, new StepResult(Outcome.Applied, "As the test says.")));

        Assert.Empty(story.Incident.Temporary);
        Assert.Empty(story.Events.OfType<UndoFellDue>());
    }

    [Fact]
    public void What_was_changed_once_more_has_the_later_time()
    {
        var story = Carry(Proposed(Limiting.Later(TimeSpan.FromHours(5)), Limited), Limited);

        At(story, Noon + ThePolicy.UndoDue + TimeSpan.FromHours(1)).AssertNothing(new OfferUndo(ThePlan));
        At(story, story.Incident.Temporary.Single().Due).Do(new OfferUndo(NextPlan));
        Assert.Equal(new UndoFellDue(NextPlan) { At = story.Now }, Assert.Single(story.Events.OfType<UndoFellDue>()));
    }

    [Fact]
    public void A_plan_that_nobody_knows_has_nothing_to_undo() =>
        At(Limiting, OfLimit).AssertNothing(new OfferUndo(NewPlanId(7)));

    [Fact]
    public void Its_message_follows_what_becomes_of_it()
    {
        var message = new Show(IncidentPart.Undo, ThePlan);
        var story = At(Limiting, OfLimit).Do(new OfferUndo(ThePlan));
        Assert.Contains(message, Drawn(story));

        foreach (var command in new IncidentCommand[] { Ask(NextPlan, step: ThePages.Another), new ProposePlan(NextPlan, Undo), new ApprovePlan(NextPlan, Boris) })
        {
            Assert.Contains(message, Drawn(story.Do(command)));
        }

        story.Do(Begin(story, Undo));
        Assert.Contains(message, Drawn(story.Outcome(1, Outcome.Applied)));
        Assert.DoesNotContain(message, Drawn(story.Measure(40)));
        Assert.Contains(message, Drawn(story.Do(new AbortIncident(Ana, Reason: null))));
    }

    private static IEnumerable<Effect> Drawn(Story story) => story.LatestPast.SelectMany(step => Effects.Of(step.Event, step.After, ThePolicy));

    private static DateTimeOffset OfLimit => Limiting.Incident.Temporary.Single().Due;

    private static Story At(Story story, DateTimeOffset time) => story.Later(time - story.Now);

    private static Story Proposed(Story story) => Proposed(story, Undo);

    private static Story Proposed(Story story, Mitigation mitigation) => story.Do(Ask(NextPlan, step: ThePages.Another)).Do(new ProposePlan(NextPlan, mitigation));

    private static Story Begun(Story story)
    {
        Proposed(story).Do(new ApprovePlan(NextPlan, Boris));
        return story.Do(Begin(story, Undo));
    }

    private static Story TakenBack(Story story, Outcome outcome) => Begun(story).Outcome(1, outcome);

    private static Story Carry(Story proposed, Mitigation mitigation)
    {
        proposed.Do(new ApprovePlan(NextPlan, Boris));
        return proposed.Do(Begin(proposed, mitigation)).Outcome(1, Outcome.Applied);
    }

    private static BeginStep Begin(Story story, Mitigation mitigation) =>
        new(story.Incident.Plan!.Id, 1, story.Incident.Plan.Hash, $"key of {mitigation.Name}", Fence: 1);

    private static TheoryDataRow<Func<Story, Story>, bool> Row(string name, Func<Story, Story> before, bool said) => new(before, said) { TestDisplayName = name };
}
