using ChatBot.Incidents.Runbooks;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>Steps of the diagnosis run at once; a mitigation can be chosen when the essential ones have ended, however they did.</summary>
public sealed class ConcurrentStepsTests
{
    private static readonly RecordPageStep LogsFound = new(ThePages.Logs, Attempt: 1, Names, []);
    private static readonly SkipPageStep SkipConsumers = new(ThePages.Consumers, Ana, Note: null);
    private static readonly TakePageStepByHand TakeConsumers = new(ThePages.Consumers, Ana);
    private static readonly RunDiagnosisAgain AllAgain = new(Carl);

    /// <summary>How the question for the consumers can end.</summary>
    public static readonly TheoryDataRow<IncidentCommand, PageStepStage>[] Endings =
    [
        new(new RecordConsumers(Names, 92, 60), PageStepStage.Answered) { Label = "answered" },
        new(new RecordMissingConsumers("No answer."), PageStepStage.Failed) { Label = "failed" },
        new(SkipConsumers, PageStepStage.Skipped) { Label = "skipped" },
        new(TakeConsumers, PageStepStage.ByHand) { Label = "taken by hand" },
    ];

    [Fact]
    public void All_bound_steps_of_the_diagnosis_begin_at_once_and_no_other()
    {
        var story = On(ThePages.WithSlowStep);

        Assert.Equal(
            [ThePages.Usage, ThePages.Consumers, ThePages.Logs],
            story.Incident.Steps.Where(step => step.Stage is PageStepStage.Running).Select(step => step.Id));
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void Relief_is_offered_as_soon_as_the_essential_steps_ended_in_any_order(IncidentCommand ending, PageStepStage stage)
    {
        var measured = new RecordUsage(Usage(93));
        foreach (var (first, second) in ((IncidentCommand, IncidentCommand)[])[(ending, measured), (measured, ending)])
        {
            var story = On(ThePages.WithSlowStep).Then(first);
            Assert.Equal(IncidentState.Diagnosing, story.Incident.State);

            story.Then(second);

            Assert.Equal(new DiagnosisConcluded { At = story.Now }, story.Latest[^1]);
            Assert.Equal((IncidentState.Deciding, stage), (story.Incident.State, story.Step(ThePages.Consumers).Stage));
            Assert.Equal(PageStepStage.Running, story.Step(ThePages.Logs).Stage); // nobody waits for it
        }
    }

    [Fact]
    public void A_slow_step_answers_later_and_takes_nobody_back()
    {
        var story = DecidingOn(ThePages.WithSlowStep).Then(Ask()).Then(LogsFound);

        Assert.Equal([new PageStepAnswered(ThePages.Logs, 1, Names, LogsFound.Files) { At = story.Now }], story.Latest);
        Assert.Equal((IncidentState.Deciding, PlanStage.DrawnUp), (story.Incident.State, story.Incident.Plan!.Stage));
    }

    [Fact]
    public void A_slow_step_that_answers_first_offers_nothing() =>
        Assert.Equal(IncidentState.Diagnosing, On(ThePages.WithSlowStep).Then(LogsFound).Incident.State);

    [Fact]
    public void A_person_who_wants_all_again_gets_all_again_also_what_people_did()
    {
        var story = DecidingOn(ThePages.WithSlowStep).Then(TakeConsumers).Then(LogsFound).Then(AllAgain);

        Assert.Equal(
            [(ThePages.Usage, 2, Carl), (ThePages.Consumers, 2, Carl), (ThePages.Logs, 2, Carl)],
            story.Incident.Steps.Where(step => step is { Stage: PageStepStage.Running, Step.Phase: RunbookPhase.Diagnosis }).Select(step => (step.Id, step.Attempt, step.By!)));
        story.AssertNothing(LogsFound); // the first attempt's answer, come late
        Assert.Equal(PageStepStage.Waiting, story.Step(ThePages.Manual).Stage);
    }

    [Fact]
    public void The_bot_begins_again_by_itself_without_what_people_took()
    {
        var story = DecidingOn(ThePages.WithSlowStep)
            .Then(new SkipPageStep(ThePages.Logs, Ana, Note: null))
            .Then(new TakePageStepByHand(ThePages.Usage, Carl))
            .Then(new RecordMissingConsumers("No answer."))
            .Then(new RecordMissingUsage("No answer."))
            .Then(new RecordUsage(Usage(93)));

        Assert.Equal(new DiagnosisStarted(Run: 2, By: null) { At = story.Now }, story.Latest[^1]);
        Assert.Equal(
            (PageStepStage.ByHand, PageStepStage.Running, PageStepStage.Skipped),
            (story.Step(ThePages.Usage).Stage, story.Step(ThePages.Consumers).Stage, story.Step(ThePages.Logs).Stage));
    }

    [Fact]
    public void A_refill_begins_again_without_what_people_took_and_when_nothing_is_left_offers_relief_at_once()
    {
        var one = Stabilized.Then(TakeConsumers).Then(new RecordUsage(Usage(93)));
        Assert.Equal((IncidentState.Diagnosing, PageStepStage.ByHand), (one.Incident.State, one.Step(ThePages.Consumers).Stage));
        Assert.Equal(IncidentState.Deciding, one.Then(new RecordUsage(Usage(93))).Incident.State);

        var all = Stabilized.Then(TakeConsumers).Then(new TakePageStepByHand(ThePages.Usage, Ana)).Then(new RecordUsage(Usage(93)));
        Assert.Equal([typeof(UsageMeasured), typeof(RefillSeen), typeof(DiagnosisConcluded)], all.Latest.Select(happened => happened.GetType()));
        Assert.Equal(IncidentState.Deciding, all.Incident.State);
    }

    [Fact]
    public void A_measurement_leaves_alone_a_step_that_a_person_took()
    {
        var story = Deciding.Then(new TakePageStepByHand(ThePages.Usage, Carl)).Then(TakeConsumers).Then(new RecordUsage(Usage(80))).Then(new RecordMissingConsumers("No answer."));

        Assert.Equal((PageStepStage.ByHand, Carl), (story.Step(ThePages.Usage).Stage, story.Step(ThePages.Usage).By));
        Assert.Equal((PageStepStage.ByHand, Ana), (story.Step(ThePages.Consumers).Stage, story.Step(ThePages.Consumers).By));
        Assert.Equal(80, story.Incident.Latest!.Usage.Used); // the card goes on
    }

    [Fact]
    public void A_measurement_changes_its_step_only_when_it_says_something_else()
    {
        var story = Deciding;
        var first = story.Step(ThePages.Usage).At;
        Assert.Equal(first, story.Then(new RecordUsage(Usage(94))).Step(ThePages.Usage).At);

        story.Then(new RecordMissingUsage("No answer."));
        Assert.Equal((PageStepStage.Failed, "No answer.", story.Now), (story.Step(ThePages.Usage).Stage, story.Step(ThePages.Usage).Problem, story.Step(ThePages.Usage).At!.Value));

        story.Then(new RecordMissingUsage("The password is wrong."));
        Assert.Equal("The password is wrong.", story.Step(ThePages.Usage).Problem);

        story.Then(new RecordUsage(Usage(93)));
        Assert.Equal((PageStepStage.Answered, null), (story.Step(ThePages.Usage).Stage, story.Step(ThePages.Usage).Problem));
    }

    [Fact]
    public void Advice_begins_when_a_mitigation_can_be_chosen_and_only_the_first_time()
    {
        var story = Diagnosing;
        Assert.Equal(PageStepStage.Waiting, story.Step(ThePages.Pooler).Stage);

        story.Then(new RecordUsage(Usage(93))).Then(new SkipPageStep(ThePages.Replicas, Ana, Note: null)).Then(new RecordConsumers(Names, 92, 60));
        Assert.Equal((PageStepStage.Running, 1, null), (story.Step(ThePages.Pooler).Stage, story.Step(ThePages.Pooler).Attempt, story.Step(ThePages.Pooler).By));
        Assert.Equal(PageStepStage.Skipped, story.Step(ThePages.Replicas).Stage);

        story.Then(new RecordPageStep(ThePages.Pooler, 1, Names, [])).Then(AllAgain).Then(new RecordUsage(Usage(93))).Then(new RecordConsumers(Names, 92, 60));
        Assert.Equal((IncidentState.Deciding, PageStepStage.Answered), (story.Incident.State, story.Step(ThePages.Pooler).Stage));
    }

    [Fact]
    public void Advice_that_a_person_ran_early_is_not_begun_twice()
    {
        var story = Diagnosing.Then(new RunPageStep(ThePages.Pooler, Ana)).Do(new RecordUsage(Usage(93))).Do(new RecordConsumers(Names, 92, 60));

        Assert.Equal((IncidentState.Deciding, 1), (story.Incident.State, story.Step(ThePages.Pooler).Attempt));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_page_without_a_bound_step_goes_to_the_choice_at_once_and_people_say_when_it_is_over(bool empty)
    {
        var story = On(empty ? ThePages.Empty : ThePages.AllByHand);
        Assert.Equal(new DiagnosisConcluded { At = Noon }, story.Latest[^1]);
        Assert.Equal((IncidentState.Deciding, false), (story.Incident.State, story.Incident.Measures));

        Assert.Equal(IncidentState.Resolved, story.Then(new ResolveIncident(Ana)).Incident.State);
    }

    [Fact]
    public void A_page_by_hand_can_be_done_step_by_step()
    {
        var story = On(ThePages.AllByHand);
        foreach (var step in ThePages.AllByHand.Steps)
        {
            story.Then(new TakePageStepByHand(step.Id, Carl)).Then(new FinishPageStep(step.Id, Carl, Note: null));
        }

        Assert.All(story.Incident.Steps, step => Assert.Equal((PageStepStage.Done, 0), (step.Stage, step.Attempt)));
        Assert.Equal(IncidentState.Resolved, story.Then(new ResolveIncident(Ana)).Incident.State);
        Assert.DoesNotContain(story.Events, happened => happened is FollowUpAssigned); // nothing is left to do
    }

    [Fact]
    public void A_page_by_hand_that_is_run_again_comes_straight_back_to_the_choice()
    {
        var story = On(ThePages.AllByHand).Then(AllAgain);

        Assert.Equal([typeof(DiagnosisStarted), typeof(DiagnosisConcluded)], story.Latest.Select(happened => happened.GetType()));
    }

    [Fact]
    public void A_page_that_does_not_count_is_measured_once_something_was_changed()
    {
        var story = On(ThePages.Page(ThePages.Ends(ThePages.EndIdle))).Then(Ask()).Then(new ProposePlan(ThePlan, EndIdle(sessions: 1)));
        story.Then(new ApprovePlan(ThePlan, Boris)).Begin(1).Outcome(1, Mitigations.Outcome.Applied);

        Assert.Equal((IncidentState.Verifying, true), (story.Incident.State, story.Incident.Measures));
        Assert.Contains(new ProbeUsage(), story.LatestPast.SelectMany(step => Effects.Of(step.Event, step.After, ThePolicy)));
        Assert.Equal(IncidentState.Stabilized, story.Measure(40, 40, 40, 40, 40, 40, 40).Incident.State);
    }
}
