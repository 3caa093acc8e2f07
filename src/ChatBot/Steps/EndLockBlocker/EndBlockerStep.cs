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

        return await server.WhyNotAsync(RightFor(plan), cancellationToken) is { } lacks ? throw new ImpossiblePlanException(lacks) : plan;
    }

    public Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var end = (EndBlocker)plan.Mitigation;
        return servers[plan.Target].ActAsync(ActOf(end), end.Server, end.Session.Pin, idempotencyKey, cancellationToken);
    }

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var end = (EndBlocker)plan.Mitigation;
        return servers[plan.Target].ObserveAsync(ActOf(end), end.Server, end.Session.Pin, idempotencyKey, cancellationToken);
    }

    private static SessionAct ActOf(EndBlocker end) => end.Way is BlockerWay.EndRoot ? SessionAct.EndTransaction : SessionAct.CancelStatement;

    private static ServerRight RightFor(EndBlocker end) => end.Way is BlockerWay.EndRoot ? ServerRight.EndSessions : ServerRight.CancelStatements;

    /// <summary>A standby replays its primary's locks, and then who holds one has no session here.</summary>
    private async Task<string> WhyNotAsync(ITargetServer server, BlockingChains blocking, CancellationToken cancellationToken)
    {
        var why = BlockerRule.WhyNot(blocking);
        var look = await server.LookAsync(new LookRequest(options.EndIdleSessions.AllAges(), Before: null), cancellationToken);
        var waiting = look.Usage.WaitingForLock;
        return (look.Server.IsReplica, blocking.Chains.Count) switch
        {
            (true, 0) when waiting > 0 =>
                $"{Waiting(waiting)} for a lock, and nobody on this server holds it: it is a replica, so the holder may be on its primary. Look there.",
            (true, > 0) => $"{why} This is a replica: the holder may be on its primary.",
            (false, 0) when waiting > 0 => $"{Waiting(waiting)} for a lock, but I could not see for whom. Ask again in a moment.",
            _ => why,
        };
    }

    private static string Waiting(int sessions) => $"{Spoken.Sessions(sessions)} {(sessions == 1 ? "waits" : "wait")}";
}
