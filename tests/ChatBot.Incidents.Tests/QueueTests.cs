using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.Given;
using static ChatBot.Incidents.Tests.RefusalCase;

namespace ChatBot.Incidents.Tests;

/// <summary>One change at a time: what is asked for meanwhile waits, and gets its turn.</summary>
public sealed class QueueTests
{
    private static readonly PlanId Third = NewPlanId(3);
    private static readonly AskForMitigation AskAnother = Ask(NextPlan, Carl, ThePages.Another);
    private static readonly AskForMitigation AskFourth = Ask(Third, Dora, "mitigation-1-4");
    private static readonly CancelPlan TakeBack = new(NextPlan, Carl);

    private static Story DrawnUp => DecidingOn(ThePages.WithTwoChanges).Do(Ask());

    private static Story Waiting => DrawnUp.Do(new ProposePlan(ThePlan, EndIdle()));

    private static Story Running => Waiting.Do(new ApprovePlan(ThePlan, Boris));

    private static Story Done
    {
        get
        {
            var story = Running;
            for (var step = 1; step <= 3; step++)
            {
                story.Begin(step).Outcome(step, Outcome.Applied);
            }

            return story;
        }
    }

    private static Story Full
    {
        get
        {
            var story = Waiting;
            for (var number = 3; number <= 7; number++)
            {
                story.Do(Ask(NewPlanId(number), Carl, $"mitigation-1-{number}"));
            }

            return story;
        }
    }

    public static readonly TheoryDataRow<RefusalCase>[] Refusals =
    [
        Row("the same step again", Waiting.Do(AskAnother), Ask(Third, Dora, ThePages.Another), "<@U0CARL> asked for this already; it waits until the change before it is over."),
        Row("the same step again, anew", Waiting.Do(AskAnother), Ask(Third, Dora, ThePages.Another) with { Anew = true }, "<@U0CARL> asked for this already"),
        Row("the same press again", Waiting.Do(AskAnother), AskAnother with { Step = "mitigation-1-4" }, "I don't know this mitigation, or this press was used already"),
        Row("a sixth", Full, Ask(NewPlanId(8), Dora, "mitigation-1-8"), "5 requests wait already. Decide on those first."),
        Row("a guest", Waiting, AskAnother with { By = Guest }, "Only members", Facts(Standing.Outsider)),
        Row("not verified", Waiting, AskAnother, "I couldn't verify", Facts(Standing.Unverified)),
        Row("observing", Waiting, AskAnother, "I only observe orders-db", Facts(mode: TargetMode.Observe)),
        Row("no approvers", Waiting, AskAnother, "Nobody is configured to approve", Facts(hasApprovers: false)),
        Row("while diagnosing", On(ThePages.WithTwoChanges), AskAnother, "No mitigation can be chosen now: the diagnosis is running"),
        Row("done while its request waits", Waiting.Do(AskAnother), new FinishPageStep(ThePages.Another, Dora, Note: null), "A plan for this step is drawn up, waits or runs."),
        Row("skipped while its request waits", Waiting.Do(AskAnother), new SkipPageStep(ThePages.Another, Dora, Note: null), "A plan for this step is drawn up, waits or runs."),
        Row("taken back by another", Waiting.Do(AskAnother), TakeBack with { By = Ana }, "Only <@U0CARL>, who asked for it, can take this back."),
        Row("taken back twice", Waiting.Do(AskAnother).Do(TakeBack), TakeBack, "This button belongs to a plan I don't know"),
        Row("approved while it waits for its turn", Waiting.Do(AskAnother), new ApprovePlan(NextPlan, Boris), "This button belongs to a plan I don't know"),
    ];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Refuses(RefusalCase refusal) => refusal.Verify();

    /// <summary>What a second request waits for, and what the person who asks is told.</summary>
    public static readonly TheoryDataRow<Story, string>[] Before =
    [
        new(DrawnUp, "One change at a time on orders-db: yours waits for the plan of <@U0ANA>, then I draw it up.") { Label = "drawn up" },
        new(Waiting, $"One change at a time on orders-db: yours waits for plan {Waiting.Incident.Plan!.Digest} of <@U0ANA>, then I draw it up.") { Label = "waits" },
        new(Running, $"One change at a time on orders-db: yours waits for plan {Running.Incident.Plan!.Digest} of <@U0ANA>, then I draw it up.") { Label = "runs" },
        new(Done, "One change at a time on orders-db: yours waits for the effect of the last change to be measured, then I draw it up.") { Label = "verified" },
    ];

    [Theory]
    [MemberData(nameof(Before))]
    public void A_second_request_waits_and_says_for_whom(Story story, string note)
    {
        var state = story.Incident.State;
        story.Then(AskAnother);

        Assert.Equal([new MitigationQueued(NextPlan, ThePages.Another, Carl) { At = story.Now }], story.Latest);
        Assert.Equal(note, story.Note);
        Assert.Equal([new QueuedMitigation(NextPlan, ThePages.Another, Carl)], story.Incident.Queue);
        Assert.Equal(state, story.Incident.State);
    }

    [Fact]
    public void The_same_step_can_be_asked_for_once_more_while_its_plan_runs() =>
        Assert.Equal(ThePages.EndIdle, Assert.Single(Running.Then(Ask(NextPlan)).Incident.Queue).Step);

    [Fact]
    public void Asking_anew_for_another_step_waits_too() =>
        Assert.Equal(PlanStage.Proposed, Waiting.Then(AskAnother with { Anew = true }).Incident.FindPlan(ThePlan)!.Stage);

