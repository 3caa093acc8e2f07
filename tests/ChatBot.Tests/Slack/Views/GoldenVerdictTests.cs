using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Runbooks;
using ChatBot.Incidents.Tests;
using ChatBot.Slack.Views;
using ChatBot.Tests.Dispatch;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack.Views;

/// <summary>Why connections run out, as the card and the thread say it.</summary>
public sealed class GoldenVerdictTests
{
    private const string Waiters = "Those who wait come back at once.";

    private static readonly Verdict PileUp = new(
        Cause.LockPileUp,
        new LayerNumbers(Layer.Server, default, 97, 97),
        Sentence.Of($"{ForeignText.From("billing-batch", 63)} blocks {40} sessions: idle in its transaction for {TimeSpan.FromMinutes(7)}."),
        [new Reason(Sentence.Of($"{40} of {97} sessions wait for locks."), "experience: 30 %")],
        [],
        [
            new StepWorth("end-blocker", Worth.Helps, "Those behind it go on."),
            new StepWorth("terminate-idle", Worth.Harmful, Waiters),
            new StepWorth("restart-service", Worth.Harmful, "The waiters come back at once."),
        ]);

    private static readonly Verdict Pooler = new(
        Cause.PoolerSaturated,
        new LayerNumbers(Layer.Pooler, ForeignText.From("orders/checkout", 63), 20, 20, Waiting: 31),
        Sentence.Of($"All {20} connections of the pool are at work while the server has {60} slots to spare."),
        [new Reason(Sentence.Of($"{31} clients wait, the longest for {TimeSpan.FromSeconds(12)}."), "PgBouncer's own counters")],
        [],
        [new StepWorth("terminate-idle", Worth.Useless, "The server isn't full.")])
    {
        Unseen = [Sentence.Of($"Whose code holds them is hidden by the pooler.")],
    };

    private static readonly Verdict NearLimit = Pooler with
    {
        Cause = Cause.AccountLimit,
        Layer = new LayerNumbers(Layer.Account, ForeignText.From("reports", 63), 9, 10),
        Summary = Sentence.Of($"{ForeignText.From("reports", 63)} has nearly as many connections as it may have."),
        Against = [new Reason(Sentence.Of($"It may have {1} more.")), new Reason(Sentence.Of($"Nobody was refused."))],
        Unseen = [],
    };

    private static readonly Verdict Room = new(
        Cause.NotExhausted,
        new LayerNumbers(Layer.Pooler, ForeignText.From("orders", 63), 12, 20),
        Sentence.Of($"Nothing is exhausted: {40} of {97} slots of the server are taken; fullest is {ForeignText.From("orders", 63)} ({12} of {20})."),
        [new Reason(Sentence.Of($"{57} slots of the server are free, and nobody was refused."), "the target's own mark")],
        [],
        []);

    private static IEnumerable<(string Name, Verdict Verdict)> Verdicts =>
    [
        ("a leak", StoredExamples.Diagnosis.Verdict!),
        ("a lock pile-up", PileUp),
        ("a pooler", Pooler),
        ("a limit that is nearly reached", NearLimit),
        ("a limit that is reached", NearLimit with { Layer = NearLimit.Layer with { Used = 10 } }),
        ("nothing is exhausted", Room),
    ];

    [Fact]
    public void The_card_leads_with_the_cause() => Golden.AssertSame(
        "golden-verdicts.txt",
        Verdicts.Select(known => (known.Name, SeenText.Of(Cards.Card(Judged(known.Verdict).Incident, Context(known.Verdict))))));

    [Fact]
    public void The_thread_has_every_number() => Golden.AssertSame(
        "golden-verdicts-thread.txt",
        Verdicts.Select(known => (known.Name, SeenText.Of(Cards.Step(Judged(known.Verdict), ThePages.Consumers, Context(known.Verdict))))));

    [Fact]
    public void What_one_look_can_show_reads_as_agreed() => Golden.AssertSame(
        "golden-looks.txt",
        new (string Name, ServerLook Look)[]
        {
            ("a server that doesn't count logins", Look with { Since = Look.Since! with { Born = 0, Logins = null }, Statements = [], Blockers = [] }),
            ("a prepared transaction", Look with
            {
                Since = null,
                Statements = [],
                Blockers =
                [
                    Look.Blockers[0] with { Number = 0, Application = default, Activity = SessionActivity.Prepared, Prepared = ForeignText.From("payment-4711", 200), IsProtected = true, Gate = null },
                    Look.Blockers[0] with { Number = 0, Application = default, User = default, Activity = SessionActivity.Prepared, InTransactionFor = null, Gate = null },
                ],
            }),
            ("limits", Look with { Since = null, Statements = [], Blockers = [], Limits = [.. Enumerable.Range(1, 12).Select(Limit)] }),
        }.Select(seen => (seen.Name, Thread(seen.Look, pools: null))));

