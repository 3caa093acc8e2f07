using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.EndOpenTransactions;

/// <summary>Ends sessions that do nothing inside an open transaction, longest idle first. Only those of which the server says what would be rolled back.</summary>
internal sealed class EndTransactionsStep(TargetServers servers, ChatBotOptions options) : IChangingStep
{
    public StepType Type { get; } = new("end-transactions", StepWork.Changes, "ends sessions that are idle inside a transaction")
    {
        Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm],
        Mitigation = EndTransactions.StoredName,
        Parameters = [TransactionBounds.IdleForParameter, TransactionBounds.MaxParameter],
    };

    public MitigationKind Kind => EndTransactions.Kind;

    public MitigationView View { get; } = new EndTransactionsView(options);

    public async Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var server = servers[request.Target.Name];
        if (await server.WhyNotAsync(ServerRight.EndSessions, cancellationToken) is { } lacks)
        {
            throw new ImpossiblePlanException(lacks);
        }

        var (idleFor, most) = TransactionBounds.Of(request.Binding, options);
        var found = await server.FindSessionsAsync(new SessionChoice(SessionState.IdleInTransaction, idleFor, most), cancellationToken);
        if (found.Sessions.Count == 0)
        {
            throw new ImpossiblePlanException($"No session that I may end has been idle in a transaction for {Spoken.Duration(idleFor)}.");
        }

        PinnedSession[] known = [.. found.Sessions.Where(session => session.Transaction is not null)];
        return known.Length > 0
            ? new EndTransactions(found.Server, idleFor, known, found.More + found.Sessions.Count - known.Length)
            : throw new ImpossiblePlanException($"{request.Target.Name} doesn't say what would be rolled back, so nobody could approve it. End the sessions by hand.");
    }

    public Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var end = (EndTransactions)plan.Mitigation;
        return servers[plan.Target].ActAsync(SessionAct.EndIdleInTransaction, end.Server, end.Sessions[number - 1].Pin, idempotencyKey, cancellationToken);
    }

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var end = (EndTransactions)plan.Mitigation;
        return servers[plan.Target].ObserveAsync(SessionAct.EndIdleInTransaction, end.Server, end.Sessions[number - 1].Pin, idempotencyKey, cancellationToken);
    }
}
