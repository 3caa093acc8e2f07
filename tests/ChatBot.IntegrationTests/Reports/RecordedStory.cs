using ChatBot.Configuration;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.IntegrationTests.Store;
using ChatBot.Steps;
using ChatBot.Store;
using Microsoft.Extensions.DependencyInjection;

namespace ChatBot.IntegrationTests.Reports;

/// <summary>An incident in a real store, put there by the program's own dispatcher: every event, plan, page and piece of evidence.</summary>
internal static class RecordedStory
{
    public const string Target = "orders-db";
    public const string Stranger = "<script>alert(1)</script> [x](http://evil.example/)";

    private const string PageName = "database-connection-pool-exhaustion";

    private static readonly Person Ana = new("T0HOME", "U0ANA");
    private static readonly Person Boris = new("T0HOME", "U0BORIS");

    public static async Task<(IncidentId Incident, PlanId Plan)> TellAsync(TestStore home)
    {
        await using var services = new ServiceCollection().AddLogging().AddChatBot(Options, home.Store).BuildServiceProvider();
        var dispatcher = services.GetRequiredService<Dispatcher>();
        var steps = services.GetRequiredService<StepCatalogue>();
        var page = services.GetRequiredService<Pages>().Current(PageName)!;
        var (id, plan) = (new IncidentId(Guid.CreateVersion7()), new PlanId(Guid.CreateVersion7()));
        var consumers = EvidenceRows.Diagnosis(id, new Diagnosis(new ConnectionConsumers([Group(Stranger, 60)], 60, TimeSpan.FromMinutes(30), 58), Verdict: null));
        var note = EvidenceRows.Words(id, ForeignText.From("They ran out at 11:40.", 500));

        await DoAsync(new OpenIncident(id, Target, "C0INCIDENTS", Ana, page.Chosen), tx => tx.AddPageAsync(page.Chosen.Hash, page.Bytes));
        await DoAsync(new RecordUsage(Usage(93)));
        await DoAsync(new RecordConsumers(EvidenceRows.IdOf(consumers), 60, 58), tx => tx.AddEvidenceAsync(consumers));
        await DoAsync(new FinishPageStep(page.Chosen.Steps.First(step => step.Type is null).Id, Ana, EvidenceRows.IdOf(note)), tx => tx.AddEvidenceAsync(note));
        await DoAsync(new AskForMitigation(plan, page.Chosen.Steps.First(step => step.Mitigation == EndIdleSessions.StoredName).Id, Ana));
        await DoAsync(new ProposePlan(plan, new EndIdleSessions(new ServerPin(Noon), TimeSpan.FromMinutes(30), [Session(4711), Session(4712)], More: 0)));
        await DoAsync(new ApprovePlan(plan, Boris));
        var stored = (await home.ReadAsync(reader => reader.ReadPlanAsync(plan.ToString())))!;
        var bytes = Plan.FromBytes(stored.Bytes, steps.Kinds);
        foreach (var number in Enumerable.Range(1, 2))
        {
            await DoAsync(new BeginStep(plan, number, Plan.HashOf(stored.Bytes.Span), bytes.IdempotencyKeyOf(number), Fence: 1));
            await DoAsync(new RecordOutcome(plan, number, new StepResult(Outcome.Applied, "It is gone.")));
        }

        foreach (var _ in Enumerable.Range(0, 7))
        {
            home.Clock.Advance(TimeSpan.FromSeconds(10));
            await DoAsync(new RecordUsage(Usage(33)));
        }

        await DoAsync(new ResolveIncident(Ana));
        return (id, plan);

        async Task DoAsync(IncidentCommand command, Func<StoreTransaction, Task>? also = null)
        {
            var answer = await dispatcher.RunAsync(null, id, command, Facts, (transaction, _) => also?.Invoke(transaction) ?? Task.CompletedTask, home.Token);
            Assert.Null(answer.Reason);
        }
    }

    private static ChatBotOptions Options => new()
    {
        Slack = new SlackOptions { BotToken = new("xoxb-x"), AppToken = new("xapp-x") },
        Targets = new Dictionary<string, TargetOptions>(),
    };

    private static Facts Facts { get; } = new(
        new Policy(
            PlanLifetime: TimeSpan.FromMinutes(10),
            IdleFor: TimeSpan.FromMinutes(30),
            MaxSessions: 50,
            SampleEvery: TimeSpan.FromSeconds(10),
            ConsumersEvery: TimeSpan.FromSeconds(30),
            ReliefBelow: 0.8,
            ReliefAfter: TimeSpan.FromMilliseconds(1),
            WatchFor: TimeSpan.FromMinutes(30),
            FollowUpDue: TimeSpan.FromDays(14)),
        new TargetPolicy("PRODUCTION", TargetMode.Act, HasApprovers: true),
        Standing.Approver,
        ApproversStillStand: Standing.Approver);

    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private static ConnectionUsage Usage(int used) => new(used, 97, 100, used, 0, 0, 0, used + 6, SeesEverything: true, RefusedLogins: 0);

    private static PinnedSession Session(int pid) => new(
        new PostgreSqlPin(pid, Noon.AddHours(-2), Noon.AddHours(-1), null, "checkout", "orders"),
        ForeignText.From("checkout-api", 64),
        ForeignText.From("10.0.0.7", 64),
        TimeSpan.FromHours(1));

    private static ConsumerGroup Group(string application, int count) => new(
        ForeignText.From(application, 64), ForeignText.From("checkout", 63), ForeignText.From("orders", 63), ForeignText.From("10.0.0.7", 63),
        count, Idle: count - 2, LongIdle: count - 2, IdleInTransaction: 0, Active: 2, WaitingForLock: 0, TimeSpan.FromMinutes(61), TimeSpan.FromHours(30));
}
