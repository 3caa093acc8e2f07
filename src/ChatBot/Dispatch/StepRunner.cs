using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;
using ChatBot.Steps;
using ChatBot.Store;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>
/// One step of an approved plan: the intent on record, one conditional effect, what became of it on record. This is the
/// only way to a target's write operation.
/// </summary>
/// <remarks>
/// Whoever finds an intent without an outcome comes after a crash: nothing is sent before the target was looked at, and
/// only what is proven not to have happened is sent once more.
/// </remarks>
internal sealed partial class StepRunner(
    IncidentStore store,
    IncidentLog log,
    Dispatcher dispatcher,
    FactsReader facts,
    StepCatalogue types,
    ChatBotOptions options,
    TimeProvider clock,
    ILogger<StepRunner> logger)
{
    /// <summary>With doubling pauses that is about half a minute.</summary>
    private const int AskSlackAtMost = 6;

    public async Task RunAsync(RunStep effect, Incident incident, WorkItem item, CancellationToken cancellationToken)
    {
        if (incident.FindPlan(effect.Plan) is not { Stage: PlanStage.Running } progress || progress.Steps[effect.Step - 1].Result is not null)
        {
            await DropAsync(item, cancellationToken);
            return;
        }

        var row = await store.ReadAsync((reader, _) => reader.ReadPlanAsync(effect.Plan.ToString()), cancellationToken)
            ?? throw new FormatException($"Plan {effect.Plan} has no stored bytes.");
        var (plan, hash) = (Plan.FromBytes(row.Bytes, types.Kinds), Plan.HashOf(row.Bytes.Span));
        var step = new Step(plan, effect.Step, hash, incident.Target);

        if (progress.Steps[effect.Step - 1].Intended)
        {
            await RecoverAsync(step, item, cancellationToken);
            return;
        }

        var known = await StandingOfApproversAsync(incident.Target, progress.Approvals, item, cancellationToken);
        var asked = clock.GetTimestamp();
        if (await MayGoAsync(step, new BeginStep(plan.Id, step.Number, hash, step.IdempotencyKey, item.Fence), known, item, cancellationToken))
        {
            CrashPoint.Reached(CrashPoint.IntentStored);
            await DoAsync(step, asked, item, cancellationToken);
        }
        else
        {
            await DropAsync(item, cancellationToken);
        }
    }

    /// <summary>Slack may be hard to reach for a moment: ask a few times before the approval counts as void.</summary>
    private async Task<Facts> StandingOfApproversAsync(string target, IReadOnlyList<Approval> approvals, WorkItem item, CancellationToken cancellationToken)
    {
        var known = await facts.ForStepAsync(target, approvals, cancellationToken);
        return known.ApproversStillStand is Standing.Unverified && item.Attempts < AskSlackAtMost
            ? throw new TryLaterException(after: null, "Slack didn't confirm the approvers.")
            : known;
    }

    /// <summary>The last word of the decider. False when it said no, or that the step ends without an effect.</summary>
    private async Task<bool> MayGoAsync(Step step, IncidentCommand ask, Facts known, WorkItem item, CancellationToken cancellationToken)
    {
        var answer = await dispatcher.RunAsync(
            commandId: null, step.Plan.Incident, ask, known, (transaction, _) => transaction.EnsureHeldAsync(item), cancellationToken);
        if (answer.Reason is { } reason)
        {
            LogRefused(step.Number, step.Plan.Id, reason);
            return false;
        }

        var after = await store.ReadAsync((reader, _) => log.LoadAsync(reader, step.Plan.Incident), cancellationToken);
        return after?.FindPlan(step.Plan.Id)?.Steps[step.Number - 1] is { Intended: true, Result: null };
    }

    /// <param name="asked">When it asked for the last word, under its lease; by the clock that nobody sets.</param>
    private async Task DoAsync(Step step, long asked, WorkItem item, CancellationToken cancellationToken)
    {
        // A process that was frozen meanwhile may find the step recovered by another replica: it sends nothing.
        if (clock.GetElapsedTime(asked) > options.Work.Lease / 2)
        {
            throw new LeaseLostException(item);
        }

        var result = await DoerOf(step).ApplyAsync(step.Plan, step.Number, step.IdempotencyKey, cancellationToken);
        CrashPoint.Reached(CrashPoint.EffectDone);
        await RecordAsync(step, result, item, cancellationToken);
    }

    private async Task RecoverAsync(Step step, WorkItem item, CancellationToken cancellationToken)
    {
        var seen = facts.FindTarget(step.Target) is null
            ? new StepResult(Outcome.Ambiguous, $"{step.Target} is not in the configuration any more. A person has to look.")
            : await DoerOf(step).ObserveAsync(step.Plan, step.Number, step.IdempotencyKey, cancellationToken);
        LogRecovered(step.Number, step.Plan.Id, seen.Outcome);

        if (seen.Outcome is Outcome.NotApplied)
        {
            var incident = await store.ReadAsync((reader, _) => log.LoadAsync(reader, step.Plan.Incident), cancellationToken);
            var approvals = incident?.FindPlan(step.Plan.Id)?.Approvals ?? [];
            var known = await StandingOfApproversAsync(step.Target, approvals, item, cancellationToken);
            var asked = clock.GetTimestamp();
            if (await MayGoAsync(step, new ResendStep(step.Plan.Id, step.Number, step.Hash, item.Fence), known, item, cancellationToken))
            {
                await DoAsync(step, asked, item, cancellationToken);
                return;
            }
        }

        await RecordAsync(step, seen, item, cancellationToken);
    }

    private IChangingStep DoerOf(Step step) =>
        types.FindChanging(step.Plan.Mitigation.Name) ?? throw new FormatException($"Nobody carries out {step.Plan.Mitigation.Name}.");

    // An outcome that is on record already stays: the decider accepts the second without a new event.
    private async Task RecordAsync(Step step, StepResult result, WorkItem item, CancellationToken cancellationToken)
    {
        await dispatcher.RunAsync(
            commandId: null,
            step.Plan.Incident,
            new RecordOutcome(step.Plan.Id, step.Number, result),
            facts.ForResult(step.Target),
            (transaction, _) => transaction.CompleteWorkAsync(item),
            cancellationToken);
        CrashPoint.Reached(CrashPoint.OutcomeStored);
    }

    private Task DropAsync(WorkItem item, CancellationToken cancellationToken) =>
        store.WriteAsync((transaction, _) => transaction.CompleteWorkAsync(item), cancellationToken);

    private sealed record Step(Plan Plan, int Number, string Hash, string Target)
    {
        public string IdempotencyKey { get; } = Plan.IdempotencyKeyOf(Number);
    }

    [LoggerMessage(LogLevel.Information, "Step {Step} of plan {Plan} may not go: {Reason}")]
    private partial void LogRefused(int step, PlanId plan, string reason);

    [LoggerMessage(LogLevel.Warning, "Step {Step} of plan {Plan} had an intent without an outcome; the target shows {Outcome}")]
    private partial void LogRecovered(int step, PlanId plan, Outcome outcome);
}
