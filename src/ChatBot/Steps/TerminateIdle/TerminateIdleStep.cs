using ChatBot.Configuration;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.TerminateIdle;

/// <summary>Ends sessions that are idle outside a transaction, longest idle first.</summary>
internal sealed class TerminateIdleStep(
    IdleSessionsProbe idleSessions,
    PostgreSqlDoctor doctor,
    SessionTerminator terminator,
    ChatBotOptions options) : IChangingStep
{
    public StepType Type { get; } = new("terminate-idle", StepWork.Changes, "ends sessions that are idle outside a transaction")
    {
        Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm],
        Mitigation = EndIdleSessions.StoredName,
        Parameters = [SessionBounds.IdleForParameter, SessionBounds.MaxParameter],
    };

    public MitigationKind Kind => EndIdleSessions.Kind;

    public MitigationView View { get; } = new EndIdleSessionsView();

    public async Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var target = request.Target.Name;

        // Without its rights the bot can't pin what it would change, so there is no plan to approve.
        var rights = await doctor.CheckAsync(target, cancellationToken);
        if (!rights.CanEndSessions)
        {
            throw new ImpossiblePlanException(
                rights.Findings.FirstOrDefault(finding => finding.Blocks)?.Sentence ?? $"The bot's role on {target} lacks rights.");
        }

        var (idleFor, most) = SessionBounds.Of(request.Binding, options.EndIdleSessions.IdleFor, options.EndIdleSessions.MaxSessions);
        var found = await idleSessions.ReadAsync(target, idleFor, most, cancellationToken);
        return new EndIdleSessions(found.ServerStartedAt, idleFor, found.Sessions, found.More);
    }

    public Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var end = (EndIdleSessions)plan.Mitigation;
        return terminator.EndAsync(plan.Target, end.ServerStartedAt, end.Sessions[number - 1].Pin, idempotencyKey, cancellationToken);
    }

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var end = (EndIdleSessions)plan.Mitigation;
        return terminator.ObserveAsync(plan.Target, end.ServerStartedAt, end.Sessions[number - 1].Pin, idempotencyKey, cancellationToken);
    }
}
