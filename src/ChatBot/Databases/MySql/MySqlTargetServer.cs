using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>A MySQL or MariaDB target: one probe or change per file, put together here.</summary>
internal sealed class MySqlTargetServer(string target, MySqlConnections connections, TimeProvider clock) : ITargetServer
{
    public string Target => target;

    public Task<ConnectionUsage> CountAsync(CancellationToken cancellationToken) =>
        AskAsync(() => connections[target].UseAsync<ConnectionUsage>((_, _) => throw new NotSupportedException($"{clock}"), cancellationToken));

    public Task<ServerLook> LookAsync(LookRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<BlockingChains> FindBlockersAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<PinnedSessions> FindSessionsAsync(SessionChoice choice, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<AccountLimit?> FindLimitAsync(string account, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string?> WhyNotAsync(ServerRight right, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StepResult> ActAsync(SessionAct act, ServerPin server, SessionPin pin, string idempotencyKey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StepResult> ObserveAsync(SessionAct act, ServerPin server, SessionPin pin, string idempotencyKey, CancellationToken cancellationToken) => throw new NotSupportedException();

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
        catch (MySqlException refused)
        {
            throw new TargetUnavailableException(
                UnavailableReason.Confused, 0, $"{Target} refused the question ({(int)refused.ErrorCode}). Look the code up in the server's manual.");
        }
    }
}
