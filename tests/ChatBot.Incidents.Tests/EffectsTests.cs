using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

public sealed class EffectsTests
{
    private static readonly Show Card = new(IncidentPart.Card);
    private static readonly Show PlanMessage = new(IncidentPart.Plan, ThePlan);
    private static readonly ProbeUsage Now = new();
    private static readonly Show[] Choice = [List(RunbookPhase.Immediate), List(RunbookPhase.ShortTerm)];
    private static readonly Show[] Lists = [.. Choice, List(RunbookPhase.LongTerm)];
    private static readonly Effect[] AskAll = [new ProbeUsage(), new ProbeConsumers()];
    private static readonly Show[] Touched =
    [
        Message(ThePages.Usage), Message(ThePages.Consumers), Message(ThePages.Manual), Message("diagnosis-4"), Message(ThePages.Pooler), Message(ThePages.Replicas),
    ];
    private static readonly EvidenceId TheFile = NewEvidenceId(1);
    private static readonly EvidenceId AnotherFile = NewEvidenceId(2);
    private static readonly RecordMissingUsage UsageUnknown = new("No answer.");
    private static readonly RecordMissingConsumers ConsumersUnknown = new("No answer.");
    private static readonly AbortIncident Stop = new(Ana, Reason: null);

    // Like the stories of Given, with a second between any two things: an event redraws what bears its moment.
    private static Story Known => Diagnosing.Then(new RecordUsage(Usage(93)));

    private static Story Chosen => Known.Then(new RecordConsumers(Names, Sessions: 92, Endable: 60));

    private static Story Drawing => Chosen.Then(Ask());

    private static Story Waiting => Drawing.Then(new ProposePlan(ThePlan, EndIdle()));

    private static Story Running => Waiting.Then(new ApprovePlan(ThePlan, Boris));

    private static Story InFlight => Then(Running, running => running.BeginOf(1));

    private static Story Done
    {
        get
        {
            var story = Then(InFlight, running => running.OutcomeOf(1, Outcome.Applied));
            for (var step = 2; step <= 3; step++)
            {
                story = Then(Then(story, running => running.BeginOf(step)), running => running.OutcomeOf(step, Outcome.Applied));
            }

            return story;
        }
    }

    private static Story Relieved => Done.Later(ThePolicy.SampleEvery).Measure(40, 40, 40, 40, 40, 40, 40);

    private static Story Queued => DecidingOn(ThePages.WithTwoChanges)
        .Then(Ask())
        .Then(new ProposePlan(ThePlan, EndIdle()))
        .Then(Ask(NextPlan, step: ThePages.Another));

    private static Story SlowAnswered => On(ThePages.WithSlowStep).Then(new RecordPageStep(ThePages.Logs, Attempt: 1, Names, [TheFile, AnotherFile]));

