using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.TerminateIdle;

/// <summary>Ends sessions that are idle outside a transaction, longest idle first.</summary>
internal sealed class TerminateIdleStep(TargetServers servers, ChatBotOptions options) : IChangingStep
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
        var server = servers[request.Target.Name];

        // Without its rights the bot can't pin what it would change, so there is no plan to approve.
        if (await server.WhyNotAsync(ServerRight.EndSessions, cancellationToken) is { } lacks)
        {
            throw new ImpossiblePlanException(lacks);
        }

        var (idleFor, most) = SessionBounds.Of(request.Binding, options.EndIdleSessions.IdleFor, options.EndIdleSessions.MaxSessions);
        var found = await server.FindSessionsAsync(new SessionChoice(SessionState.Idle, idleFor, most), cancellationToken);
        return new EndIdleSessions(found.Server, idleFor, found.Sessions, found.More);
    }

    public Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var end = (EndIdleSessions)plan.Mitigation;
        return servers[plan.Target].ActAsync(SessionAct.EndIdle, end.Server, end.Sessions[number - 1].Pin, idempotencyKey, cancellationToken);
    }

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var end = (EndIdleSessions)plan.Mitigation;
        return servers[plan.Target].ObserveAsync(SessionAct.EndIdle, end.Server, end.Sessions[number - 1].Pin, idempotencyKey, cancellationToken);
    }
}
