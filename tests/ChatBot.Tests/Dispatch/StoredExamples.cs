using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack;
using ChatBot.Steps;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Dispatch;

/// <summary>What the lines of the golden files mean, in the files' order. A line is never changed: it stands for logs out there.</summary>
internal static class StoredExamples
{
    private const string Hash = "9c41e07b5d0f4d1e8a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7081";
    private const string Key = "abcdefghijklmnopqrstuvwxyz";

    private static readonly ConnectionUsage Full = new(93, 97, 100, Idle: 80, IdleInTransaction: 5, Active: 8, WaitingForLock: 2, RunbookCount: 99, SeesEverything: true, RefusedLogins: 3);

    private static readonly ConnectionUsage Blind = new(40, 97, 100, Idle: 0, IdleInTransaction: 0, Active: 0, WaitingForLock: 0, RunbookCount: 46, SeesEverything: false, RefusedLogins: 0);

    public static readonly IReadOnlyList<IncidentEvent> Events =
    [
        new IncidentOpened(TheIncident, Target, "PRODUCTION", Channel, Ana) { At = Noon },
        new DiagnosisStarted(1, By: null) { At = Noon },
        new DiagnosisStarted(2, Ana) { At = Noon.AddMilliseconds(1) },
        new UsageMeasured(Full) { At = Noon.AddSeconds(1) },
        new UsageMeasured(Blind) { At = Noon.AddSeconds(1) },
        new UsageMissing("orders-db gave no answer within 5 s.") { At = Noon.AddSeconds(2) },
        new ConsumersMeasured(Names, 92, 60) { At = Noon.AddSeconds(3) },
        new ConsumersMissing("The bot's role lacks pg_read_all_stats.") { At = Noon.AddSeconds(4) },
        new DiagnosisConcluded { At = Noon.AddSeconds(5) },
        new MitigationAsked(ThePlan, EndIdleSessions.StoredName, Ana) { At = Noon.AddSeconds(6) },
        new MitigationNotPossible(ThePlan, "There is nothing left to do: no session qualifies any more.") { At = Noon.AddSeconds(7) },
        new PlanProposed(ThePlan, Hash, EndIdleSessions.StoredName, 50, Ana, 1, Noon.AddMinutes(10)) { At = Noon.AddSeconds(8) },
        new ApprovalGiven(ThePlan, Boris) { At = Noon.AddSeconds(9) },
        new PlanApproved(ThePlan) { At = Noon.AddSeconds(10) },
        new PlanRejected(ThePlan, Boris) { At = Noon.AddSeconds(11) },
        new PlanCancelled(ThePlan, Ana) { At = Noon.AddSeconds(12) },
        new PlanExpired(ThePlan) { At = Noon.AddSeconds(13) },
        new PlanSuperseded(ThePlan, Carl) { At = Noon.AddSeconds(14) },
        new StepIntended(ThePlan, 1, Key, 7) { At = Noon.AddSeconds(15) },
        new StepResent(ThePlan, 1, 8) { At = Noon.AddSeconds(16) },
        .. Enum.GetValues<Outcome>().Select(outcome =>
            new StepFinished(ThePlan, 2, outcome, "It changed: ä, \"quoted\", <tag> & more.") { At = Noon.AddSeconds(17) }),
        new MitigationFinished(ThePlan) { At = Noon.AddSeconds(18) },
        new ReliefVerified(Full, Blind) { At = Noon.AddSeconds(19) },
        new ReliefVerified(Before: null, Blind) { At = Noon.AddSeconds(19) },
        new ReliefMissing(Full) { At = Noon.AddSeconds(20) },
        new ReliefMissing(After: null) { At = Noon.AddSeconds(20) },
        new RefillSeen(Full) { At = Noon.AddSeconds(21) },
        new WatchHeld { At = Noon.AddSeconds(22) },
        new IncidentResolved(Ana) { At = Noon.AddSeconds(23) },
        new IncidentAborted(Ana, Names) { At = Noon.AddSeconds(24) },
        new IncidentAborted(Ana, Reason: null) { At = Noon.AddSeconds(24) },
        new PlanOvertaken(ThePlan) { At = Noon.AddSeconds(25) },

        // From here on incidents follow pages. The lines of these two above are older: without a step, without a door.
        new MitigationAsked(ThePlan, EndIdleSessions.StoredName, Ana) { At = Noon.AddSeconds(6) },
        new ApprovalGiven(ThePlan, Boris) { At = Noon.AddSeconds(9) },
        new MitigationAsked(ThePlan, EndIdleSessions.StoredName, Ana) { At = Noon.AddSeconds(6), Step = "mitigation-1-2" },
        new ApprovalGiven(ThePlan, Boris) { At = Noon.AddSeconds(9), Via = Door.Terminal },
        new PageChosen("database-connection-pool-exhaustion", Hash, [
            new PageStep("diagnosis-1", RunbookPhase.Diagnosis, "connection-usage", StepWork.Reads, IsEssential: true, Mitigation: null),
            new PageStep("mitigation-1-1", RunbookPhase.Immediate, Type: null, Work: null, IsEssential: false, Mitigation: null),
            new PageStep("mitigation-1-2", RunbookPhase.Immediate, "terminate-idle", StepWork.Changes, IsEssential: false, EndIdleSessions.StoredName),
            new PageStep("mitigation-2-1", RunbookPhase.ShortTerm, "advise-app-pooling", StepWork.Advises, IsEssential: false, Mitigation: null),
            new PageStep("mitigation-3-1", RunbookPhase.LongTerm, Type: null, Work: null, IsEssential: false, Mitigation: null),
        ]) { At = Noon },
        new ResponderJoined(Boris, "C0OTHER") { At = Noon.AddSeconds(26) },
        new IncidentAssigned(Boris, Ana) { At = Noon.AddSeconds(27) },
        new PageStepStarted("mitigation-2-1", 2, Ana) { At = Noon.AddSeconds(28) },
        new PageStepAnswered("mitigation-2-1", 2, Names, []) { At = Noon.AddSeconds(29) },
        new PageStepAnswered("mitigation-2-1", 2, Names, [NewEvidenceId(1), NewEvidenceId(2)]) { At = Noon.AddSeconds(29) },
        new PageStepFailed("mitigation-2-1", 2, "It took longer than 1m, so I stopped waiting.") { At = Noon.AddSeconds(30) },
        new PageStepTakenByHand("mitigation-1-1", Ana) { At = Noon.AddSeconds(31) },
        new PageStepDone("mitigation-1-1", Ana, Names) { At = Noon.AddSeconds(32) },
        new PageStepDone("mitigation-1-1", Ana, Note: null) { At = Noon.AddSeconds(32) },
        new PageStepSkipped("mitigation-1-1", Ana, Names) { At = Noon.AddSeconds(33) },
        new PageStepSkipped("mitigation-1-1", Ana, Note: null) { At = Noon.AddSeconds(33) },
        new FollowUpAssigned("mitigation-3-1", Boris, Noon.AddDays(14), Ana) { At = Noon.AddSeconds(34) },
        new FollowUpAssigned("mitigation-3-1", Boris, Noon.AddDays(14), By: null) { At = Noon.AddSeconds(34) },
        new MitigationQueued(NextPlan, "mitigation-1-2", Carl) { At = Noon.AddSeconds(35) },
        new MitigationUnqueued(NextPlan, Carl) { At = Noon.AddSeconds(36) },
        new PlanHeld(ThePlan, NextPlan, Carl) { At = Noon.AddSeconds(37) },

        // From here on the cause is judged. The lines of these above are older: without a cause, and nobody was warned.
        new ConsumersMeasured(Names, 92, 60) { At = Noon.AddSeconds(3) },
        new ConsumersMissing("The bot's role lacks pg_read_all_stats.") { At = Noon.AddSeconds(4) },
        new MitigationAsked(ThePlan, EndIdleSessions.StoredName, Ana) { At = Noon.AddSeconds(6) },
        new MitigationAsked(ThePlan, EndIdleSessions.StoredName, Ana) { At = Noon.AddSeconds(6), Step = "mitigation-1-2" },
        new MitigationQueued(NextPlan, "mitigation-1-2", Carl) { At = Noon.AddSeconds(35) },
        new ConsumersMeasured(Names, 92, 60)
        {
            At = Noon.AddSeconds(38),
            Cause = new KnownCause(Cause.LockPileUp, [new StepWorth("terminate-idle", Worth.Harmful, "Those who wait come back at once.")]),
        },
        new ConsumersMissing("orders-db is full.") { At = Noon.AddSeconds(39), Evidence = Names, Cause = new KnownCause(Cause.Undetermined, []) },
        new MitigationAsked(ThePlan, EndIdleSessions.StoredName, Ana) { At = Noon.AddSeconds(40), Step = "mitigation-1-2", Anyway = true },
        new MitigationQueued(NextPlan, "mitigation-1-2", Carl) { At = Noon.AddSeconds(41), Anyway = true },

        // From here on it is known which server answered, and whether it refused because it was full. The lines of these above are older.
        new UsageMeasured(Full) { At = Noon.AddSeconds(1) },
        new UsageMeasured(Blind) { At = Noon.AddSeconds(1) },
        new UsageMissing("orders-db gave no answer within 5 s.") { At = Noon.AddSeconds(2) },
        new ReliefVerified(Full, Blind) { At = Noon.AddSeconds(19) },
        new ReliefVerified(Before: null, Blind) { At = Noon.AddSeconds(19) },
        new ReliefMissing(Full) { At = Noon.AddSeconds(20) },
        new RefillSeen(Full) { At = Noon.AddSeconds(21) },
        .. Enum.GetValues<ServerRole>().Select(role => new UsageMeasured(Full with { Server = TheServer with { Role = role } }) { At = Noon.AddSeconds(42) }),
        new UsageMissing("orders-db is full: it refused the bot's own login, chatbot.") { At = Noon.AddSeconds(43), RefusedLogins = 43 },
        new ServerChanged(TheServer, new AnsweringServer("MySQL", new ServerPin(Noon, "7a0c5d7e-93b1-11f0-8f3a-0242ac120002"), ServerRole.Primary)) { At = Noon.AddSeconds(44) },

        // From here on it is known what stays until it is undone. The lines of these above are older.
        new PlanProposed(ThePlan, Hash, EndIdleSessions.StoredName, 50, Ana, 1, Noon.AddMinutes(10)) { At = Noon.AddSeconds(8) },
        new MitigationFinished(ThePlan) { At = Noon.AddSeconds(18) },
        new PlanProposed(ThePlan, Hash, LimitAccount.StoredName, 1, Ana, 1, Noon.AddMinutes(10)) { At = Noon.AddSeconds(8), Lasting = Lasting.UntilUndone },
        new PlanProposed(ThePlan, Hash, LimitAccount.StoredName, 1, Ana, 1, Noon.AddMinutes(10)) { At = Noon.AddSeconds(8), Lasting = Lasting.Undo },
        new MitigationFinished(ThePlan) { At = Noon.AddSeconds(18), UndoDue = Noon.AddDays(1) },

        // From here on a plan can replace pods, and say itself until when its change may stay.
        new PlanProposed(ThePlan, Hash, ResizePool.StoredName, 1, Ana, 1, Noon.AddMinutes(10)) { At = Noon.AddSeconds(8), Lasting = Lasting.UntilUndone, UndoDue = Noon.AddDays(1), RollsOut = "checkout-api" },
        new RolloutSeen(ThePlan, new RolloutLook("checkout-api", RolloutStage.Running, 2, 3, 4, "A pod crashes again and again; its log says why.")) { At = Noon.AddSeconds(45) },
        new MitigationAsked(ThePlan, ResizePool.StoredName, Ana) { At = Noon.AddSeconds(46), Step = "mitigation-2-1", Choice = "size=12 for=4h" },
        new MitigationQueued(NextPlan, "mitigation-2-1", Carl) { At = Noon.AddSeconds(47), Choice = "size=12 for=4h" },
        // From here on a rollout is told with what the cluster warns of.
        new RolloutSeen(ThePlan, new RolloutLook("checkout-api", RolloutStage.Running, 2, 3, 4, "A pod crashes again and again; its log says why.")) { At = Noon.AddSeconds(45) },
        new RolloutSeen(ThePlan, new RolloutLook("checkout-api", RolloutStage.Stuck, 2, 3, 4, "No node has room for a pod.") { Warned = 12 }) { At = Noon.AddSeconds(45), Warning = Names },

        // From here on it is said when a change outstays its time.
        new UndoFellDue(ThePlan) { At = Noon.AddDays(1) },
    ];

