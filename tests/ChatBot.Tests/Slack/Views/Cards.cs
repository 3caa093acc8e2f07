using ChatBot.Configuration;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Incidents.Tests;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using ChatBot.Steps.LimitRole;
using ChatBot.Steps.TerminateIdle;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack.Views;

/// <summary>Incidents in every state a card can show, each by real commands, and what the views need beside them.</summary>
internal static class Cards
{
    public static readonly ConnectionConsumers Consumers = new(
        [
            Group("checkout-api", "checkout", "10.0.0.7", count: 60, idle: 57),
            Group("", "ops", "", count: 1, idle: 0),
            Group("reports", "reports", "10.0.0.9", count: 31, idle: 3),
        ],
        Sessions: 92,
        ThePolicy.IdleFor,
        Endable: 60);

    public static readonly ConnectionConsumers Nobody = new([], Sessions: 0, ThePolicy.IdleFor, Endable: 0);

    private static readonly AnsweringServer MySql = new("MySQL", new ServerPin(ServerStartedAt, "7a0c5d7e-93b1-11f0-8f3a-0242ac120002"), ServerRole.Primary);

    private static readonly ConnectionUsage Elsewhere = Usage(4) with { Server = AnotherServer };

    private static Story Here => Diagnosing.Do(new RecordUsage(UsageHere(93))).Do(new RecordConsumers(Names, 92, Endable: 60) { Server = TheServer });

    private static RecordMissingUsage NobodyGetsIn(int refused) => new("orders-db is full: it refused the bot's own login, chatbot.") { RefusedLogins = refused };

