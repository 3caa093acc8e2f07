using System.Text.Json.Nodes;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ChatBot.Tests.Dispatch;

public sealed class StepRunnerTests
{
    private static readonly IncidentId Id = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));
    private static readonly EvidenceId Names = new(new Guid("01936c5e-0000-7000-8000-0000000000bb"));
    private static readonly PlanId ThePlan = new(new Guid("01936c5e-0000-7000-8000-000000000001"));
    private static readonly Person Ana = new("T0HOME", "U0ANA");
    private static readonly Person Boris = new("T0HOME", "U0BORIS");
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_step_begun_on_a_target_that_left_the_settings_ends_as_unknown()
    {
        await using var bench = await DispatchBench.OpenAsync();
        var (may, step, item) = await ApprovedAsync(bench, "gone-db");
        await bench.DoAsync(Id, new BeginStep(ThePlan, 1, (await bench.IncidentAsync(Id)).Plan!.Hash, "key", item.Fence), facts: may);

        var runner = new StepRunner(
            bench.Store, bench.Log, bench.Dispatcher, bench.Facts, bench.Steps, bench.Options, TimeProvider.System, NullLogger<StepRunner>.Instance);
        await runner.RunAsync(step, await bench.IncidentAsync(Id), item, DispatchBench.Token);

        var after = await bench.IncidentAsync(Id);
        Assert.Equal(IncidentState.Verifying, after.State);
        Assert.Equal(Outcome.Ambiguous, after.FindPlan(ThePlan)!.Steps[0].Result!.Outcome);
        Assert.Null(await bench.Store.ReadAsync((reader, _) => reader.FindUnfinishedExecutionAsync("gone-db"), DispatchBench.Token));
    }

    [Fact]
    public async Task A_worker_that_was_frozen_after_the_intent_sends_nothing()
    {
        var settings = Configuration.Given.Smallest();
        settings["Targets"]![DispatchBench.Target]!["Mode"] = "Act";
        settings["Targets"]![DispatchBench.Target]!["Approvers"] = new JsonArray(Boris.User);
        await using var bench = await DispatchBench.OpenAsync(AsSlack, settings);
        var (_, step, item) = await ApprovedAsync(bench, DispatchBench.Target);

        // Between two looks at this clock half an hour passes: somebody else has long recovered the step.
        var clock = new FakeTimeProvider(Noon) { AutoAdvanceAmount = TimeSpan.FromMinutes(30) };
        var runner = new StepRunner(
            bench.Store, bench.Log, bench.Dispatcher, bench.Facts, bench.Steps, bench.Options, clock, NullLogger<StepRunner>.Instance);

        // With a connection it would have failed on: there is none to this target.
        await Assert.ThrowsAsync<LeaseLostException>(async () => await runner.RunAsync(step, await bench.IncidentAsync(Id), item, DispatchBench.Token));
        Assert.Equal(new StepProgress(Intended: true), (await bench.IncidentAsync(Id)).Plan!.Steps[0]);
    }

    private static JsonObject AsSlack(string method, JsonObject arguments) => method switch
    {
        "auth.test" => new JsonObject { ["ok"] = true, ["team_id"] = Boris.Team, ["user_id"] = "U0BOT" },
        "users.info" => new JsonObject
        {
            ["ok"] = true,
            ["user"] = new JsonObject
            {
                ["id"] = Boris.User,
                ["team_id"] = Boris.Team,
                ["deleted"] = false,
                ["is_bot"] = false,
                ["is_restricted"] = false,
                ["is_ultra_restricted"] = false,
            },
        },
        _ => new JsonObject { ["ok"] = true, ["users"] = new JsonArray(Boris.User) },
    };

    private static async Task<(Facts May, RunStep Step, WorkItem Item)> ApprovedAsync(DispatchBench bench, string target)
    {
        var may = bench.Facts.ForResult(target) with
        {
            Target = new TargetPolicy("PRODUCTION", TargetMode.Act, HasApprovers: true),
            Standing = Standing.Approver,
            ApproversStillStand = Standing.Approver,
        };
        await bench.OpenIncidentAsync(Id, Ana, target, may);
        await bench.DoAsync(Id, new RecordUsage(new ConnectionUsage(93, 97, 100, 92, 0, 1, 0, 99, true, 0)), facts: may);
        await bench.DoAsync(Id, new RecordConsumers(Names, 92, 60), facts: may);
        await bench.DoAsync(Id, new AskForMitigation(ThePlan, "end-idle", Ana), facts: may);
        var pin = new PostgreSqlPin(4711, Noon, Noon, null, "checkout", "orders");
        await bench.DoAsync(Id, new ProposePlan(ThePlan, new EndIdleSessions(new ServerPin(Noon), TimeSpan.FromMinutes(30), [new PinnedSession(pin, default, default, TimeSpan.FromHours(1))], 0)), facts: may);
        await bench.DoAsync(Id, new ApprovePlan(ThePlan, Boris), facts: may);
        var (step, item) = Assert.Single(await bench.ClaimAsync<RunStep>());
        return (may, step, item);
    }
}