    public static readonly IReadOnlyList<Effect> Effects =
    [
        new ProbeUsage(),
        new ProbeUsage { Due = Noon },
        new ProbeConsumers(),
        new DrawUpPlan(ThePlan, EndIdleSessions.StoredName),
        new RunStep(ThePlan, 3),
        new EndPlanInTime(ThePlan) { Due = Noon.AddMinutes(10) },
        new Show(IncidentPart.Card),
        new Show(IncidentPart.Consumers),
        new Show(IncidentPart.Plan, ThePlan),

        // From here on incidents follow pages. The lines above are older: without a step, without a phase.
        new Show(IncidentPart.Card),
        new Show(IncidentPart.Consumers),
        new Show(IncidentPart.Plan, ThePlan),
        new Show(IncidentPart.Step) { Step = "diagnosis-1" },
        new Show(IncidentPart.Steps) { Phase = RunbookPhase.Immediate },
        new Show(IncidentPart.Steps) { Phase = RunbookPhase.ShortTerm },
        new RunStepOfPage("mitigation-2-1", 2),
        new ShareFile("mitigation-2-1", NewEvidenceId(1)),
        new ShareReport(),
        new AwaitTurn(ThePlan) { Due = Noon },
        new WatchRollout(ThePlan),

        // From here on a change that outstays its time has a message of its own.
        new OfferUndoInTime(ThePlan) { Due = Noon.AddDays(1) },
        new Show(IncidentPart.Undo, ThePlan),
    ];

