using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>Asks MySQL or MariaDB how full it is, who is there and who stands in whose way.</summary>
/// <remarks>
/// MySQL 8.0 or later, MariaDB 10.6 or later. Needs PROCESS; without it the server shows the bot's own sessions only, and
/// no error, so then just the number of slots in use is told. Names of programs and last statements need SELECT on
/// performance_schema, and MariaDB has it off unless asked for; who may be touched and who has a limit, the view
/// chatbot.accounts.
/// </remarks>
internal sealed class MySqlLooks(MySqlConnections connections)
{
    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<ConnectionUsage> CountAsync(string target, CancellationToken cancellationToken)
    {
        var connection = connections[target];
        return connection.UseAsync(
            async (session, _) => MySqlLook.Usage(
                await MySqlStatus.ReadAsync(session), await ClientSessions.ReadAsync(session, withStatements: false), connection.TakeRefusedLogins()),
            cancellationToken);
    }

    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<ServerLook> ReadAsync(string target, LookRequest request, CancellationToken cancellationToken)
    {
        var connection = connections[target];
        return connection.UseAsync(
            async (session, _) =>
            {
                var (look, waits) = await LookAsync(session, connection.Target, request);
                return look.Draw(connection.TakeRefusedLogins(), waits);
            },
            cancellationToken);
    }

    /// <exception cref="TargetUnavailableException">There was no answer, or a right is missing.</exception>
    public async Task<BlockingChains> FindBlockersAsync(string target, MySqlSessionsProbe pins, CancellationToken cancellationToken)
    {
        var connection = connections[target];
        var (_, before) = await ReadAsync();
        var pinned = await pins.ReadAsync(
            connection.Target, [.. before.SelectMany(chain => new[] { chain.Root, chain.Gate ?? 0 }).Where(number => number > 0).Distinct()], cancellationToken);
        long[] unpinned = [.. before.Select(chain => chain.Gate).OfType<long>().Where(gate => Pinned(gate) is null).Distinct()];
        var migrations = unpinned is [] ? [] : (await pins.ReadAsync(connection.Target.WithoutMigrations(), unpinned, cancellationToken)).Sessions;

        // What was pinned may have let go meanwhile, and taken up other work: only who stood there before and after is meant.
        var (look, after) = await ReadAsync();
        var same = before.Select(chain => (chain.Root, chain.Gate)).ToHashSet();
        return new BlockingChains(
            pinned.Server,
            [
                .. after
                    .Where(chain => same.Contains((chain.Root, chain.Gate)))
                    .Select(chain => new BlockingChain(look.Blocker(chain), Pinned(chain.Root), PinnedGate(chain.Gate))
                    {
                        GateIsMigration = migrations.Any(session => session.Pin.Number == chain.Gate),
                    }),
            ])
        {
            IsReplica = look.IsReplica,
        };

        PinnedSession? PinnedGate(long? gate) => gate is { } number ? Pinned(number) ?? migrations.FirstOrDefault(session => session.Pin.Number == number) : null;

        PinnedSession? Pinned(long number) => pinned.Sessions.FirstOrDefault(session => session.Pin.Number == number);

        Task<(MySqlLook Look, IReadOnlyList<LockChain> Chains)> ReadAsync() => connection.UseAsync(
            async (session, _) =>
            {
                var (look, waits) = await LookAsync(session, connection.Target, new LookRequest([TimeSpan.Zero], Before: null));
                return (look, MySqlLook.ChainsOf(waits));
            },
            cancellationToken);
    }

    private static async Task<(MySqlLook Look, List<LockWait> Waits)> LookAsync(MySqlConnection session, MySqlTarget target, LookRequest request)
    {
        var status = await MySqlStatus.ReadAsync(session);
        var seen = await ClientSessions.ReadAsync(session, withStatements: true);
        if (status.HasPerformanceSchema)
        {
            seen = await seen.WithHistoryAsync(session);
        }

        var accounts = await MySqlAccounts.ReadAsync(session);
        var waiting = seen.Sessions.Where(one => one.Activity is SessionActivity.WaitingForLock).Select(one => one.Id).ToHashSet();
        return (new MySqlLook(target, status, seen, accounts, request), waiting.Count > 0 ? await LockWaits.ReadAsync(session, waiting) : []);
    }
}
