using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents.Tests;

/// <summary>People, times and incidents that tests start from. Each incident got where it is by real commands.</summary>
public static class Given
{
    public const string Target = "orders-db";
    public const string Channel = "C0INCIDENTS";

    public static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Opens the incident and asks for the plans.</summary>
    public static readonly Person Ana = new("T0HOME", "U0ANA");

    /// <summary>Approves.</summary>
    public static readonly Person Boris = new("T0HOME", "U0BORIS");

    /// <summary>Another approver.</summary>
    public static readonly Person Carl = new("T0HOME", "U0CARL");

    /// <summary>A member of the workspace who has done nothing so far.</summary>
    public static readonly Person Dora = new("T0HOME", "U0DORA");

    public static readonly Person Guest = new("T0ELSEWHERE", "U0GUEST");

    public static readonly Policy ThePolicy = new(
        PlanLifetime: TimeSpan.FromMinutes(10),
        IdleFor: TimeSpan.FromMinutes(30),
        MaxSessions: 50,
        SampleEvery: TimeSpan.FromSeconds(10),
        ConsumersEvery: TimeSpan.FromSeconds(30),
        ReliefBelow: 0.8,
        ReliefAfter: TimeSpan.FromSeconds(60),
        WatchFor: TimeSpan.FromMinutes(30),
        FollowUpDue: TimeSpan.FromDays(14));