    /// <summary>The first event of that type in the story, and all it causes beside the card, which is drawn first and always.</summary>
    public static readonly TheoryDataRow<Type, Story, Effect[]>[] Table =
    [
        Causes<IncidentOpened>(Diagnosing),
        Causes<PageChosen>(Diagnosing, Message(ThePages.Usage), Message(ThePages.Consumers), Message(ThePages.Manual), Message("diagnosis-4")),
        Causes<ResponderJoined>(Chosen.Then(new JoinIncident(Carl, Channel))),
        Causes<IncidentAssigned>(Chosen.Then(new AssignIncident(Carl, Carl))),
        Causes<DiagnosisStarted>(Diagnosing, [.. AskAll, Message(ThePages.Usage), Message(ThePages.Consumers)]),
        Causes<UsageMeasured>(Known, Next(1), Message(ThePages.Usage)),
        Causes<UsageMissing>(Chosen.Then(UsageUnknown), Next(3), Message(ThePages.Usage)),
        Causes<ServerChanged>(Waiting.Then(new RecordUsage(UsageHere(93))).Then(new RecordUsage(Usage(4) with { Server = AnotherServer })), [.. Choice, PlanMessage]),
        Causes<ConsumersMeasured>(Chosen, AskedAgain(2), Message(ThePages.Consumers)),
        Causes<ConsumersMissing>(Chosen.Then(ConsumersUnknown), AskedAgain(3), Message(ThePages.Consumers)),
        Causes<DiagnosisConcluded>(
            Chosen,
            [
                new RunStepOfPage(ThePages.Pooler, Attempt: 1),
                new RunStepOfPage(ThePages.Replicas, Attempt: 1),
                Message(ThePages.Consumers),
                Message(ThePages.Pooler),
                Message(ThePages.Replicas),
                .. Lists,
            ]),
        Causes<PageStepStarted>(
            Chosen.Then(new RecordPageStep(ThePages.Pooler, Attempt: 1, Names, [])).Then(new RunPageStep(ThePages.Pooler, Carl)),
            new RunStepOfPage(ThePages.Pooler, Attempt: 2),
            Message(ThePages.Pooler),
            List(RunbookPhase.ShortTerm)),
        Causes<PageStepAnswered>(
            SlowAnswered,
            new ShareFile(ThePages.Logs, TheFile),
            new ShareFile(ThePages.Logs, AnotherFile),
            Message(ThePages.Logs)),
        Causes<PageStepFailed>(
            Chosen.Then(new RecordFailedPageStep(ThePages.Replicas, Attempt: 1, "No answer.")),
            Message(ThePages.Replicas),
            List(RunbookPhase.LongTerm)),
        Causes<PageStepTakenByHand>(Known.Then(new TakePageStepByHand(ThePages.Consumers, Carl)), Message(ThePages.Consumers)),
        Causes<PageStepDone>(Chosen.Then(new FinishPageStep(ThePages.Restart, Carl, Note: null)), Message(ThePages.Restart), List(RunbookPhase.Immediate)),
        Causes<PageStepSkipped>(Diagnosing.Then(new SkipPageStep(ThePages.Manual, Carl, Names)), Message(ThePages.Manual)),
        Causes<FollowUpAssigned>(
            Chosen.Then(new AssignFollowUp(ThePages.Replicas, Owner: null, Due: null, Carl)),
            Message(ThePages.Replicas),
            List(RunbookPhase.LongTerm)),
        Causes<MitigationAsked>(Drawing, [new DrawUpPlan(ThePlan, EndIdleSessions.StoredName), .. Choice]),
        Causes<MitigationQueued>(Queued, [.. Choice]),
        Causes<MitigationUnqueued>(Queued.Then(new CancelPlan(NextPlan, Ana)), [.. Choice]),
        Causes<MitigationNotPossible>(Drawing.Then(new RecordImpossiblePlan(ThePlan, "No answer.")), [.. Choice]),
        Causes<PlanProposed>(Waiting, [new EndPlanInTime(ThePlan) { Due = Noon.AddSeconds(4) + ThePolicy.PlanLifetime }, .. Choice, PlanMessage]),
        Causes<ApprovalGiven>(Running, PlanMessage),
        Causes<PlanHeld>(
            Waiting.Then(new ApprovePlan(ThePlan, Boris), Facts(changing: TheOtherChange)),
            new AwaitTurn(ThePlan) { Due = Noon.AddSeconds(5) + ThePolicy.SampleEvery },
            PlanMessage),
        Causes<PlanApproved>(Running, [new RunStep(ThePlan, 1), .. Choice, PlanMessage]),
        Causes<PlanRejected>(Waiting.Then(new RejectPlan(ThePlan, Boris)), [.. Choice, PlanMessage]),
        Causes<PlanCancelled>(Waiting.Then(new CancelPlan(ThePlan, Ana)), [.. Choice, PlanMessage]),
        Causes<PlanExpired>(Waiting.Later(ThePolicy.PlanLifetime).Do(new ExpirePlan(ThePlan)), [.. Choice, PlanMessage]),
        Causes<PlanOvertaken>(Waiting.Later(ThePolicy.SampleEvery).Measure(40, 40, 40, 40, 40, 40, 40), [.. Choice, PlanMessage]),
        Causes<PlanSuperseded>(Waiting.Then(Ask(NextPlan, Carl) with { Anew = true }), PlanMessage),
        Causes<StepIntended>(InFlight),
        Causes<StepResent>(Then(InFlight, running => running.ResendOf(1))),
        Causes<StepFinished>(Done, new RunStep(ThePlan, 2), PlanMessage),
        Causes<MitigationFinished>(Done, [.. AskAll, .. Choice, PlanMessage]),
        Causes<UndoFellDue>(
            Limiting.Later(ThePolicy.UndoDue).Do(new OfferUndo(ThePlan)), new Show(IncidentPart.Undo, ThePlan)),
        Causes<RolloutSeen>(Restarting.Then(RolloutTests.Seen(RolloutStage.Running))),
        Causes<ReliefVerified>(Relieved),
        Causes<ReliefMissing>(Done.Later(ThePolicy.SampleEvery).Measure(93, 93, 93, 93, 93, 93, 93)),
        Causes<RefillSeen>(Relieved.Then(new RecordUsage(Usage(90))), [.. AskAll, Message(ThePages.Usage), Message(ThePages.Consumers)]),
        Causes<WatchHeld>(Relieved.Later(ThePolicy.WatchFor).Measure(40)),
        Causes<IncidentResolved>(Relieved.Then(new ResolveIncident(Ana)), [new ShareReport(), .. Touched, .. Lists]),
        Causes<IncidentAborted>(Waiting.Then(Stop), [new ShareReport(), .. Touched, .. Lists, PlanMessage]), // the plan's buttons go
    ];

