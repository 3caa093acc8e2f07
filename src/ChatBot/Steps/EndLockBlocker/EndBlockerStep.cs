using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.EndLockBlocker;

/// <summary>Lets those go on who wait for a lock: ends the root of the biggest chain, or cancels the statement that waits and holds up the others.</summary>
internal sealed class EndBlockerStep(TargetServers servers, ChatBotOptions options) : IChangingStep
{
    public StepType Type { get; } = new("end-blocker", StepWork.Changes, "ends the session that most others wait for, or cancels what holds them up")
    {
        Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm],
        Mitigation = EndBlocker.StoredName,
    };

    public MitigationKind Kind => EndBlocker.Kind;

    public MitigationView View { get; } = new EndBlockerView();

    public async Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var server = servers[request.Target.Name];
        var blocking = await server.FindBlockersAsync(cancellationToken);
        if (BlockerRule.Choose(blocking) is not { } plan)
        {
            throw new ImpossiblePlanException(await WhyNotAsync(server, blocking, cancellationToken));
        }

        return await server.WhyNotAsync(plan.Act.Right(), cancellationToken) is { } lacks
            ? throw new ImpossiblePlanException($"{lacks}{ByHand.Words(server, plan.Act, [plan.Session])}")
            : plan;
    }

    public Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var end = (EndBlocker)plan.Mitigation;
        return servers[plan.Target].ActAsync(end.Act, end.Server, end.Session.Pin, idempotencyKey, cancellationToken);
    }

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var end = (EndBlocker)plan.Mitigation;
        return servers[plan.Target].ObserveAsync(end.Act, end.Server, end.Session.Pin, idempotencyKey, cancellationToken);
    }

    /// <summary>A standby replays its primary's locks, and then who holds one has no session here. MariaDB doesn't say who holds a table's lock.</summary>
    private async Task<string> WhyNotAsync(ITargetServer server, BlockingChains blocking, CancellationToken cancellationToken)
    {
        var why = $"{BlockerRule.WhyNot(blocking)}{Pasted(server, blocking)}";
        var look = await server.LookAsync(new LookRequest(options.EndIdleSessions.AllAges(), Before: null), cancellationToken);
        var waiting = look.Usage.WaitingForLock;
        return (look.Server, blocking.Chains.Count) switch
        {
            ({ IsReplica: true }, 0) when waiting > 0 =>
                $"{Waiting(waiting)} for a lock, and nobody on this server holds it: it is a replica, so the holder may be on its primary. Look there.",
            ({ IsReplica: true }, > 0) => $"{why} This is a replica: the holder may be on its primary.",
            ({ Product: "MariaDB" }, 0) when waiting > 0 => $"{Waiting(waiting)} for a lock, and MariaDB doesn't say who holds a table's lock.{await WaitingChangeAsync(server, cancellationToken)}",
            (_, 0) when waiting > 0 => $"{Waiting(waiting)} for a lock, but I could not see for whom. Ask again in a moment.",
            _ => why,
        };
    }

    /// <summary>A change of a table that waits makes everybody wait who comes after it; one of those that may be cancelled, the longest waiting first.</summary>
    private static async Task<string> WaitingChangeAsync(ITargetServer server, CancellationToken cancellationToken)
    {
        var active = await server.FindSessionsAsync(new SessionChoice(SessionState.Active, TimeSpan.Zero, StatementRule.LookAtMost), cancellationToken);
        return active.Sessions.FirstOrDefault(session => session.Waits && SparedWork.IsSchemaChange(session.Statement)) is { } change
            ? $" Session {change.Pin.Number} waits to change a table, and whoever comes after it waits for it: ask for cancel-query, which can cancel that."
            : " Its list of sessions may show a change of a table that waits: whoever comes after that waits for it.";
    }

    private static string Pasted(ITargetServer server, BlockingChains blocking) => BlockerRule.ForAPerson(blocking) is { } root
        ? ByHand.Words(server, SessionAct.EndIdle, [root])
        : blocking.Chains is [{ Blocker.Prepared.Value: var prepared }, ..] && PlainName.IsPlain(prepared)
            ? $" In its database: ROLLBACK PREPARED '{prepared}'; or COMMIT PREPARED."
            : "";

    private static string Waiting(int sessions) => $"{Spoken.Sessions(sessions)} {(sessions == 1 ? "waits" : "wait")}";
}
