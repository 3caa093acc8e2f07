using ChatBot.Incidents.Approvals;
using static ChatBot.Incidents.Tests.Given;
using static ChatBot.Incidents.Tests.RefusalCase;

namespace ChatBot.Incidents.Tests;

/// <summary>What people and the bot do with the steps of the page.</summary>
public sealed class PageStepTests
{
    private static readonly EvidenceId Found = NewEvidenceId(1);
    private static readonly EvidenceId Note = NewEvidenceId(2);
    private static readonly EvidenceId[] Files = [NewEvidenceId(3), NewEvidenceId(4)];

    /// <summary>Every command that a person gives about a step.</summary>
    private static readonly (string Label, Func<string, Person, IncidentCommand> Of)[] Presses =
    [
        ("run", (step, by) => new RunPageStep(step, by)),
        ("take by hand", (step, by) => new TakePageStepByHand(step, by)),
        ("done", (step, by) => new FinishPageStep(step, by, Note: null)),
        ("skip", (step, by) => new SkipPageStep(step, by, Note: null)),
    ];

    public static readonly TheoryDataRow<RefusalCase>[] Strangers =
    [
        .. from press in Presses
           from standing in (Standing[])[Standing.Outsider, Standing.Bot, Standing.Deactivated]
           select Row($"{press.Label}, {standing}", Deciding, press.Of(ThePages.Restart, Guest), "Only members of this workspace", Facts(standing)),
    ];

    public static readonly TheoryDataRow<RefusalCase>[] Unknown =
        [.. Presses.Select(press => Row(press.Label, Deciding, press.Of("mitigation-9-9", Ana), "The page of this incident has no such step. Use the newest message."))];

    public static readonly TheoryDataRow<RefusalCase>[] Late =
    [
        .. Presses.Select(press => Row($"{press.Label}, resolved", Resolved, press.Of(ThePages.Pooler, Ana), "It is over already: the incident is resolved")),
        .. Presses.Select(press => Row($"{press.Label}, stopped", Aborted, press.Of(ThePages.Pooler, Ana), "It is over already: the incident was stopped")),
    ];

    public static readonly TheoryDataRow<RefusalCase>[] OutOfPlace =
    [
        Row("run a manual step", Deciding, new RunPageStep(ThePages.Manual, Ana), "I can't run this step by myself"),
        Row("run a change", Deciding, new RunPageStep(ThePages.EndIdle, Ana), "I can't run this step by myself; it is done by hand, or by a plan."),
        Row("run what runs", Diagnosing, new RunPageStep(ThePages.Usage, Ana), "It is running already."),
        Row("run advice that runs", Deciding, new RunPageStep(ThePages.Pooler, Ana), "It is running already."),
        Row("take what another took", Deciding.Do(new TakePageStepByHand(ThePages.Manual, Carl)), new TakePageStepByHand(ThePages.Manual, Ana), "<@U0CARL> is at it already; see the thread."),
        Row("take what oneself took", Deciding.Do(new TakePageStepByHand(ThePages.Manual, Ana)), new TakePageStepByHand(ThePages.Manual, Ana), "<@U0ANA> is at it already"),
        Row("take what a plan is doing", Executing, new TakePageStepByHand(ThePages.EndIdle, Ana), $"Plan {Executing.Incident.Plan!.Digest} is doing this right now. Wait for its outcome."),
        Row("finish what the bot is at", Diagnosing, new FinishPageStep(ThePages.Usage, Ana, Note: null), "I am at it. Press \"Do by hand\" first"),
        Row("finish twice", Deciding.Do(new FinishPageStep(ThePages.Manual, Carl, Note: null)), new FinishPageStep(ThePages.Manual, Ana, Note: null), "<@U0CARL> did it already."),
        Row("skip what is done", Deciding.Do(new FinishPageStep(ThePages.Manual, Carl, Note: null)), new SkipPageStep(ThePages.Manual, Ana, Note: null), "<@U0CARL> did it already."),
        Row("skip twice", Deciding.Do(new SkipPageStep(ThePages.Manual, Carl, Note: null)), new SkipPageStep(ThePages.Manual, Ana, Note: null), "<@U0CARL> skipped it already."),
        Row("finish what is skipped", Deciding.Do(new SkipPageStep(ThePages.Manual, Carl, Note: null)), new FinishPageStep(ThePages.Manual, Ana, Note: null), "<@U0CARL> skipped it already."),
        Row("finish while it is drawn up", DrawingUp, new FinishPageStep(ThePages.EndIdle, Ana, Note: null), "A plan for this step is drawn up, waits or runs. Decide on the plan first."),
        Row("skip while its plan waits", AwaitingApproval, new SkipPageStep(ThePages.EndIdle, Ana, Note: null), "A plan for this step is drawn up, waits or runs."),
        Row("finish while its plan runs", Executing, new FinishPageStep(ThePages.EndIdle, Ana, Note: null), "A plan for this step is drawn up, waits or runs."),
    ];