    public static readonly IncidentId TheIncident = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));
    public static readonly PlanId ThePlan = NewPlanId(1);
    public static readonly PlanId NextPlan = NewPlanId(2);

    /// <summary>Reads plans back; the real program has more kinds.</summary>
    public static readonly MitigationKinds Kinds = new(
        [
            EndIdleSessions.Kind, EndTransactions.Kind, EndBlocker.Kind, CancelStatements.Kind, LimitAccount.Kind,
            RestartService.Kind, ResizePool.Kind, PauseRollout.Kind, ScaleWorkload.Kind,
        ]);

    public static readonly EvidenceId Names = new(new Guid("01936c5e-0000-7000-8000-0000000000bb"));

    public static readonly DateTimeOffset ServerStartedAt = Noon.AddDays(-3).AddMicroseconds(123_456);

    public static readonly ServerPin Server = new(ServerStartedAt);

    /// <summary>Who answers under the target's name.</summary>
    public static readonly AnsweringServer TheServer = new("PostgreSQL", Server, ServerRole.Primary);

    /// <summary>Who answers after a restart or a failover.</summary>
    public static readonly AnsweringServer AnotherServer = TheServer with { Life = new ServerPin(Noon.AddMicroseconds(1)) };

    /// <summary>Nobody holds a slot beyond 80 % of 97: 77 is below the mark, 78 above.</summary>
    public const int Capacity = 97;

    public static EvidenceId NewEvidenceId(int number) => new(new Guid($"01936c5e-0000-7000-9000-{number:D12}"));

    public static PlanId NewPlanId(int number) => new(new Guid($"01936c5e-0000-7000-8000-{number:D12}"));

    public static Facts Facts(
        Standing? standing = Standing.Approver,
        Standing? approvers = Standing.Approver,
        TargetMode mode = TargetMode.Act,
        bool hasApprovers = true,
        ChangeUnderWay? changing = null,
        Standing? named = null) =>
        new(ThePolicy, new TargetPolicy("PRODUCTION", mode, hasApprovers), standing, approvers, changing, named);

    public static ConnectionUsage Usage(int used, int capacity = Capacity, int refused = 0) => new(
        used, capacity, MaxConnections: 100, Idle: used - 1, IdleInTransaction: 0, Active: 1, WaitingForLock: 0,
        RunbookCount: used + 6, SeesEverything: true, RefusedLogins: refused);

    /// <summary>Measured at <see cref="TheServer"/>.</summary>
    public static ConnectionUsage UsageHere(int used) => Usage(used) with { Server = TheServer };

    public static EndIdleSessions EndIdle(int sessions = 3) => new(
        Server, ThePolicy.IdleFor, [.. Enumerable.Range(0, sessions).Select(Session)], More: 2);

    public static PinnedSession Session(int number) => new(
        new PostgreSqlPin(
            4711 + number,
            Noon.AddHours(-2).AddMicroseconds(number + 1),
            Noon.AddHours(-1).AddMicroseconds(number + 7),
            TransactionStartedAt: null,
            "checkout",
            "orders"),
        ForeignText.From("checkout-api", 64),
        ForeignText.From("10.0.0.7", 64),
        TimeSpan.FromMinutes(60 - number));

    /// <summary>The plan of an earlier incident that was stopped with a step in flight.</summary>
    public static readonly ChangeUnderWay TheOtherChange = new(NewPlanId(99), Carl);

    public static Story On(ChosenPage page) => new Story().Do(new OpenIncident(TheIncident, Target, Channel, Ana, page));

    public static Story Diagnosing => On(ThePages.Standard);

    public static Story Deciding => DecidingOn(ThePages.Standard);

    /// <summary>A restart has begun, and its pods are being replaced.</summary>
    public static Story Restarting => RestartOf(Outcome.Applied);

    public static Story RestartOf(Outcome outcome)
    {
        var story = DecidingOn(ThePages.WithRestart).Do(Ask(step: ThePages.Another)).Do(new ProposePlan(ThePlan, EveryMitigation.Restarted)).Do(new ApprovePlan(ThePlan, Boris));
        return story.Do(new BeginStep(ThePlan, 1, story.Incident.Plan!.Hash, "key", Fence: 1)).Outcome(1, outcome);
    }

    /// <summary>Relieved, with a limit in place that is to be taken back.</summary>
    public static Story Limiting => LimitOf(Outcome.Applied).Measure(40, 40, 40, 40, 40, 40, 40);

    public static Story LimitOf(Outcome outcome)
    {
        var story = DecidingOn(ThePages.WithBrake).Do(Ask(step: ThePages.Another)).Do(new ProposePlan(ThePlan, EveryMitigation.Limited)).Do(new ApprovePlan(ThePlan, Boris));
        return story.Do(new BeginStep(ThePlan, 1, story.Incident.Plan!.Hash, "key", Fence: 1)).Outcome(1, outcome);
    }

    public static Story DecidingOn(ChosenPage page) => On(page)
        .Do(new RecordUsage(Usage(93)))
        .Do(new RecordConsumers(Names, Sessions: 92, Endable: 60));

    public static Story DrawingUp => Deciding.Do(Ask());

    public static Story AwaitingApproval => DrawingUp.Do(new ProposePlan(ThePlan, EndIdle()));

    public static Story Executing => AwaitingApproval.Do(new ApprovePlan(ThePlan, Boris));

    public static Story StepInFlight => Executing.Begin(1);

    public static Story Verifying => Executing
        .Begin(1).Outcome(1, Outcome.Applied)
        .Begin(2).Outcome(2, Outcome.AlreadySatisfied)
        .Begin(3).Outcome(3, Outcome.Drift);

    public static Story Stabilized => Verifying.Measure(40, 40, 40, 40, 40, 40, 40);

    public static Story Resolved => Stabilized.Do(new ResolveIncident(Ana));

    public static Story Aborted => Deciding.Do(new AbortIncident(Ana, Reason: null));

    public static Story Rejected => AwaitingApproval.Do(new RejectPlan(ThePlan, Boris));

    public static Story Cancelled => AwaitingApproval.Do(new CancelPlan(ThePlan, Ana));

    public static Story Expired => AwaitingApproval.Later(ThePolicy.PlanLifetime).Do(new ExpirePlan(ThePlan));

    public static Story Superseded => AwaitingApproval
        .Do(Ask(NextPlan, Carl) with { Anew = true })
        .Do(new ProposePlan(NextPlan, EndIdle()));

    /// <summary>Somebody else made room while the plan waited.</summary>
    public static Story Overtaken => AwaitingApproval.Later(ThePolicy.SampleEvery).Measure(40, 40, 40, 40, 40, 40, 40);

    public static AskForMitigation Ask(PlanId? plan = null, Person? by = null, string step = ThePages.EndIdle) =>
        new(plan ?? ThePlan, step, by ?? Ana);
}