    public static Diagnosis Diagnosis => new(
        Consumers,
        new Verdict(
            Cause.IdleLeak,
            new LayerNumbers(Layer.Server, default, 97, 97),
            Sentence.Of($"{Consumers.Groups[0].Application} holds {60} of {97} slots and gives none back."),
            [new Reason(Sentence.Of($"{57} of its {60} sessions are idle."), "experience")],
            [new Reason(Sentence.Of($"{2} of them work."))],
            [new StepWorth("terminate-idle", Worth.Helps, "It frees slots at once."), new StepWorth("raise-limit", Worth.Harmful, "The leak takes those as well.")])
        {
            Culprit = Consumers.Groups[0].Application,
            Shared = Sentence.Of($"All ran the same statement last: {ForeignText.From("select ?", 80)}."),
            Also = [new OtherCause(Cause.TransactionLeak, Sentence.Of($"{1} is idle in a transaction."))],
            Unseen = [Sentence.Of($"The pooler didn't answer.")],
        });

    public static readonly ConnectionConsumers Consumers = new(
        [
            new ConsumerGroup(
                ForeignText.From("checkout-api", 63), ForeignText.From("checkout", 63), ForeignText.From("orders", 63), ForeignText.From("10.0.0.7", 63),
                Count: 60, Idle: 57, LongIdle: 50, IdleInTransaction: 1, Active: 2, WaitingForLock: 1, TimeSpan.FromMinutes(61.5), TimeSpan.FromHours(30)),
            new ConsumerGroup(
                ForeignText.From("", 63), ForeignText.From("ops", 63), ForeignText.From("postgres", 63), ForeignText.From("", 63),
                Count: 1, Idle: 0, LongIdle: 0, IdleInTransaction: 0, Active: 1, WaitingForLock: 0, OldestIdle: null, TimeSpan.FromMicroseconds(1)),
        ],
        Sessions: 61,
        TimeSpan.FromMinutes(30),
        Endable: 50);

