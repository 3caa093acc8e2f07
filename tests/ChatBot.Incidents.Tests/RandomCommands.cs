using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>Commands, facts and times by chance: mostly what fits the moment, often enough what doesn't.</summary>
public sealed class RandomCommands(int seed)
{
    private static readonly Person[] People = [Ana, Boris, Carl, Dora, Guest];
    private static readonly string[] Channels = [Channel, "C0OTHER"];
    private static readonly RecordUsage Calm = new(Usage(40));
    private static readonly Facts Usual = Given.Facts(named: Approvals.Standing.Member);
    private static readonly EvidenceId[] NoFiles = [];
    private static readonly EvidenceId[] OneFile = [NewEvidenceId(1)];
    private static readonly Standing[] Standings = Enum.GetValues<Standing>();
    private static readonly TargetMode[] Modes = Enum.GetValues<TargetMode>();
    private static readonly Outcome[] Outcomes = Enum.GetValues<Outcome>();
    private static readonly Door[] Doors = Enum.GetValues<Door>();
    private static readonly RolloutStage[] Stages = Enum.GetValues<RolloutStage>();

    // Drawing up a plan of many sessions takes longer than deciding about it.
    private static readonly EndIdleSessions[] Mitigations = [.. Enumerable.Range(0, 60).Select(EndIdle)];

    private readonly Random _random = new(seed);
    private int _plans = 100;

    public ChosenPage Page() => RandomPages.Next(_random);

    public int Between(int least, int most) => _random.Next(least, most + 1);

    public TimeSpan Pause(Incident? incident, DateTimeOffset now) => _random.Next(20) switch
    {
        0 when incident?.Plan is { ExpiresAt: var end } && end > now => end - now, // the exact moment
        0 when incident?.Temporary is [{ Due: var due }, ..] && due > now => due - now,
        1 => TimeSpan.FromMinutes(_random.Next(40)),
        2 => TimeSpan.FromSeconds(-_random.Next(5)), // a clock that was set back
        < 8 when incident is { State: IncidentState.Verifying or IncidentState.AwaitingApproval } => ThePolicy.ReliefAfter,
        < 8 => TimeSpan.Zero,
        _ => TimeSpan.FromMilliseconds(_random.Next(20_000)),
    };

    public Facts Facts() => Chance(75) ? Usual : Given.Facts(
        Standing(),
        Standing(),
        Chance(80) ? TargetMode.Act : One(Modes),
        hasApprovers: Chance(90),
        Chance(40) ? TheOtherChange : null,
        Standing());

    public IncidentCommand Next(Incident? incident, ChosenPage page) =>
        incident is null && Chance(90) ? new OpenIncident(TheIncident, Target, Channel, Someone(), page)
        : incident is not null && Chance(65) ? Fitting(incident)
        : Any(incident, page);