    [Theory]
    [MemberData(nameof(Strangers))]
    public void Refuses_strangers(RefusalCase refusal) => refusal.Verify();

    [Theory]
    [MemberData(nameof(Unknown))]
    public void Refuses_a_step_that_the_page_does_not_have(RefusalCase refusal) => refusal.Verify();

    [Theory]
    [MemberData(nameof(Late))]
    public void Refuses_after_the_end(RefusalCase refusal) => refusal.Verify();

    [Theory]
    [MemberData(nameof(OutOfPlace))]
    public void Refuses_what_does_not_fit_the_step(RefusalCase refusal) => refusal.Verify();

    [Fact]
    public void An_answer_is_kept_with_its_files()
    {
        var story = Deciding.Then(new RecordPageStep(ThePages.Pooler, Attempt: 1, Found, Files));

        Assert.Equal([new PageStepAnswered(ThePages.Pooler, 1, Found, Files) { At = story.Now }], story.Latest);
        var step = story.Step(ThePages.Pooler);
        Assert.Equal((PageStepStage.Answered, 1, story.Now, null, Found), (step.Stage, step.Attempt, step.At!.Value, step.By, step.Evidence!.Value));
        Assert.Equal(Files, step.Files);
    }

    [Fact]
    public void A_failed_step_says_why_until_it_is_run_again()
    {
        var story = Deciding.Then(new RecordFailedPageStep(ThePages.Pooler, Attempt: 1, "The target keeps no such counters."));
        Assert.Equal((PageStepStage.Failed, "The target keeps no such counters."), (story.Step(ThePages.Pooler).Stage, story.Step(ThePages.Pooler).Problem));

        story.Then(new RunPageStep(ThePages.Pooler, Carl));

        Assert.Equal([new PageStepStarted(ThePages.Pooler, Attempt: 2, Carl) { At = story.Now }], story.Latest);
        var step = story.Step(ThePages.Pooler);
        Assert.Equal((PageStepStage.Running, 2, Carl, null), (step.Stage, step.Attempt, step.By, step.Problem));
    }

    [Fact]
    public void What_was_found_before_is_shown_while_it_runs_again()
    {
        var story = Deciding.Then(new RecordPageStep(ThePages.Pooler, Attempt: 1, Found, Files)).Then(new RunPageStep(ThePages.Pooler, Carl));
        Assert.Equal(Found, story.Step(ThePages.Pooler).Evidence);

        story.Then(new RecordPageStep(ThePages.Pooler, Attempt: 2, Note, []));

        Assert.Equal(Note, story.Step(ThePages.Pooler).Evidence);
        Assert.Empty(story.Step(ThePages.Pooler).Files);
    }

    /// <summary>What makes an answer of the first attempt stale.</summary>
    public static readonly TheoryDataRow<Story>[] Stale =
    [
        new(Deciding.Then(new RecordPageStep(ThePages.Pooler, Attempt: 1, Found, Files))) { Label = "answered already" },
        new(Deciding.Then(new RecordFailedPageStep(ThePages.Pooler, Attempt: 1, "No answer."))) { Label = "failed already" },
        new(Deciding.Then(new RecordFailedPageStep(ThePages.Pooler, Attempt: 1, "No answer.")).Then(new RunPageStep(ThePages.Pooler, Ana))) { Label = "run again" },
        new(Deciding.Then(new SkipPageStep(ThePages.Pooler, Ana, Note: null))) { Label = "skipped" },
        new(Deciding.Then(new TakePageStepByHand(ThePages.Pooler, Ana))) { Label = "taken by hand" },
        new(Deciding.Then(new TakePageStepByHand(ThePages.Pooler, Ana)).Then(new FinishPageStep(ThePages.Pooler, Ana, Note: null))) { Label = "done by hand" },
        new(Deciding.Then(new AbortIncident(Ana, Reason: null))) { Label = "stopped" },
        new(Resolved) { Label = "resolved" },
        new(Diagnosing) { Label = "not begun" },
    ];

    [Theory]
    [MemberData(nameof(Stale))]
    public void A_stale_answer_changes_nothing(Story story)
    {
        story.AssertNothing(new RecordPageStep(ThePages.Pooler, Attempt: 1, Note, Files));
        story.AssertNothing(new RecordFailedPageStep(ThePages.Pooler, Attempt: 1, "Too late."));
    }

