using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Causes;
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

    public MitigationView View { get; } = new EndIdleSessionsView(options.EndIdleSessions);

    public async Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var server = servers[request.Target.Name];

        // Without its rights the bot can't pin what it would change, so there is no plan to approve.
        if (await server.WhyNotAsync(ServerRight.EndSessions, cancellationToken) is { } lacks)
        {
            throw new ImpossiblePlanException(lacks);
        }

        var bounds = SessionBounds.Of(request.Binding, options.EndIdleSessions);
        var found = await server.FindSessionsAsync(new SessionChoice(SessionState.Idle, bounds.Ages[^1], bounds.Most), cancellationToken);
        var ages = await CountAsync(server, found, bounds.Ages, cancellationToken);
        var usage = await server.CountAsync(cancellationToken);
        var idleFor = IdleAgeRule.Choose(ages, usage, request.Incident.Trend.PerMinute, options.Watch.ReliefBelow) ?? bounds.Ages[0];

        PinnedSession[] sessions = [.. found.Sessions.Where(session => session.For >= idleFor)];
        var old = ages.Single(age => age.IdleFor == idleFor).Sessions;
        return new EndIdleSessions(found.Server, idleFor, sessions, Math.Max(0, old - sessions.Length)) { Ages = ages };
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

    /// <param name="youngest">Of the youngest age; an older one is asked for only where it doesn't show them all.</param>
    private static async Task<IReadOnlyList<AgeCount>> CountAsync(
        ITargetServer server, PinnedSessions youngest, IReadOnlyList<TimeSpan> ages, CancellationToken cancellationToken)
    {
        var counts = new List<AgeCount>();
        foreach (var age in ages)
        {
            var shown = youngest.Sessions.Count(session => session.For >= age);
            var isWhole = youngest.More == 0 || shown < youngest.Sessions.Count;
            counts.Add(new AgeCount(age, isWhole ? shown : age == ages[^1] ? shown + youngest.More : await AskAsync(age)));
        }

        return counts;

        async Task<int> AskAsync(TimeSpan age)
        {
            var old = await server.FindSessionsAsync(new SessionChoice(SessionState.Idle, age, AtMost: 1), cancellationToken);
            return old.Sessions.Count + old.More;
        }
    }
}
