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
    private readonly IdleSessionsProbe _idleSessions = new(connections);
    private readonly PostgreSqlDoctor _doctor = new(connections);
    private readonly SessionTerminator _terminator = new(connections, clock);

    public string Target => target;

    public Task<ConnectionUsage> CountAsync(CancellationToken cancellationToken) => AskAsync(() => _usage.ReadAsync(Target, cancellationToken));

    public Task<ServerLook> LookAsync(LookRequest request, CancellationToken cancellationToken) =>
        AskAsync(() => _look.ReadAsync(Target, request, cancellationToken));

    public Task<PinnedSessions> FindSessionsAsync(SessionChoice choice, CancellationToken cancellationToken) => choice.State switch
    {
        SessionState.Idle => AskAsync(() => _idleSessions.ReadAsync(Target, choice.For, choice.AtMost, cancellationToken)),
        _ => throw new NotSupportedException(),
    };

    public Task<BlockingChains> FindBlockersAsync(CancellationToken cancellationToken) => AskAsync(() => _blockers.ReadAsync(Target, cancellationToken));

    public Task<AccountLimit?> FindLimitAsync(string account, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async Task<string?> WhyNotAsync(ServerRight right, CancellationToken cancellationToken)
    {
        var rights = await _doctor.CheckAsync(Target, cancellationToken);
        return rights.CanEndSessions
            ? null
            : rights.Findings.FirstOrDefault(finding => finding.Blocks)?.Sentence ?? $"The bot's role on {Target} lacks rights.";
    }

    public Task<StepResult> ActAsync(SessionAct act, ServerPin server, SessionPin pin, string idempotencyKey, CancellationToken cancellationToken) =>
        _terminator.EndAsync(Target, server.StartedAt, (PostgreSqlPin)pin, idempotencyKey, cancellationToken);

    public Task<StepResult> ObserveAsync(SessionAct act, ServerPin server, SessionPin pin, string idempotencyKey, CancellationToken cancellationToken) =>
        _terminator.ObserveAsync(Target, server.StartedAt, (PostgreSqlPin)pin, idempotencyKey, cancellationToken);

    public Task<StepResult> LimitAsync(AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StepResult> ObserveLimitAsync(AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public string LimitStatement(AccountLimitChange change) => throw new NotSupportedException();

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