    /// <summary>In the order in which a reader meets them; the name is the golden file's.</summary>
    public static readonly IReadOnlyDictionary<string, Func<Story>> Stories = new Dictionary<string, Func<Story>>
    {
        ["diagnosing"] = () => Diagnosing,
        ["diagnosing, usage known"] = () => Diagnosing.Do(new RecordUsage(Usage(93))),
        ["diagnosing, no answer"] = () => Diagnosing.Do(new RecordMissingUsage("orders-db gave no answer within 5 s.")),
        ["deciding"] = () => Deciding,
        ["deciding, rising"] = () => Deciding.Later(TimeSpan.FromSeconds(10)).Measure(94, 95, 96),
        ["deciding, full"] = () => Deciding.Measure(97),
        ["deciding, refused login"] = () => Deciding.Do(new RecordUsage(Usage(96, refused: 2))),
        ["deciding, ending idle sessions does harm"] = () => Deciding.Do(new RecordConsumers(Names, 92, Endable: 2)
        {
            Cause = new KnownCause(Cause.LockPileUp, [new StepWorth("terminate-idle", Worth.Harmful, "Those who wait come back at once.")]),
        }),
        ["deciding, two ways"] = () => DecidingOn(ThePages.WithBrake),
        ["deciding, room again"] = () => Deciding.Measure(40),
        ["deciding, room again but rising"] = () => Diagnosing.Measure(50, 55, 60).Do(new RecordConsumers(Names, 59, Endable: 20)),
        ["deciding, nothing endable"] = () => Diagnosing.Do(new RecordUsage(Usage(93))).Do(new RecordConsumers(Names, 92, Endable: 0)),
        ["deciding, consumers unknown"] = () => Diagnosing.Do(new RecordUsage(Usage(93))).Do(new RecordMissingConsumers("The bot's role lacks pg_read_all_stats.")),
        ["deciding, no answer any more"] = () => Deciding.Later(TimeSpan.FromSeconds(10)).Do(new RecordMissingUsage("orders-db gave no answer within 5 s.")),
        ["drawing up"] = () => DrawingUp,
        ["drawing up, room again"] = () => DrawingUp.Measure(40),
        ["no plan possible"] = () => DrawingUp.Do(new RecordImpossiblePlan(ThePlan, "No session has been idle longer than 30 min.")),
        ["awaiting approval"] = () => AwaitingApproval,
        ["executing"] = () => Executing.Begin(1).Outcome(1, Outcome.Applied),
        ["verifying"] = () => Verifying.Later(TimeSpan.FromSeconds(1)).Measure(40),
        ["stabilized"] = () => Stabilized,
        ["stabilized, no answer"] = () => Stabilized.Later(TimeSpan.FromSeconds(10)).Do(new RecordMissingUsage("orders-db gave no answer within 5 s.")),
        ["stabilized, drawing up"] = () => Stabilized.Do(Ask(NextPlan)),
        ["held"] = () => Stabilized.Later(ThePolicy.WatchFor).Measure(40),
        ["held, no answer"] = () => Stabilized.Later(ThePolicy.WatchFor).Measure(40).Later(TimeSpan.FromSeconds(10)).Do(new RecordMissingUsage("orders-db gave no answer within 5 s.")),
        ["refill"] = () => Stabilized.Later(TimeSpan.FromMinutes(5)).Measure(90).Do(new RecordConsumers(Names, 88, 12)),
        ["not relieved"] = () => Verifying.Later(TimeSpan.FromSeconds(1)).Measure(90, 90, 90, 90, 90, 90, 90),
        ["relief unknown"] = () => Verifying.Later(3 * ThePolicy.ReliefAfter).Do(new RecordMissingUsage("orders-db gave no answer within 5 s.")),
        ["waits for another incident's plan"] = () => AwaitingApproval.Do(new ApprovePlan(ThePlan, Boris), Facts(changing: TheOtherChange)),
        ["another change waits for this one"] = () => TwoPlans,
        ["another change waits for the effect"] = () => TwoPlans.Do(new ApprovePlan(ThePlan, Boris))
            .Begin(1).Outcome(1, Outcome.Applied).Begin(2).Outcome(2, Outcome.Applied).Begin(3).Outcome(3, Outcome.Applied),
        ["taken by hand, then planned"] = () => Deciding.Do(new TakePageStepByHand(ThePages.EndIdle, Boris)).Do(Ask()).Do(new ProposePlan(ThePlan, EndIdle())),
        ["steps in every stage"] = () => Deciding
            .Do(new TakePageStepByHand(ThePages.Restart, Boris)).Do(new SkipPageStep(ThePages.Resize, Boris, Note: null))
            .Do(new RecordPageStep(ThePages.Pooler, 1, Names, [])).Do(new RecordFailedPageStep(ThePages.Replicas, 1, "No answer."))
            .Do(new TakePageStepByHand(ThePages.Usage, Boris)).Do(new FinishPageStep(ThePages.Manual, Boris, Names))
            .Do(new AssignFollowUp(ThePages.Practices, Boris, Noon.AddDays(3), Boris)),
        ["handed over"] = () => Deciding.Do(new AssignIncident(Boris, Ana), Facts(named: Standing.Member)),
        ["all steps done by hand"] = () => Deciding
            .Steps((id, by) => new TakePageStepByHand(id, by)).Steps((id, by) => new FinishPageStep(id, by, Note: null)),
        ["a page without steps"] = () => On(ThePages.Empty),
        ["a page by hand"] = () => On(ThePages.AllByHand),
        ["diagnosing, full and nobody gets in"] = () => Diagnosing.Do(NobodyGetsIn(40)),
        ["deciding, nobody gets in any more"] = () => Deciding.Later(TimeSpan.FromSeconds(10)).Do(NobodyGetsIn(43)),
        ["deciding, a role that sees only a bound"] = () => Deciding.Do(new RecordUsage(Usage(97) with { SeesEverything = false, Server = TheServer })),
        ["deciding, a MySQL account that sees only the count"] = () => Deciding.Do(new RecordUsage(Usage(97) with { SeesEverything = false, Server = MySql })),
        ["another server answers"] = () => Here.Later(TimeSpan.FromSeconds(10)).Do(new RecordUsage(Elsewhere)),
        ["another server answered, diagnosed anew"] = () => Here.Later(TimeSpan.FromSeconds(10)).Do(new RecordUsage(Elsewhere)).Do(new RecordConsumers(Names, 3, Endable: 0)),
        ["another server answers, a plan waited"] = () => Here.Do(Ask()).Do(new ProposePlan(ThePlan, EndIdle())).Do(new RecordUsage(Elsewhere)),
        ["another server answers, a plan had run"] = () => Here.Do(Ask()).Do(new ProposePlan(ThePlan, EndIdle(1))).Do(new ApprovePlan(ThePlan, Boris))
            .Begin(1).Outcome(1, Outcome.Applied).Later(TimeSpan.FromSeconds(10)).Do(new RecordUsage(Elsewhere)).Do(new RecordConsumers(Names, 3, Endable: 0)),
        ["a standby answers"] = () => Diagnosing.Do(new RecordUsage(Usage(93) with { Server = TheServer with { Role = ServerRole.Replica } })).Do(new RecordConsumers(Names, 92, Endable: 60)),
        ["a MySQL server was restarted and is read-only now"] = () => Diagnosing.Do(new RecordUsage(Usage(93) with { Server = MySql }))
            .Do(new RecordUsage(Usage(4) with { Server = MySql with { Life = MySql.Life with { StartedAt = Noon }, Role = ServerRole.ReadOnly } })),
        ["another MySQL server answers, a replica"] = () => Diagnosing.Do(new RecordUsage(Usage(93) with { Server = MySql }))
            .Do(new RecordUsage(Usage(4) with { Server = MySql with { Life = new ServerPin(ServerStartedAt, "8c0c5d7e-93b1-11f0-8f3a-0242ac120002"), Role = ServerRole.Replica } })),
        ["awaiting approval of what has become harmful"] = () => AwaitingApproval.Do(new RecordConsumers(Names, 92, Endable: 2)
        {
            Cause = new KnownCause(Cause.LockPileUp, [new StepWorth("terminate-idle", Worth.Harmful, "Those who wait come back at once.")]),
        }),
        ["rejected"] = () => Rejected,
        ["cancelled"] = () => Cancelled,
        ["expired"] = () => Expired,
        ["superseded"] = () => Superseded,
        ["overtaken"] = () => Overtaken,
        ["resolved"] = () => Stabilized.Later(ThePolicy.WatchFor).Measure(40).Do(new ResolveIncident(Ana)),
        ["resolved, with follow-ups"] = () => Stabilized.Later(ThePolicy.WatchFor).Measure(40)
            .Do(new AssignFollowUp(ThePages.Practices, Boris, Noon.AddDays(3), Boris)).Do(new FinishPageStep(ThePages.Alerts, Ana, Note: null)).Do(new ResolveIncident(Ana)),
        ["resolved without a change"] = () => Deciding.Measure(40, 40, 40).Do(new ResolveIncident(Carl)),
        ["stopped"] = () => Aborted,
        ["stopped with words"] = () => Deciding.Do(new AbortIncident(Ana, Names)),
        ["stopped while a plan waits"] = () => AwaitingApproval.Do(new AbortIncident(Ana, Reason: null)),
        ["stopped in the middle of a step"] = () => Executing.Begin(1).Outcome(1, Outcome.Applied).Begin(2).Do(new AbortIncident(Boris, Reason: null)),
        ["stopped after an unclear step"] = () => Executing.Begin(1).Outcome(1, Outcome.Ambiguous).Do(new AbortIncident(Boris, Reason: null)),
    };

