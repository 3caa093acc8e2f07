using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
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

    private static IEnumerable<(string Name, Verdict Verdict)> Verdicts =>
        [("a leak", StoredExamples.Diagnosis.Verdict!), ("a lock pile-up", PileUp), ("a pooler", Pooler)];

    [Fact]
    public void The_card_leads_with_the_cause() => Golden.AssertSame(
        "golden-verdicts.txt",
        Verdicts.Select(known => (known.Name, SeenText.Of(Cards.Card(Judged(known.Verdict).Incident, Context(known.Verdict))))));

    [Fact]
    public void The_thread_has_every_number() => Golden.AssertSame(
        "golden-verdicts-thread.txt",
        Verdicts.Select(known => (known.Name, SeenText.Of(Cards.Step(Judged(known.Verdict), ThePages.Consumers, Context(known.Verdict))))));

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