    [Fact]
    public void An_answer_of_no_attempt_or_of_no_step_changes_nothing()
    {
        foreach (var (step, attempt) in ((string, int)[])[(ThePages.Pooler, 0), (ThePages.Pooler, 2), ("mitigation-9-9", 1), (ThePages.Manual, 0)])
        {
            Deciding.AssertNothing(new RecordPageStep(step, attempt, Found, Files));
            Deciding.AssertNothing(new RecordFailedPageStep(step, attempt, "No answer."));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_person_closes_a_step_with_or_without_words(bool words)
    {
        EvidenceId? note = words ? Note : null;
        var story = Deciding.Then(new FinishPageStep(ThePages.Restart, Carl, note)).Then(new SkipPageStep(ThePages.Resize, Boris, note));

        Assert.Equal([new PageStepSkipped(ThePages.Resize, Boris, note) { At = story.Now }], story.Latest);
        Assert.Equal((PageStepStage.Done, Carl, note), (story.Step(ThePages.Restart).Stage, story.Step(ThePages.Restart).By, story.Step(ThePages.Restart).Note));
        Assert.Equal((PageStepStage.Skipped, Boris, note), (story.Step(ThePages.Resize).Stage, story.Step(ThePages.Resize).By, story.Step(ThePages.Resize).Note));
        Assert.True(story.Step(ThePages.Restart).IsClosed && story.Step(ThePages.Resize).IsClosed);
    }

    [Fact]
    public void A_step_that_was_closed_can_be_taken_up_again_and_its_words_go_with_its_closing()
    {
        var story = Deciding.Then(new SkipPageStep(ThePages.Restart, Carl, Note)).Then(new TakePageStepByHand(ThePages.Restart, Boris));

        var step = story.Step(ThePages.Restart);
        Assert.Equal((PageStepStage.ByHand, Boris, null), (step.Stage, step.By, step.Note));
        Assert.Equal(Boris, story.Then(new FinishPageStep(ThePages.Restart, Boris, Note: null)).Step(ThePages.Restart).By);
    }

    [Fact]
    public void A_skipped_step_of_the_bot_can_be_run_after_all()
    {
        var story = Deciding.Then(new SkipPageStep(ThePages.Consumers, Carl, Note)).Then(new RunPageStep(ThePages.Consumers, Ana));

        Assert.Equal((PageStepStage.Running, 2, null), (story.Step(ThePages.Consumers).Stage, story.Step(ThePages.Consumers).Attempt, story.Step(ThePages.Consumers).Note));
        Assert.Equal(PageStepStage.Answered, story.Then(new RecordConsumers(Names, 92, 60)).Step(ThePages.Consumers).Stage);
    }

    [Fact]
    public void Running_an_essential_step_again_takes_nobody_back_to_the_diagnosis()
    {
        var story = Deciding.Then(new RunPageStep(ThePages.Consumers, Ana));

        Assert.Equal(IncidentState.Deciding, story.Incident.State);
        Assert.Equal(PlanStage.DrawnUp, story.Then(Ask()).Incident.Plan!.Stage);
    }

    [Fact]
    public void A_step_that_a_plan_does_can_be_done_by_hand_until_the_plan_begins() =>
        Assert.Equal(PageStepStage.ByHand, AwaitingApproval.Then(new TakePageStepByHand(ThePages.EndIdle, Carl)).Step(ThePages.EndIdle).Stage);

    [Fact]
    public void Steps_of_the_page_go_on_while_a_plan_waits_runs_and_is_verified()
    {
        foreach (var story in (Story[])[AwaitingApproval, Executing, Verifying, Stabilized])
        {
            Assert.Equal(PageStepStage.Answered, story.Then(new RecordPageStep(ThePages.Pooler, Attempt: 1, Found, Files)).Step(ThePages.Pooler).Stage);
            Assert.Equal(PageStepStage.Done, story.Then(new FinishPageStep(ThePages.Restart, Carl, Note: null)).Step(ThePages.Restart).Stage);
            Assert.Equal(PageStepStage.Running, story.Then(new RunPageStep(ThePages.Usage, Carl)).Step(ThePages.Usage).Stage);
        }
    }

    [Fact]
    public void What_still_runs_at_the_end_has_failed()
    {
        var story = Aborted;

        var step = story.Step(ThePages.Pooler);
        Assert.Equal((PageStepStage.Failed, "The incident ended before there was an answer."), (step.Stage, step.Problem));
        Assert.DoesNotContain(story.Incident.Steps, each => each.Stage is PageStepStage.Running);
        Assert.Equal(PageStepStage.Waiting, story.Step(ThePages.Manual).Stage); // nobody was at it
    }
}