    /// <summary>One plan waits for approval, the other request for its turn.</summary>
    public static Story TwoPlans => DecidingOn(ThePages.WithTwoChanges)
        .Do(Ask()).Do(new ProposePlan(ThePlan, EndIdle())).Do(Ask(NextPlan, Carl, ThePages.Another));

    public static readonly IReadOnlyDictionary<string, ViewContext> Contexts = new Dictionary<string, ViewContext>
    {
        ["act"] = Context(TargetMode.Act),
        ["propose"] = Context(TargetMode.Propose),
        ["observe"] = Context(TargetMode.Observe),
        ["nobody may approve"] = Context(TargetMode.Act, approvers: false),
    };

    public static ViewContext Context(TargetMode mode = TargetMode.Act, bool approvers = true) => new(
        ThePolicy,
        new TargetPolicy("PRODUCTION", mode, approvers),
        approvers ? ["S0DBA"] : [],
        new Dictionary<string, MitigationView> { [EndIdleSessions.StoredName] = new EndIdleSessionsView(new EndIdleSessionsOptions { OrIdleFor = [] }), [LimitAccount.StoredName] = new LimitAccountView() },
        CardPage.Standard);

    public static SlackMessage Card(Incident incident, ViewContext? context = null, ConnectionConsumers? consumers = null) => IncidentCardView.Render(
        incident,
        consumers ?? (incident.Consumers is null ? null : Consumers),
        incident.End?.Reason is null ? null : ForeignText.From("we fail over, it takes too long", 300),
        context ?? Context());

    /// <summary>The story's newest plan; null when it has none.</summary>
    public static SlackMessage? Plan(Story story, ViewContext? context = null) =>
        story.Plan is { } plan && story.Incident.FindPlan(plan.Id) is { } progress
            ? PlanView.Render(Incidents.Mitigations.Plan.FromBytes(plan.ToBytes(), Kinds), progress, story.Incident, context ?? Context())
            : null;

    /// <summary>What fills the page's commands.</summary>
    public static readonly PlaceholderValues Values = new("db.example.com", 5432, "chatbot", "orders", "checkout-api", "shop");

    public static SlackMessage Step(
        Story story,
        string id,
        ViewContext? context = null,
        IReadOnlyList<Mrkdwn>? found = null,
        string? note = null,
        ConnectionConsumers? consumers = null,
        PlaceholderValues? values = null)
    {
        var page = (context ??= Context()).Page;
        var holders = consumers ?? (story.Incident.Consumers is null ? null : Consumers);
        var words = new StepWords(page?.Find(id), found, holders, note is null ? null : ForeignText.From(note, 500), values ?? Values);
        return StepView.Render(story.Incident, story.Step(id), words, context);
    }

    /// <summary>Every message that there is of the incident now.</summary>
    public static IEnumerable<SlackMessage> All(Story story, ViewContext context)
    {
        foreach (var part in IncidentDrawing.PartsOf(story.Incident))
        {
            var message = part.Part switch
            {
                IncidentPart.Card => Card(story.Incident, context),
                IncidentPart.Step => Step(story, part.Step!, context),
                IncidentPart.Steps => StepListView.Render(story.Incident, part.Phase!.Value, context),
                _ => part.Plan == story.Plan?.Id ? Plan(story, context) : null,
            };
            if (message is not null)
            {
                yield return message;
            }
        }
    }

    private static Story Steps(this Story story, Func<string, Person, IncidentCommand> command) =>
        story.Incident.Steps.Aggregate(story, (told, step) => told.Do(command(step.Id, Boris)));

    private static ConsumerGroup Group(string application, string user, string client, int count, int idle) => new(
        ForeignText.From(application, 63), ForeignText.From(user, 63), ForeignText.From("orders", 63), ForeignText.From(client, 63),
        count, idle, LongIdle: idle, IdleInTransaction: 1, Active: count - idle, WaitingForLock: 0,
        idle > 0 ? TimeSpan.FromMinutes(61) : null, TimeSpan.FromHours(30));
}