    public static readonly ForeignText Words = ForeignText.From("we fail over, \"by hand\" <now>", 300);

    public static readonly Delivery Command = new("command:13345224609.738474920.8088930838d88f008e0", DeliveryKind.Command, Ana, Channel) { Text = "start orders-db" };

    public static readonly Delivery Press = new("press:13345224609.738474920.8088930838d88f008e1", DeliveryKind.Press, Boris, Channel)
    {
        ActionId = "plan.approve",
        Value = $"{TheIncident}.{ThePlan}",
        MessageTs = "1764158400.000100",
    };

    public static readonly Answer Refused = new("You asked for this plan, so someone else has to approve it.");

    public static readonly Answer Noted = Answer.Accepted with { Note = "One change at a time on orders-db: yours waits for plan 46314bbb of <@U0ANA>, then I draw it up." };

    public static readonly Delivery Submission = new("submission:13345224609.738474920.8088930838d88f008e2", DeliveryKind.Submission, Boris, Channel)
    {
        Text = "restarted checkout-api, \"slots\" fall",
        ActionId = "step.done",
        Value = $"{TheIncident}.step.mitigation-1-1",
        MessageTs = "1764158400.000200",
    };

    public static readonly StepFile File = new("pgbouncer.ini", "[databases]\norders = host=db.example.com\n");

    public static readonly TellPerson Tell = new(Channel, Ana.User, "An incident on orders-db is open already, in another channel: <#C0OTHER>.");
}
