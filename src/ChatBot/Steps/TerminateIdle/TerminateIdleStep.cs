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
    private const string IdleFor = "idle-for";
    private const string Max = "max";

    public StepType Type { get; } = new("terminate-idle", StepWork.Changes, "ends sessions that are idle outside a transaction")
    {
        Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm],
        Mitigation = EndIdleSessions.StoredName,
        Parameters =
        [
            new DurationParameter(IdleFor, "how long a session has been idle at least", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) { Default = "EndIdleSessions:IdleFor" },
            new CountParameter(Max, "how many one plan may end at most", 1, 50) { Default = "EndIdleSessions:MaxSessions" },
        ],
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

        var (idleFor, most) = BoundsOf(request.Binding, options.EndIdleSessions);
        var found = await idleSessions.ReadAsync(target, idleFor, most, cancellationToken);
        return new EndIdleSessions(found.ServerStartedAt, idleFor, found.Sessions, found.More);
    }

    /// <summary>The page may ask for less than the settings allow, never for more: no younger sessions, and not more of them.</summary>
    internal static (TimeSpan IdleFor, int Most) BoundsOf(StepBinding binding, EndIdleSessionsOptions allowed)
    {
        var idleFor = binding.Duration(IdleFor) is { } wanted && wanted > allowed.IdleFor ? wanted : allowed.IdleFor;
        return (idleFor, Math.Min(binding.Count(Max) ?? allowed.MaxSessions, allowed.MaxSessions));
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
