using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>A PostgreSQL target: one probe or change per file, put together here.</summary>
internal sealed class PostgreSqlTargetServer(string target, WarmConnections connections, TimeProvider clock) : ITargetServer
{
    private readonly ConnectionUsageProbe _usage = new(connections);
    private readonly ServerLookProbe _look = new(connections);
    private readonly BlockersProbe _blockers = new(connections);
    private readonly PinnedSessionsProbe _sessions = new(connections);
    private readonly PostgreSqlDoctor _doctor = new(connections);
    private readonly SessionTerminator _terminator = new(connections, clock);
    private readonly RoleLimits _limits = new(connections, clock);

    public string Target => target;

    public void Insist() => connections[Target].Insist();

    public Task<ConnectionUsage> CountAsync(CancellationToken cancellationToken) => AskAsync(() => _usage.ReadAsync(Target, cancellationToken));

    public Task<ServerLook> LookAsync(LookRequest request, CancellationToken cancellationToken) =>
        AskAsync(() => _look.ReadAsync(Target, request, cancellationToken));

    public Task<PinnedSessions> FindSessionsAsync(SessionChoice choice, CancellationToken cancellationToken) =>
        AskAsync(() => _sessions.ReadAsync(Target, choice, cancellationToken));

    public Task<BlockingChains> FindBlockersAsync(CancellationToken cancellationToken) => AskAsync(() => _blockers.ReadAsync(Target, cancellationToken));

    public Task<IReadOnlyList<AccountLimit>> FindLimitsAsync(string user, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<AccountLimit>>(async () => await _limits.FindAsync(Target, user, cancellationToken) is { } found ? [found] : []);

    public Task<LimitGap?> WhyNotLimitAsync(string account, CancellationToken cancellationToken) => AskAsync(async () =>
        await connections[Target].UseAsync((session, token) => RoleAdmin.WhyNotAsync(session, Target, account, token), cancellationToken)
        ?? (await _doctor.WhyNotAsync(Target, ServerRight.LimitAccounts, cancellationToken) is { } gap ? new LimitGap(gap) : null));

    public Task<string?> WhyNotAsync(ServerRight right, CancellationToken cancellationToken) =>
        AskAsync(() => _doctor.WhyNotAsync(Target, right, cancellationToken));

    public Task<ServerCheckup> CheckAsync(int replicas, CancellationToken cancellationToken) => AskAsync(() => _doctor.CheckAsync(Target, replicas, cancellationToken));

    public Task<StepResult> ActAsync(SessionAct act, ServerPin server, SessionPin pin, string idempotencyKey, CancellationToken cancellationToken) =>
        _terminator.ActAsync(Target, act, server.StartedAt, (PostgreSqlPin)pin, idempotencyKey, cancellationToken);

    public Task<StepResult> ObserveAsync(SessionAct act, ServerPin server, SessionPin pin, string idempotencyKey, CancellationToken cancellationToken) =>
        _terminator.ObserveAsync(Target, act, server.StartedAt, (PostgreSqlPin)pin, idempotencyKey, cancellationToken);

    public Task<StepResult> LimitAsync(AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken) =>
        _limits.LimitAsync(Target, change, idempotencyKey, cancellationToken);

    public Task<StepResult> ObserveLimitAsync(AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken) =>
        _limits.ObserveAsync(Target, change, idempotencyKey, cancellationToken);

    public string Statement(SessionAct act, SessionPin pin) => PastedAct.Statement(act, (PostgreSqlPin)pin);

    public string LimitStatement(AccountLimitChange change) => RoleLimits.Statement(change);

    /// <summary>The server's code, not its text, which can quote anything.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (PostgresException refused)
        {
            throw new TargetUnavailableException(
                UnavailableReason.Confused, 0, $"{Target} refused the question ({refused.SqlState}). Look the code up in the server's log.");
        }
    }
}