    private IncidentCommand Fitting(Incident incident) => incident switch
    {
        _ when Chance(15) && SomeStep(incident) is { } step => OfStep(step),
        { Queue.Length: > 1 } when Chance(60) => AskSomewhere(incident), // everybody wants something
        { Plan: { Stage: PlanStage.DrawnUp, Mitigation: RestartService.StoredName } drawn } => new ProposePlan(drawn.Id, EveryMitigation.Restarted),
        { Plan: { Stage: PlanStage.DrawnUp, Mitigation: LimitAccount.StoredName } drawn } =>
            new ProposePlan(drawn.Id, EveryMitigation.Limited with { IsUndo = incident.TemporaryOf(LimitAccount.StoredName) is not null && Chance(70) }),
        { Plan.Stage: PlanStage.DrawnUp } => new ProposePlan(incident.Plan.Id, Mitigations[_random.Next(8) == 0 ? 0 : _random.Next(1, 4)]),
        { Plan: { Stage: PlanStage.Running, NextStep: { } next } plan } => plan.Steps[next - 1].Intended
            ? Chance(95) ? new RecordOutcome(plan.Id, next, Result()) : new ResendStep(plan.Id, next, plan.Hash, _random.Next(9))
            : new BeginStep(plan.Id, next, plan.Hash, "key", _random.Next(9)),
        { State: IncidentState.AwaitingApproval, Plan: { Held: not null } held } when Chance(80) => new ReleasePlan(held.Id),
        { State: IncidentState.AwaitingApproval, Plan: { } plan } => _random.Next(20) switch
        {
            0 => new CancelPlan(plan.Id, plan.RequestedBy),
            1 => new RejectPlan(plan.Id, Someone()),
            2 or 3 => AskSomewhere(incident),
            4 or 5 => Calm,
            _ => new ApprovePlan(plan.Id, Someone()) { Via = One(Doors) },
        },
        { State: IncidentState.Diagnosing } => Answer(incident),
        { State: IncidentState.Deciding } => Chance(70) ? AskSomewhere(incident) : Measure(),
        { State: IncidentState.Verifying, PastPlans: [.., { RollsOut: not null } last] } when Chance(40) => new RecordRollout(last.Id, SomeRollout()),
        { State: IncidentState.Verifying } => Chance(85) ? Calm : Measure(),
        { State: IncidentState.Stabilized } => _random.Next(12) switch
        {
            0 => new ResolveIncident(Someone()),
            < 3 => AskSomewhere(incident),
            < 5 => Measure(),
            _ => Calm,
        },
        _ => Any(incident, ThePages.Empty),
    };

    /// <summary>What the first essential step that is awaited waits for.</summary>
    private IncidentCommand Answer(Incident incident)
    {
        foreach (var step in incident.Steps)
        {
            if (step is { Step.IsEssential: true, Stage: PageStepStage.Running } && Chance(80))
            {
                return step.Step.Type == StepType.ConnectionUsage.Name ? Measure()
                    : step.Step.Type == StepType.ConnectionConsumers.Name ? new RecordConsumers(Names, 92, 60) { Server = SomeServer(), Cause = SomeCause() }
                    : Found(step.Id, step.Attempt);
            }
        }

        return Measure();
    }

    private RolloutLook SomeRollout() => new("checkout-api", One(Stages), _random.Next(5), _random.Next(5), 4, Chance(20) ? "A pod crashes again and again." : "");

    private KnownCause? SomeCause() => _random.Next(4) switch
    {
        0 => null,
        1 => new KnownCause(Cause.LockPileUp, [new StepWorth("terminate-idle", Worth.Harmful, "Those who wait come back at once.")]),
        _ => new KnownCause(Cause.IdleLeak, []),
    };

    private IncidentCommand AskSomewhere(Incident incident)
    {
        var from = incident.Steps.IsEmpty ? 0 : _random.Next(incident.Steps.Length);
        for (var i = 0; i < incident.Steps.Length; i++)
        {
            if (incident.Steps[(from + i) % incident.Steps.Length] is { Step.Mitigation: not null } step)
            {
                return Ask(NewPlanId(++_plans), Someone(), step.Id) with { Anyway = Chance(30) };
            }
        }

        return Chance(20) ? new ResolveIncident(Someone()) : Measure();
    }