    [Fact]
    public void What_the_pooler_says_reads_as_agreed()
    {
        var look = Look with { Since = null, Statements = [], Blockers = [], Limits = [Limit(1)] };
        Golden.AssertSame("golden-pools.txt",
        [
            ("pools and clients", Thread(look, Pools)),
            ("too many clients to list", Thread(look, Pools with { Clients = null, ClientConnections = 5_000, MaxClientConnections = null })),
            ("the server didn't answer", Thread(null, Pools)),
        ]);
    }

    [Fact]
    public void A_verdict_that_nobody_could_renew_says_how_old_it_is()
    {
        var story = Judged(PileUp).Later(TimeSpan.FromSeconds(30)).Do(new RecordMissingConsumers("orders-db gave no answer in time."));

        Assert.Contains("*Cause, as of <!date^1795694400", SeenText.Of(Cards.Card(story.Incident, Context(PileUp))), StringComparison.Ordinal);
        Assert.Contains("*Cause: a lock", SeenText.Of(Cards.Card(Judged(PileUp).Incident, Context(PileUp))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_could_see_stays_on_the_card_however_long_the_names_are()
    {
        var name = ForeignText.From(new string('x', 1_000), 1_000);
        var verdict = PileUp with
        {
            Summary = Sentence.Of($"{name}"),
            For = [new Reason(Sentence.Of($"{name}"))],
            Against = [new Reason(Sentence.Of($"{name}"))],
            Shared = Sentence.Of($"{name}"),
            Unseen = [Sentence.Of($"Nobody could look behind the pooler.")],
        };

        Assert.Contains(":warning: Nobody could look behind the pooler.", SeenText.Of(Cards.Card(Judged(verdict).Incident, Context(verdict))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_harmful_step_is_no_suggestion_and_its_button_asks_first()
    {
        var story = Judged(PileUp);

        var card = SeenText.Of(Cards.Card(story.Incident, Context(PileUp)));
        var list = SeenText.Of(StepListView.Render(story.Incident, RunbookPhase.Immediate, Context(PileUp))!);

        Assert.DoesNotContain("[End idle sessions", card, StringComparison.Ordinal);
        Assert.Contains(Waiters, list, StringComparison.Ordinal);
        Assert.Contains("[Do it anyway", list, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_approves_reads_what_whoever_asked_was_told()
    {
        var story = Judged(PileUp).Do(Ask() with { Anyway = true }).Do(new ProposePlan(ThePlan, EndIdle()));

        Assert.Contains(Waiters, SeenText.Of(Cards.Plan(story, Context(PileUp))!), StringComparison.Ordinal);
    }

    [Fact]
    public void Long_statements_and_many_reasons_still_make_a_message()
    {
        var statement = ForeignText.From(new string('&', 5_000), 1_000);
        var reasons = Enumerable.Repeat(new Reason(Sentence.Of($"{statement}"), "experience"), 50).ToArray();
        var verdict = PileUp with { Summary = Sentence.Of($"{statement}"), For = reasons, Against = reasons, Shared = Sentence.Of($"{statement}") };

        Assert.Contains("Cause", SeenText.Of(Cards.Card(Judged(verdict).Incident, Context(verdict))), StringComparison.Ordinal);
        Assert.NotNull(Cards.Step(Judged(verdict), ThePages.Consumers, Context(verdict)));
    }

    [Fact]
    public void The_card_names_the_largest_service_and_the_thread_all_that_is_known_of_them()
    {
        var services = new ServiceFinding(
            new Attribution([], []),
            [Sentence.Of($"{ForeignText.From("checkout-api", 63)} holds 61 of 97 sessions."), Sentence.Of($"12 sessions come from {ForeignText.From("<!channel>", 63)}.")]);
        var context = Context(PileUp) with { Diagnosis = new Diagnosis(Cards.Consumers, PileUp) { Services = services } };

        var card = SeenText.Of(Cards.Card(Judged(PileUp).Incident, context));
        Assert.Contains("checkout-api holds 61 of 97 sessions.", card, StringComparison.Ordinal);
        Assert.DoesNotContain("12 sessions come from", card, StringComparison.Ordinal);
        var thread = SeenText.Of(Cards.Step(Judged(PileUp), ThePages.Consumers, context)!);
        Assert.Contains("12 sessions come from", thread, StringComparison.Ordinal);
        Assert.DoesNotContain("<!channel>", thread, StringComparison.Ordinal);
    }

    private static readonly PoolerPools Pools = new(
        [
            new PoolerPool(
                ForeignText.From("orders", 63), ForeignText.From("checkout", 63), ClientsActive: 20, ClientsWaiting: 31, ServersActive: 20, ServersIdle: 0, ServersUsed: 0,
                ServersLogin: 0, ServersOther: 0, TimeSpan.FromSeconds(12), "transaction", PoolSize: 20, ReserveSize: 0, MaxDatabaseConnections: null, CurrentDatabaseConnections: 23, IsPaused: false),
            new PoolerPool(
                ForeignText.From("orders", 63), ForeignText.From("reports", 63), ClientsActive: 3, ClientsWaiting: 0, ServersActive: 1, ServersIdle: 2, ServersUsed: 0,
                ServersLogin: 0, ServersOther: 0, TimeSpan.Zero, "session", PoolSize: null, ReserveSize: null, MaxDatabaseConnections: null, CurrentDatabaseConnections: null, IsPaused: true),
        ],
        [
            new PoolerClients(ForeignText.From("orders", 63), ForeignText.From("checkout", 63), ForeignText.From("checkout-api", 63), ForeignText.From("10.0.0.7", 63), Count: 51, Waiting: 31),
            new PoolerClients(ForeignText.From("orders", 63), ForeignText.From("reports", 63), default, ForeignText.From("unix", 63), Count: 3, Waiting: 0),
        ],
        ClientConnections: 54,
        MaxClientConnections: 2_000,
        "1.18.0");

    private static ConnectionLimit Limit(int number) => new(
        number % 2 == 0 ? LimitScope.Database : LimitScope.Account, ForeignText.From($"reports-{number}", 63), Limit: 10, Used: 10 - (number % 10));

    private static string Thread(ServerLook? look, PoolerPools? pools) => SeenText.Of(Cards.Step(
        Judged(PileUp), ThePages.Consumers, Cards.Context() with { Diagnosis = new Diagnosis(Cards.Consumers, Verdict: null) { Look = look, Pools = pools } }, consumers: Cards.Nobody));

    private static Story Judged(Verdict verdict) => Deciding.Do(new RecordConsumers(Names, 92, Endable: 2) { Cause = KnownCause.Of(verdict) });

    private static ViewContext Context(Verdict verdict) => Cards.Context() with { Diagnosis = new Diagnosis(Cards.Consumers, verdict) { Look = Look } };

    private static ServerLook Look => new(Noon, new ServerKind("PostgreSQL", "15.18"), new LookMark(Noon, Noon, null, null, null), Usage(97), Cards.Consumers)
    {
        Since = new SinceLook(TimeSpan.FromSeconds(30), Born: 12, Logins: 600, Refusals: null, Unchanged: 57),
        Statements =
        [
            new StatementGroup(
                ForeignText.From("checkout-api", 63), ForeignText.From("checkout", 63), SessionActivity.Idle,
                ForeignText.From("select total_cents from orders where id = ?", 200), 57, TimeSpan.FromSeconds(40), TimeSpan.FromMinutes(61)),
            new StatementGroup(default, ForeignText.From("ops", 63), SessionActivity.WaitingForLock, default, 1, TimeSpan.Zero, TimeSpan.Zero),
        ],
        Blockers =
        [
            new Blocker(
                4711, ForeignText.From("billing *batch*", 63), ForeignText.From("billing", 63), default, SessionActivity.IdleInTransaction,
                TimeSpan.FromMinutes(7), ForeignText.From("update orders set paid = ?", 200), Blocked: 40, IsProtected: true)
            {
                Gate = new BlockingGate(4712, ForeignText.From("flyway", 63), default, ForeignText.From("alter table orders add x int", 200), TimeSpan.FromSeconds(50), Behind: 39),
            },
        ],
    };
}
