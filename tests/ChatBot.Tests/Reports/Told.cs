using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Incidents.Tests;
using ChatBot.Reports;
using ChatBot.Tests.Dispatch;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Reports;

/// <summary>Incidents as a report gets them: the events one by one, and what the store keeps beside them.</summary>
internal static class Told
{
    private static readonly EvidenceId Note = NewEvidenceId(1);
    private static readonly EvidenceId Found = NewEvidenceId(2);
    private static readonly EvidenceId File = NewEvidenceId(3);
    private static readonly EvidenceId LaterNames = NewEvidenceId(4);
    private static readonly EvidenceId DoneNote = NewEvidenceId(5);

    public static readonly Runbook Page = new(
        "Database Connection Pool Exhaustion",
        ThePages.Standard.Hash,
        "All slots are taken.",
        "New connections are refused.\nRequests run into their timeouts.",
        [
            Step(ThePages.Usage, RunbookPhase.Diagnosis, "1", "Count the connections in use"),
            Step(ThePages.Consumers, RunbookPhase.Diagnosis, "2", "Find out which services hold them"),
            Step(ThePages.Manual, RunbookPhase.Diagnosis, "3", "Look for signs of a leak in the logs"),
            Step("diagnosis-4", RunbookPhase.Diagnosis, "4", "See since when they rise"),
            Step(ThePages.Restart, RunbookPhase.Immediate, "1.1", "Restart the services that leak"),
            Step(ThePages.EndIdle, RunbookPhase.Immediate, "1.2", "End connections that are idle for long"),
            Step(ThePages.Resize, RunbookPhase.ShortTerm, "2.1", "Give a service a larger pool"),
            Step(ThePages.Pooler, RunbookPhase.ShortTerm, "2.2", "Put a connection pooler between"),
            Step(ThePages.Replicas, RunbookPhase.LongTerm, "3.1", "Send reads to replicas"),
            Step(ThePages.Practices, RunbookPhase.LongTerm, "3.2", "Give every connection back after use"),
            Step(ThePages.Alerts, RunbookPhase.LongTerm, "3.3", "Raise an alert before the last one is taken"),
        ]);

    public static readonly MitigationWords EndIdleWords = new(
        "End idle sessions",
        outcome => outcome switch
        {
            Outcome.Applied => "ended",
            Outcome.AlreadySatisfied => "already gone",
            Outcome.Drift => "changed, left alone",
            _ => outcome.ToString(),
        },
        effects => $"{effects} sessions ended");

    /// <summary>From a full server to its relief: two plans, a note, a file, steps by hand, and what is left to do.</summary>
    public static Story WholeStory()
    {
        var story = On(ThePages.Standard)
            .Then(new RecordUsage(Usage(93, refused: 3)))
            .Then(new RecordConsumers(Names, Sessions: 92, Endable: 60) { Cause = KnownCause.Of(StoredExamples.Diagnosis.Verdict!) })
            .Then(new JoinIncident(Dora, Channel))
            .Then(new AssignIncident(Dora, Ana), Facts(named: Standing.Member))
            .Then(new RecordPageStep(ThePages.Pooler, 1, Found, [File]))
            .Then(new RecordFailedPageStep(ThePages.Replicas, 1, "orders-db gave no answer within 5 s."))
            .Then(new FinishPageStep(ThePages.Manual, Dora, Note))
            .Then(new SkipPageStep("diagnosis-4", Dora, Note: null))
            .Then(new AskForMitigation(ThePlan, ThePages.EndIdle, Ana))
            .Then(new ProposePlan(ThePlan, EndIdle()))
            .Then(new RejectPlan(ThePlan, Carl))
            .Then(new RecordUsage(Usage(97)))
            .Then(new RecordMissingUsage("orders-db gave no answer within 5 s."))
            .Then(new RecordMissingUsage("orders-db gave no answer within 5 s."))
            .Then(new RecordUsage(Usage(96)))
            .Then(new AskForMitigation(NextPlan, ThePages.EndIdle, Ana))
            .Then(new ProposePlan(NextPlan, EndIdle()))
            .Then(new ApprovePlan(NextPlan, Boris) { Via = Door.Terminal });
        Carry(story, 1, Outcome.Applied, "Session 4711 is gone.");
        Carry(story, 2, Outcome.AlreadySatisfied, "Session 4712 was gone before.");
        Carry(story, 3, Outcome.Drift, "Session 4713 worked meanwhile; it was left alone.");
        return story
            .Then(new RecordConsumers(LaterNames, Sessions: 39, Endable: 0) { Cause = new KnownCause(Cause.NotExhausted, []) })
            .Later(ThePolicy.SampleEvery).Measure(40, 40, 39, 39, 39, 39, 39, 39)
            .Then(new AssignFollowUp(ThePages.Alerts, Boris, Noon.AddDays(30), Ana), Facts(named: Standing.Member))
            .Then(new AssignFollowUp(ThePages.Practices, Owner: null, Due: null, Ana))
            .Then(new ResolveIncident(Dora))
            .Later(TimeSpan.FromDays(1)).Then(new FinishPageStep(ThePages.Practices, Ana, DoneNote));
    }