    [Theory]
    [MemberData(nameof(Table))]
    public void An_event_causes_what_the_table_says(Type type, Story story, Effect[] effects)
    {
        var (happened, after) = story.Past.First(step => step.Event.GetType() == type);

        Assert.Equal([Card, .. effects], Effects.Of(happened, after, ThePolicy));
    }

    [Fact]
    public void The_table_has_every_event() =>
        Assert.Equal(
            typeof(IncidentEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(IncidentEvent))).Select(type => type.Name).Order(),
            Table.Select(row => row.Data.Item1.Name).Order());

    [Fact]
    public void Each_measurement_is_followed_by_exactly_one_while_the_incident_is_open()
    {
        var story = Resolved;

        Assert.All(
            story.Past.Where(step => step.Event is UsageMeasured or UsageMissing),
            step => Assert.Equal(
                [new ProbeUsage { Due = step.Event.At + ThePolicy.SampleEvery }],
                Effects.Of(step.Event, step.After, ThePolicy).OfType<ProbeUsage>()));
        Assert.All(EffectsOfLatest(story), effect => Assert.True(effect is Show or ShareReport, $"{effect}"));
    }

    [Fact]
    public void A_measurement_that_came_with_the_end_is_followed_by_none() =>
        Assert.Equal([Card], Effects.Of(new UsageMeasured(Usage(93)) { At = Noon.AddHours(1) }, Aborted.Incident, ThePolicy));

    [Fact]
    public void A_measurement_that_says_nothing_new_leaves_the_step_alone() =>
        Assert.Equal([Card, Next(2)], EffectsOfLatest(Known.Then(new RecordUsage(Usage(94)))));

    [Fact]
    public void Every_look_at_the_consumers_redraws_them_and_what_can_be_ended() =>
        Assert.Equal(
            [Card, AskedAgain(3), Message(ThePages.Consumers), .. Choice],
            EffectsOfLatest(Chosen.Then(new RecordConsumers(Names, Sessions: 90, Endable: 61))));

    [Fact]
    public void Only_what_the_page_binds_is_asked()
    {
        Assert.DoesNotContain(EffectsOf(On(ThePages.AllByHand)), effect => effect is not Show);
        Assert.Contains(new RunStepOfPage(ThePages.Logs, Attempt: 1), EffectsOf(On(ThePages.WithSlowStep)));
    }

    [Fact]
    public void When_a_lost_target_answers_again_the_bot_asks_only_what_nobody_took() =>
        Assert.Equal(
            [new ProbeConsumers()],
            EffectsOfLatest(Chosen
                .Then(new TakePageStepByHand(ThePages.Usage, Carl))
                .Then(ConsumersUnknown)
                .Then(UsageUnknown)
                .Then(new RecordUsage(Usage(93))))
                .Where(effect => effect is not Show && effect.Due is null));

    [Fact]
    public void Each_bound_step_that_a_person_wants_again_is_asked_in_its_own_way()
    {
        Assert.Contains(new ProbeUsage(), EffectsOfLatest(Chosen.Then(new RunPageStep(ThePages.Usage, Carl))));
        Assert.Contains(new ProbeConsumers(), EffectsOfLatest(Chosen.Then(new RunPageStep(ThePages.Consumers, Carl))));
        Assert.Contains(new RunStepOfPage(ThePages.Logs, Attempt: 2), EffectsOfLatest(SlowAnswered.Then(new RunPageStep(ThePages.Logs, Carl))));
    }

    [Fact]
    public void What_two_steps_of_a_page_ask_is_asked_once_and_answers_both()
    {
        var story = On(ThePages.Page(ThePages.Reads("diagnosis-1", StepType.ConnectionUsage), ThePages.Reads("diagnosis-2", StepType.ConnectionUsage)));
        Assert.Equal([Now], EffectsOfLatest(story).OfType<ProbeUsage>());

        story.Then(new RecordUsage(Usage(93)));

        Assert.All(story.Incident.Steps, step => Assert.Equal(PageStepStage.Answered, step.Stage));
    }

    [Fact]
    public void Two_beginnings_of_one_moment_ask_each_step_once()
    {
        var page = ThePages.Page(ThePages.Reads("diagnosis-1", StepType.ConnectionUsage), ThePages.Advises("diagnosis-2", RunbookPhase.Diagnosis));
        var story = On(page).Do(new RunPageStep("diagnosis-2", Ana)).Do(new RecordUsage(Usage(93))).Do(new RunDiagnosisAgain(Ana)).Do(new RecordUsage(Usage(93)));

        Assert.Equal(IncidentState.Deciding, story.Incident.State);
        Assert.Equal([new RunStepOfPage("diagnosis-2", Attempt: 1)], EffectsOf(story).OfType<RunStepOfPage>());
    }

    [Fact]
    public void After_a_change_no_step_is_begun_that_nobody_wanted_again()
    {
        var team = new StepType("replication-lag", StepWork.Reads, "says how far the replicas are behind") { IsEssential = true };
        var story = On(ThePages.Page(ThePages.Reads("diagnosis-1", team), ThePages.Ends(ThePages.EndIdle)))
            .Then(new RecordPageStep("diagnosis-1", Attempt: 1, Names, []))
            .Then(Ask())
            .Then(new ProposePlan(ThePlan, EndIdle(sessions: 1)))
            .Then(new ApprovePlan(ThePlan, Boris));
        story.Begin(1).Outcome(1, Outcome.Applied);

        Assert.Contains(story.Latest, happened => happened is MitigationFinished);
        Assert.Equal([Now], EffectsOfLatest(story).Where(effect => effect is not Show)); // nobody asked for the consumers
    }

    [Fact]
    public void The_last_step_is_followed_by_no_other()
    {
        var (happened, after) = Done.Past.Last(step => step.Event is StepFinished);

        Assert.Equal([Card, PlanMessage], Effects.Of(happened, after, ThePolicy));
    }

    [Fact]
    public void A_stop_starts_no_step_and_a_step_under_way_is_not_started_again()
    {
        var stopped = StepInFlight.Do(Stop);
        Assert.DoesNotContain(EffectsOfLatest(stopped), effect => effect is RunStep);

        stopped.Outcome(1, Outcome.Applied);
        Assert.DoesNotContain(EffectsOfLatest(stopped), effect => effect is RunStep or ProbeUsage or ProbeConsumers or RunStepOfPage);
    }

    [Fact]
    public void A_step_that_ends_after_the_stop_is_in_the_report_too()
    {
        var stopped = Then(InFlight.Then(Stop), running => running.OutcomeOf(1, Outcome.Applied));

        Assert.Equal([typeof(StepFinished), typeof(MitigationFinished)], stopped.Latest.Select(happened => happened.GetType()));
        Assert.Equal([new ShareReport()], EffectsOfLatest(stopped).Where(effect => effect is not Show));
    }

    [Fact]
    public void A_plan_that_ends_while_the_incident_goes_on_brings_no_report() => Assert.DoesNotContain(new ShareReport(), EffectsOf(Done));

    [Fact]
    public void A_stop_while_a_plan_is_drawn_up_has_no_plan_to_show() =>
        Assert.Equal([Card, new ShareReport(), .. Touched, .. Lists], EffectsOfLatest(Drawing.Then(Stop)));

    [Fact]
    public void A_long_diagnosis_has_a_list_and_messages_only_for_its_first_steps_and_those_that_ran()
    {
        var page = ThePages.Page(
            [.. Enumerable.Range(1, 20).Select(number => ThePages.ByHand($"diagnosis-{number}", RunbookPhase.Diagnosis)), ThePages.Reads("diagnosis-21", StepType.ConnectionUsage)]);
        var story = On(page);

        Assert.Equal(
            [Card, .. Enumerable.Range(1, 12).Select(number => Message($"diagnosis-{number}")), List(RunbookPhase.Diagnosis)],
            Effects.Of(story.Past[1].Event, story.Past[1].After, ThePolicy));
        Assert.Equal([Card, Now, Message("diagnosis-21"), List(RunbookPhase.Diagnosis)], Effects.Of(story.Past[2].Event, story.Past[2].After, ThePolicy));
        Assert.Equal([Card, Message("diagnosis-20"), List(RunbookPhase.Diagnosis)], EffectsOfLatest(story.Then(new SkipPageStep("diagnosis-20", Carl, Note: null))));
    }

    [Fact]
    public void Replaying_causes_nothing_because_it_returns_nothing_but_the_incident()
    {
        var replay = typeof(Incident).GetMethod(nameof(Incident.Replay))!;

        Assert.Equal(typeof(Incident), replay.ReturnType);
        Assert.All(
            replay.GetParameters().Concat(typeof(Incident).GetMethod(nameof(Incident.Evolve))!.GetParameters()),
            parameter => Assert.True(
                parameter.ParameterType == typeof(Incident) || parameter.ParameterType == typeof(IncidentEvent)
                || parameter.ParameterType == typeof(IEnumerable<IncidentEvent>))); // no way out for an effect
        Assert.All(
            typeof(Incident).GetProperties(),
            property => Assert.False(typeof(Delegate).IsAssignableFrom(property.PropertyType)));
    }

    [Theory]
    [InlineData(12, false)]
    [InlineData(13, true)]
    public void A_diagnosis_whose_steps_all_have_messages_needs_no_list(int steps, bool list)
    {
        var story = On(ThePages.Page([.. Enumerable.Range(1, steps).Select(number => ThePages.ByHand($"diagnosis-{number}", RunbookPhase.Diagnosis))]));

        Assert.Equal(list, EffectsOf(story).Contains(List(RunbookPhase.Diagnosis)));
    }

    private static IEnumerable<Effect> EffectsOfLatest(Story story) =>
        story.Past.TakeLast(story.Latest.Count).SelectMany(step => Effects.Of(step.Event, step.After, ThePolicy));

    private static IEnumerable<Effect> EffectsOf(Story story) => story.Past.SelectMany(step => Effects.Of(step.Event, step.After, ThePolicy));

    private static Story Then(Story story, Func<Story, IncidentCommand> next) => story.Then(next(story));

    private static Show Message(string step) => new(IncidentPart.Step) { Step = step };

    private static Show List(RunbookPhase phase) => new(IncidentPart.Steps) { Phase = phase };

    private static ProbeConsumers AskedAgain(int second) => new() { Due = Noon.AddSeconds(second) + ThePolicy.ConsumersEvery };

    private static ProbeUsage Next(int second) => new() { Due = Noon.AddSeconds(second) + ThePolicy.SampleEvery };

    private static TheoryDataRow<Type, Story, Effect[]> Causes<TEvent>(Story story, params Effect[] effects)
        where TEvent : IncidentEvent =>
        new(typeof(TEvent), story, effects) { Label = typeof(TEvent).Name };
}
