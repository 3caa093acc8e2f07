using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.CancelQuery;

/// <summary>Cancels the statements that run longest. The sessions stay.</summary>
internal sealed class CancelStatementsStep(TargetServers servers, ChatBotOptions options) : IChangingStep
{
    public StepType Type { get; } = new("cancel-query", StepWork.Changes, "cancels the statements that run longest")
    {
        Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm],
        Mitigation = CancelStatements.StoredName,
        Parameters = [StatementBounds.RunningForParameter, StatementBounds.MaxParameter],
    };

    public MitigationKind Kind => CancelStatements.Kind;

    public MitigationView View { get; } = new CancelStatementsView(options);

    public async Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var server = servers[request.Target.Name];
        var (runningFor, most) = StatementBounds.Of(request.Binding, options);
        if (await server.WhyNotAsync(ServerRight.CancelStatements, cancellationToken) is { } lacks)
        {
            throw new ImpossiblePlanException($"{lacks}{await ByHand.WordsAsync(server, SessionAct.CancelStatement, async () => (await FindAsync()).Chosen)}");
        }

        var (found, chosen) = await FindAsync();
        return chosen.Count > 0
            ? new CancelStatements(found.Server, runningFor, [.. chosen.Take(most)], found.More + Math.Max(0, chosen.Count - most))
            : throw new ImpossiblePlanException(found.Sessions.Count == 0
                ? $"No statement that I may cancel has been running for {Spoken.Duration(runningFor)}."
                : $"Only backups and changes of the schema have been running for {Spoken.Duration(runningFor)}. I don't cancel those: ask whoever runs them.");

        async Task<(PinnedSessions Found, IReadOnlyList<PinnedSession> Chosen)> FindAsync()
        {
            var running = await server.FindSessionsAsync(new SessionChoice(SessionState.Active, runningFor, StatementRule.LookAtMost), cancellationToken);
            return (running, StatementRule.Choose(running.Sessions));
        }
    }

    public Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var cancel = (CancelStatements)plan.Mitigation;
        return servers[plan.Target].ActAsync(SessionAct.CancelStatement, cancel.Server, cancel.Sessions[number - 1].Pin, idempotencyKey, cancellationToken);
    }

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var cancel = (CancelStatements)plan.Mitigation;
        return servers[plan.Target].ObserveAsync(SessionAct.CancelStatement, cancel.Server, cancel.Sessions[number - 1].Pin, idempotencyKey, cancellationToken);
    }
}
