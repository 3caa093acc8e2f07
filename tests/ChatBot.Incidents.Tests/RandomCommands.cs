using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>Commands, facts and times by chance: mostly what fits the moment, often enough what doesn't.</summary>
public sealed class RandomCommands(int seed)
{
    private static readonly Person[] People = [Ana, Boris, Carl, Guest];
    private static readonly RecordUsage Calm = new(Usage(40));

    private readonly Random _random = new(seed);
    private int _plans = 100;

    public TimeSpan Pause(Incident? incident, DateTimeOffset now) => _random.Next(20) switch
    {
        0 when incident?.Plan is { ExpiresAt: var end } && end > now => end - now, // the exact moment
        1 => TimeSpan.FromMinutes(_random.Next(40)),
        2 => TimeSpan.FromSeconds(-_random.Next(5)), // a clock that was set back
        < 8 => TimeSpan.Zero,
        _ => TimeSpan.FromMilliseconds(_random.Next(20_000)),
    };

    public Facts Facts() => Chance(70) ? Given.Facts() : Given.Facts(
        Standing(),
        Standing(),
        Chance(80) ? TargetMode.Act : One(Enum.GetValues<TargetMode>()),
        hasApprovers: Chance(90),
        Chance(10) ? TheOtherChange : null);

    public IncidentCommand Next(Incident? incident) =>
        incident is null && Chance(90) ? new OpenIncident(TheIncident, Target, Channel, Someone(), ThePages.Standard)
        : incident is not null && Chance(70) ? Fitting(incident)
        : Any(incident);

    private IncidentCommand Fitting(Incident incident) => incident switch
    {
        { Plan.Stage: PlanStage.DrawnUp } => new ProposePlan(incident.Plan.Id, EndIdle(_random.Next(8) == 0 ? 0 : _random.Next(1, 5))),
        { Plan: { Stage: PlanStage.Running, NextStep: { } next } plan } => plan.Steps[next - 1].Intended
            ? new RecordOutcome(plan.Id, next, Result())
            : new BeginStep(plan.Id, next, plan.Hash, "key", _random.Next(9)),
        { State: IncidentState.AwaitingApproval, Plan: { } plan } => new ApprovePlan(plan.Id, Someone()),
        { State: IncidentState.Diagnosing } => Chance(50) ? Measure() : new RecordConsumers(Names, 92, 60),
        { State: IncidentState.Deciding } => Chance(70) ? Ask(NewPlanId(++_plans), Someone()) : Measure(),
        { State: IncidentState.Verifying } => Chance(80) ? Calm : Measure(),
        { State: IncidentState.Stabilized } => _random.Next(12) switch
        {
            0 => new ResolveIncident(Someone()),
            < 3 => Ask(NewPlanId(++_plans), Someone()),
            < 5 => Measure(),
            _ => Calm,
        },
        _ => Any(incident),
    };

    private IncidentCommand Any(Incident? incident)
    {
        var plan = SomePlan(incident);
        var step = _random.Next(-1, 6);
        var hash = Chance(80) ? incident?.FindPlan(plan)?.Hash ?? "" : new string('0', 64);
        return _random.Next(36) switch
        {
            0 => new OpenIncident(TheIncident, Target, Channel, Someone(), ThePages.Standard),
            1 or 2 => new RunDiagnosisAgain(Someone()),
            < 6 => Measure(),
            < 9 => new RecordMissingUsage("No answer."),
            9 => new RecordConsumers(Names, _random.Next(100), _random.Next(100)),
            10 or 11 => new RecordMissingConsumers("No answer."),
            12 or 13 => Ask(plan, Someone()) with { Anew = Chance(70) },
            14 => Ask(plan, Someone(), step: "nonsense"),
            15 => new ProposePlan(plan, EndIdle(_random.Next(60))),
            16 => new RecordImpossiblePlan(plan, "No answer."),
            < 20 => new ApprovePlan(plan, Someone()),
            20 => new RejectPlan(plan, Someone()),
            21 => new CancelPlan(plan, Someone()),
            < 24 => new ExpirePlan(plan),
            < 27 => new BeginStep(plan, step, hash, "key", _random.Next(9)),
            < 30 => new ResendStep(plan, step, hash, _random.Next(9)),
            < 33 => new RecordOutcome(plan, step, Result()),
            33 or 34 => new ResolveIncident(Someone()),
            _ => Chance(30) ? new AbortIncident(Someone(), Chance(50) ? Names : null) : Measure(),
        };
    }

    private RecordUsage Measure() => new(Usage(_random.Next(0, 110), Chance(95) ? Capacity : 0, Chance(10) ? 1 : 0));

    private StepResult Result() => new(One(Enum.GetValues<Outcome>()), "By chance.");

    private PlanId SomePlan(Incident? incident) =>
        incident?.Plan is { } plan && Chance(70) ? plan.Id
        : incident is { PastPlans.Length: > 0 } && Chance(70) ? incident.PastPlans[_random.Next(incident.PastPlans.Length)].Id
        : NewPlanId(_random.Next(9));

    private Standing? Standing() => Chance(10) ? null : One(Enum.GetValues<Standing>());

    private Person Someone() => One(People);

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T One<T>(T[] items) => items[_random.Next(items.Length)];
}
