using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Store;

namespace ChatBot.Tests.Dispatch;

/// <summary>The rows beside the events say what the events say.</summary>
public sealed class GuardsTests
{
    private const string LongTerm = "mitigation-2-1";

    private static readonly IncidentId First = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));
    private static readonly IncidentId Second = new(new Guid("01936c5e-0000-7000-8000-0000000000ab"));
    private static readonly EvidenceId Names = new(new Guid("01936c5e-0000-7000-8000-0000000000bb"));
    private static readonly PlanId Before = new(new Guid("01936c5e-0000-7000-8000-000000000001"));
    private static readonly PlanId Held = new(new Guid("01936c5e-0000-7000-8000-000000000002"));
    private static readonly Person Ana = new("T0HOME", "U0ANA");
    private static readonly Person Boris = new("T0HOME", "U0BORIS");
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Who_approved_a_plan_that_waits_for_another_can_still_reject_it()
    {
        await using var bench = await DispatchBench.OpenAsync();
        var may = await ApproveAsync(bench, First, Before);
        var (_, item) = Assert.Single(await bench.ClaimAsync<RunStep>());
        await bench.DoAsync(First, new BeginStep(Before, 1, (await bench.IncidentAsync(First)).Plan!.Hash, "key", item.Fence), facts: may);
        await bench.DoAsync(First, new AbortIncident(Ana, Reason: null), facts: may);
        await ApproveAsync(bench, Second, Held);
        Assert.NotNull((await bench.IncidentAsync(Second)).Plan!.Held);

        await bench.DoAsync(Second, new RejectPlan(Held, Boris), facts: may);

        Assert.Equal(WithdrawnBecause.Rejected, (await bench.IncidentAsync(Second)).FindPlan(Held)!.Withdrawn);
    }

    [Fact]
    public async Task A_follow_up_that_is_opened_again_is_on_the_list_again()
    {
        await using var bench = await DispatchBench.OpenAsync();
        await bench.OpenIncidentAsync(First, Ana);
        await bench.DoAsync(First, new AssignFollowUp(LongTerm, Owner: null, Due: null, Ana));
        var row = Assert.Single(await ListAsync(bench));

        await bench.DoAsync(First, new FinishPageStep(LongTerm, Boris, Note: null));
        Assert.Empty(await ListAsync(bench));

        await bench.DoAsync(First, new TakePageStepByHand(LongTerm, Boris)); // it was not done after all
        Assert.Equal([row], await ListAsync(bench));

        await bench.DoAsync(First, new SkipPageStep(LongTerm, Ana, Note: null));
        Assert.Empty(await ListAsync(bench));
    }

    [Fact]
    public async Task A_step_that_is_nobodys_is_on_no_list()
    {
        await using var bench = await DispatchBench.OpenAsync();
        await bench.OpenIncidentAsync(First, Ana);

        await bench.DoAsync(First, new TakePageStepByHand(LongTerm, Boris));

        Assert.Empty(await ListAsync(bench));
    }

    private static Task<IReadOnlyList<FollowUpRow>> ListAsync(DispatchBench bench) =>
        bench.Store.ReadAsync((reader, _) => reader.ReadOpenFollowUpsAsync(DispatchBench.Target, 10), DispatchBench.Token);

    private static async Task<Facts> ApproveAsync(DispatchBench bench, IncidentId id, PlanId plan)
    {
        var may = bench.Facts.ForResult(DispatchBench.Target) with
        {
            Target = new TargetPolicy("PRODUCTION", TargetMode.Act, HasApprovers: true),
            Standing = Standing.Approver,
            ApproversStillStand = Standing.Approver,
        };
        var pin = new PostgreSqlPin(4711, Noon, Noon, null, "checkout", "orders");
        await bench.OpenIncidentAsync(id, Ana, facts: may);
        await bench.DoAsync(id, new RecordUsage(new ConnectionUsage(93, 97, 100, 92, 0, 1, 0, 99, true, 0)), facts: may);
        await bench.DoAsync(id, new RecordConsumers(Names, 92, 60), facts: may);
        await bench.DoAsync(id, new AskForMitigation(plan, "end-idle", Ana), facts: may);
        await bench.DoAsync(id, new ProposePlan(plan, new EndIdleSessions(new ServerPin(Noon), TimeSpan.FromMinutes(30), [new PinnedSession(pin, default, default, TimeSpan.FromHours(1))], 0)), facts: may);
        await bench.DoAsync(id, new ApprovePlan(plan, Boris), facts: may);
        return may;
    }
}