    private IncidentCommand Any(Incident? incident, ChosenPage page)
    {
        var plan = SomePlan(incident);
        var step = _random.Next(-1, 6);
        var hash = Chance(80) ? incident?.FindPlan(plan)?.Hash ?? "" : new string('0', 64);
        return _random.Next(56) switch
        {
            0 => new OpenIncident(TheIncident, Target, Channel, Someone(), page),
            1 or 2 => new RunDiagnosisAgain(Someone()),
            < 6 => Measure(),
            < 9 => new RecordMissingUsage("No answer."),
            9 => new RecordConsumers(Names, _random.Next(100), _random.Next(100)) { Cause = SomeCause() },
            10 or 11 => new RecordMissingConsumers("No answer."),
            12 or 13 => Ask(plan, Someone(), SomeStep(incident)?.Id ?? ThePages.EndIdle) with { Anew = Chance(70) },
            14 when incident?.Plan is { PageStep: { } same } => Ask(NewPlanId(++_plans), Someone(), same) with { Anew = Chance(70) },
            14 => Ask(plan, Someone(), step: "nonsense"),
            15 => new ProposePlan(plan, One(Mitigations)),
            16 => new RecordImpossiblePlan(plan, "No answer."),
            < 20 => new ApprovePlan(plan, Someone()),
            20 => new RejectPlan(plan, Someone()),
            21 => new CancelPlan(plan, Someone()),
            < 24 => new ExpirePlan(plan),
            < 27 => new BeginStep(plan, step, hash, "key", _random.Next(9)),
            < 30 => new ResendStep(plan, step, hash, _random.Next(9)),
            < 33 => new RecordOutcome(plan, step, Result()),
            33 or 34 => new ResolveIncident(Someone()),
            < 36 => new ReleasePlan(plan),
            36 => Chance(50) ? new RecordRollout(plan, SomeRollout()) : new OfferUndo(plan),
            37 => new JoinIncident(Someone(), One(Channels)),
            38 => new AssignIncident(Someone(), Someone()),
            < 42 when incident is { Queue: [var first, ..] } => new CancelPlan(first.Plan, first.By),
            < 54 => OfStep(SomeStep(incident) ?? new PageStepProgress(ThePages.ByHand("nonsense", RunbookPhase.LongTerm))),
            _ => Chance(30) ? new AbortIncident(Someone(), Chance(50) ? Names : null) : Measure(),
        };
    }

    private IncidentCommand OfStep(PageStepProgress step) => _random.Next(12) switch
    {
        < 2 => new RunPageStep(step.Id, Someone()),
        < 5 => Found(step.Id, Chance(80) ? step.Attempt : _random.Next(4)),
        5 => new RecordFailedPageStep(step.Id, Chance(80) ? step.Attempt : _random.Next(4), "No answer."),
        < 8 => new TakePageStepByHand(step.Id, Someone()),
        8 => new FinishPageStep(step.Id, Someone(), Chance(50) ? Names : null),
        9 => new SkipPageStep(step.Id, Someone(), Chance(50) ? Names : null),
        _ => new AssignFollowUp(step.Id, Chance(50) ? Someone() : null, Chance(50) ? Noon.AddDays(_random.Next(-1, 500)) : null, Someone()),
    };

    private RecordPageStep Found(string step, int attempt) => new(step, attempt, Names, Chance(50) ? NoFiles : OneFile);

    private RecordUsage Measure() => new(Usage(_random.Next(0, 110), Chance(95) ? Capacity : 0, Chance(10) ? 1 : 0) with { Server = SomeServer() });

    private AnsweringServer? SomeServer() => _random.Next(20) switch
    {
        0 => AnotherServer,
        < 10 => TheServer,
        _ => null, // as in old logs, and where nobody said
    };

    private StepResult Result() => new(One(Outcomes), "By chance.");

    private PageStepProgress? SomeStep(Incident? incident) =>
        incident is { Steps.IsEmpty: false } ? incident.Steps[_random.Next(incident.Steps.Length)] : null;

    private PlanId SomePlan(Incident? incident) =>
        incident?.Plan is { } plan && Chance(70) ? plan.Id
        : incident is { Queue: [_, ..] queue } && Chance(50) ? queue[_random.Next(queue.Length)].Plan
        : incident is { PastPlans.Length: > 0 } && Chance(70) ? incident.PastPlans[_random.Next(incident.PastPlans.Length)].Id
        : NewPlanId(_random.Next(9));

    private Standing? Standing() => Chance(10) ? null : One(Standings);

    private Person Someone() => One(People);

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T One<T>(T[] items) => items[_random.Next(items.Length)];
}