    public static ReportSources WholeSources(Story story) => Sources(story) with
    {
        Evidence = new Dictionary<EvidenceId, ReportEvidence>
        {
            [Names] = new() { Consumers = Holders(Group("checkout-api", 60)), Verdict = StoredExamples.Diagnosis.Verdict },
            [LaterNames] = new() { Consumers = Holders(Group("orders-web", 39)) },
            [Note] = new() { Words = ForeignText.From("Pool timeouts since 11:40, all from checkout.", 500) },
            [DoneNote] = new() { Words = ForeignText.From("merged", 500) },
            [Found] = new() { Found = ["A pool of 20 does for both services:", "• checkout-api: 60 sessions, 2 at work\n• orders-web: 5 sessions"] },
            [File] = new() { File = "pgbouncer.ini" },
        },
        FollowUps = new Dictionary<string, long> { [ThePages.Practices] = 1, [ThePages.Alerts] = 2 },
        Names = new Dictionary<Person, ForeignText> { [Ana] = ForeignText.From("Ana", 80) },
    };

    /// <summary>With the stored plan, and no evidence.</summary>
    public static ReportSources Sources(Story story) => new()
    {
        LastHash = new string('c', 64),
        Page = Page,
        Mitigations = new Dictionary<string, MitigationWords> { [EndIdleSessions.StoredName] = EndIdleWords },
        Plans = story.MaybeIncident is null ? [] : story.Incident.PastPlans.Append(story.Incident.Plan).OfType<PlanProgress>().ToDictionary(
            plan => plan.Id,
            plan => new StoredPlan(story.Plan is { } stored && stored.Id == plan.Id ? stored : null, plan.Hash, plan.Hash)),
    };

    public static IncidentHistory History(IEnumerable<IncidentEvent> events)
    {
        var history = new IncidentHistory();
        foreach (var (at, happened) in events.Index())
        {
            history.Add(at + 1, happened);
        }

        return history;
    }

    public static ConnectionConsumers Holders(params IReadOnlyList<ConsumerGroup> groups) =>
        new(groups, groups.Sum(group => group.Count), ThePolicy.IdleFor, groups.Sum(group => group.LongIdle));

    /// <param name="application">Through the door that all names come through.</param>
    public static ConsumerGroup Group(string application, int count) => new(
        ForeignText.From(application, 64), ForeignText.From("checkout", 63), ForeignText.From("orders", 63), ForeignText.From("10.0.0.7", 63),
        count, Idle: count - 2, LongIdle: count - 2, IdleInTransaction: 0, Active: 2, WaitingForLock: 0, TimeSpan.FromMinutes(61), TimeSpan.FromHours(30));

    private static void Carry(Story story, int step, Outcome outcome, string detail) => story
        .Later(TimeSpan.FromSeconds(1)).Begin(step)
        .Do(new RecordOutcome(story.Incident.Plan!.Id, step, new StepResult(outcome, detail)));

    private static RunbookStep Step(string id, RunbookPhase phase, string number, string title) => new(id, phase, number, title, Line: 1);
}