    /// <summary>How the change before it can be over.</summary>
    public static readonly TheoryDataRow<Func<Story, Story>>[] Releases =
    [
        Over("not possible", _ => DrawnUp, story => story.Then(new RecordImpossiblePlan(ThePlan, "No answer."))),
        Over("rejected", _ => Waiting, story => story.Then(new RejectPlan(ThePlan, Boris))),
        Over("cancelled", _ => Waiting, story => story.Then(new CancelPlan(ThePlan, Ana))),
        Over("expired", _ => Waiting, story => story.Later(ThePolicy.PlanLifetime).Do(new ExpirePlan(ThePlan))),
        Over("overtaken", _ => Waiting, story => story.Later(ThePolicy.SampleEvery).Measure(40, 40, 40, 40, 40, 40, 40)),
        Over("relieved", _ => Running, story => Finish(story).Later(ThePolicy.SampleEvery).Measure(40, 40, 40, 40, 40, 40, 40)),
        Over("brought nothing", _ => Running, story => Finish(story).Later(ThePolicy.SampleEvery).Measure(93, 93, 93, 93, 93, 93, 93)),
        Over("nobody knows what it brought", _ => Running, story => Finish(story).Later(3 * ThePolicy.ReliefAfter).Do(new RecordMissingUsage("No answer."))),
    ];

    [Theory]
    [MemberData(nameof(Releases))]
    public void The_next_request_gets_its_turn_when_the_change_before_it_is_over(Func<Story, Story> tell)
    {
        var story = tell(new Story());

        Assert.Equal(
            new MitigationAsked(NextPlan, EndIdleSessions.StoredName, Carl) { At = story.Now, Step = ThePages.Another },
            story.Latest[^1]);
        Assert.Equal((NextPlan, PlanStage.DrawnUp, ThePages.Another), (story.Incident.Plan!.Id, story.Incident.Plan.Stage, story.Incident.Plan.PageStep));
        Assert.Equal([Third], story.Incident.Queue.Select(queued => queued.Plan)); // in the order they were asked for

        story.Then(new ProposePlan(NextPlan, EndIdle())).Then(new RejectPlan(NextPlan, Boris));
        Assert.Equal((Third, Dora), (story.Incident.Plan!.Id, story.Incident.Plan.RequestedBy));
        Assert.Empty(story.Incident.Queue);
    }

    [Fact]
    public void Nothing_gets_its_turn_before_the_effect_of_the_last_change_is_known() =>
        Assert.Null(Finish(Running.Then(AskAnother)).Incident.Plan);

    [Fact]
    public void A_request_that_met_a_refill_gets_its_turn_after_the_diagnosis()
    {
        var story = Done.Measure(40, 40, 40, 40, 40, 40, 40).Then(Ask(NewPlanId(9))).Then(AskAnother).Then(new RecordUsage(Usage(93)));
        Assert.Equal(IncidentState.Diagnosing, story.Incident.State);

        story.Then(new RecordImpossiblePlan(NewPlanId(9), "The incident moved on."));
        Assert.Null(story.Incident.Plan);
        story.Then(new RecordUsage(Usage(93))).Then(new RecordConsumers(Names, 92, 60));

        Assert.Equal([typeof(ConsumersMeasured), typeof(DiagnosisConcluded), typeof(MitigationAsked)], story.Latest.Select(happened => happened.GetType()));
        Assert.Equal(NextPlan, story.Incident.Plan!.Id);
    }

    [Fact]
    public void Who_asked_can_take_back_a_request_that_waits_and_the_others_close_up()
    {
        var story = Waiting.Then(AskAnother).Then(AskFourth).Then(TakeBack);

        Assert.Equal([new MitigationUnqueued(NextPlan, Carl) { At = story.Now }], story.Latest);
        Assert.Equal([Third], story.Incident.Queue.Select(queued => queued.Plan));
        Assert.Equal(Third, story.Then(new RejectPlan(ThePlan, Boris)).Incident.Plan!.Id);
    }

    [Fact]
    public void A_fresh_plan_for_the_same_step_does_not_let_the_queue_in_between()
    {
        var story = Waiting.Then(AskAnother).Then(Ask(Third, Dora) with { Anew = true });

        Assert.Equal((Third, ThePages.EndIdle), (story.Incident.Plan!.Id, story.Incident.Plan.PageStep));
        Assert.Equal([NextPlan], story.Incident.Queue.Select(queued => queued.Plan));
    }

    [Fact]
    public void The_end_clears_the_queue()
    {
        foreach (var story in (Story[])[DrawnUp, Waiting, Running, Done])
        {
            Assert.Empty(story.Then(AskAnother).Then(new AbortIncident(Ana, Reason: null)).Incident.Queue);
        }
    }

    [Fact]
    public void A_plan_under_way_at_the_end_lets_nothing_in_after_it()
    {
        var story = Running.Begin(1).Then(AskAnother).Then(new AbortIncident(Ana, Reason: null)).Outcome(1, Outcome.Applied);

        Assert.Null(story.Incident.Plan);
        Assert.DoesNotContain(story.Latest, happened => happened is MitigationAsked);
    }

    private static Story Finish(Story story)
    {
        for (var step = 1; step <= 3; step++)
        {
            story.Begin(step).Outcome(step, Outcome.Applied);
        }

        return story;
    }

    private static TheoryDataRow<Func<Story, Story>> Over(string label, Func<Story, Story> begin, Func<Story, Story> end) =>
        new(story => end(begin(story).Then(AskAnother).Then(AskFourth))) { Label = label };
}
