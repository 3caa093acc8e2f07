using System.Net.Sockets;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>A MySQL or MariaDB target: one probe or change per file, put together here.</summary>
internal sealed class MySqlTargetServer(string target, MySqlConnections connections, TimeProvider clock) : ITargetServer
{
    private readonly MySqlLooks _looks = new(connections);
    private readonly MySqlSessionsProbe _sessions = new(connections);
    private readonly MySqlRights _rights = new(connections);
    private readonly MySqlDoctor _doctor = new(connections, clock);
    private readonly MySqlSessionActs _acts = new(connections, new MySqlRights(connections), clock);
    private readonly MySqlAccountLimits _limits = new(connections, new MySqlRights(connections), clock);

    public string Target => target;

    public void Insist() => connections[Target].Insist();

    public Task<ConnectionUsage> CountAsync(CancellationToken cancellationToken) =>
        AskAsync(() => _looks.CountAsync(Target, cancellationToken));

    public Task<ServerLook> LookAsync(LookRequest request, CancellationToken cancellationToken) =>
        AskAsync(() => _looks.ReadAsync(Target, request, cancellationToken));

    public Task<BlockingChains> FindBlockersAsync(CancellationToken cancellationToken) =>
        AskAsync(() => _looks.FindBlockersAsync(Target, _sessions, cancellationToken));

    public Task<PinnedSessions> FindSessionsAsync(SessionChoice choice, CancellationToken cancellationToken) =>
        AskAsync(() => _rights.AskAsync(
            Target,
            choice.State is SessionState.Active ? ServerRight.CancelStatements : ServerRight.EndSessions,
            () => _sessions.ReadAsync(Target, choice, cancellationToken),
            cancellationToken));

    public Task<IReadOnlyList<AccountLimit>> FindLimitsAsync(string user, CancellationToken cancellationToken) =>
        AskAsync(() => _rights.AskAsync(
            Target, ServerRight.LimitAccounts, () => _limits.ReadAsync(Target, user, cancellationToken), cancellationToken));

    public Task<LimitGap?> WhyNotLimitAsync(string account, CancellationToken cancellationToken) => AskAsync(async () =>
        await _limits.WhyNotAsync(Target, cancellationToken) is { } readOnly ? new LimitGap(readOnly)
        : await _rights.WhyNotAsync(Target, ServerRight.LimitAccounts, cancellationToken) is { } gap ? new LimitGap(gap)
        : null);

    public Task<string?> WhyNotAsync(ServerRight right, CancellationToken cancellationToken) =>
        AskAsync(() => _rights.WhyNotAsync(Target, right, cancellationToken));

    public Task<ServerCheckup> CheckAsync(int replicas, CancellationToken cancellationToken) => AskAsync(() => _doctor.CheckAsync(Target, replicas, cancellationToken));

    public Task<StepResult> ActAsync(SessionAct act, ServerPin server, SessionPin pin, string idempotencyKey, CancellationToken cancellationToken) =>
        _acts.ActAsync(Target, act, server, (MySqlPin)pin, idempotencyKey, cancellationToken);

    public Task<StepResult> ObserveAsync(SessionAct act, ServerPin server, SessionPin pin, string idempotencyKey, CancellationToken cancellationToken) =>
        _acts.ObserveAsync(Target, act, server, (MySqlPin)pin, cancellationToken);

    public Task<StepResult> LimitAsync(AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken) =>
        _limits.SetAsync(Target, change, idempotencyKey, cancellationToken);

    public Task<StepResult> ObserveLimitAsync(AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken) =>
        _limits.ObserveAsync(Target, change, cancellationToken);

    public string Statement(SessionAct act, SessionPin pin) => MySqlKill.Statement(act, (MySqlPin)pin);

    public string LimitStatement(AccountLimitChange change) => MySqlAccountLimits.Statement(change);

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
        catch (FormatException)
        {
            throw new TargetUnavailableException(
                UnavailableReason.Confused, 0, $"{Target} leaves out what every MySQL and MariaDB tells. If it is a proxy, give the bot the server's own address.");
        }
        catch (Exception lost) when (lost is IOException or SocketException)
        {
            throw new TargetUnavailableException(UnavailableReason.Unreachable, 0, $"The connection to {Target} was lost before the answer came.");
        }
    }
}
