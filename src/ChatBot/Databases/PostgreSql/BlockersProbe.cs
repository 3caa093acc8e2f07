using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>
/// Asks PostgreSQL who stands in whose way, with all that pins the roots and gates. Up to four statements, after the
/// server's own list of whom to leave alone.
/// </summary>
internal sealed class BlockersProbe(WarmConnections connections)
{
    private const string Sql =
        """
        select pid, count(*)::int as locks
          from pg_locks
         where granted
           and pid = any (@roots)
         group by pid
        """;

    private const string WaitingMigrationsSql =
        $"""
        select a.pid
          from pg_stat_activity a
          join pg_roles r on r.oid = a.usesysid
         where a.pid = any (@gates)
           and a.wait_event_type = 'Lock'
           and {ProtectedSessions.Conditions}
         limit 10
        """;

    /// <exception cref="TargetUnavailableException">There was no answer, or the bot may not see who waits.</exception>
    public Task<BlockingChains> ReadAsync(string target, CancellationToken cancellationToken)
    {
        var connection = connections[target];
        return connection.UseAsync(
            async (session, token) =>
            {
                var alsoProtected = await ServerProtected.ReadAsync(session, token);
                var waits = await LockWaitsProbe.ReadAsync(session, connection.Target, alsoProtected, token);
                if (!waits.SeesEverything)
                {
                    throw new TargetUnavailableException(
                        UnavailableReason.Refused, 0, $"On {target} the bot can't see who waits for whom: grant pg_read_all_stats to its role.");
                }

                var chains = await WithMigrationsAsync(BlockingChainRule.Chains(waits));
                var locks = await CountLocksAsync(session, [.. chains.Select(chain => chain.Root).OfType<PinnedSession>()], token);
                return new BlockingChains(
                    waits.Server,
                    [.. chains.Select(chain => chain with { Root = chain.Root is { } root ? WithLocks(root, locks) : null })])
                {
                    IsReplica = waits.IsStandby,
                };

                // A gate that is protected only for its being a migration's, may be cancelled as long as it waits.
                async Task<IReadOnlyList<BlockingChain>> WithMigrationsAsync(IReadOnlyList<BlockingChain> found)
                {
                    int[] gates = [.. found.Where(chain => chain.Gate is null).Select(chain => (int?)chain.Blocker.Gate?.Number).OfType<int>()];
                    if (gates is [])
                    {
                        return found;
                    }

                    var migrations = await FindMigrationsAsync(session, connection.Target, alsoProtected, gates, token);
                    return [.. found.Select(chain => chain is { Gate: null, Blocker.Gate: { } gate } && migrations.Contains((int)gate.Number)
                        ? chain with { Gate = BlockingChainRule.PinnedGate(waits.Processes[(int)gate.Number]), GateIsMigration = true }
                        : chain)];
                }
            },
            cancellationToken);
    }

    private static async Task<IReadOnlyDictionary<int, int>> CountLocksAsync(
        NpgsqlConnection session, IReadOnlyList<PinnedSession> roots, CancellationToken cancellationToken)
    {
        var locks = new Dictionary<int, int>();
        if (roots.Count > 0)
        {
            await using var command = new NpgsqlCommand(Sql, session);
            command.Parameters.Add(new NpgsqlParameter<int[]>("roots", [.. roots.Select(root => (int)root.Pin.Number)]));
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                locks.Add(row.GetInt32(0), row.GetInt32(1));
            }
        }

        return locks;
    }

    private static async Task<IReadOnlySet<int>> FindMigrationsAsync(
        NpgsqlConnection session, PostgreSqlTarget target, IReadOnlyList<string> alsoProtected, int[] gates, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(WaitingMigrationsSql, session);
        ProtectedSessions.AddTo(command, target.WithoutMigrations(), alsoProtected);
        command.Parameters.Add(new NpgsqlParameter<int[]>("gates", gates));
        var migrations = new HashSet<int>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            migrations.Add(row.GetInt32(0));
        }

        return migrations;
    }

    private static PinnedSession WithLocks(PinnedSession root, IReadOnlyDictionary<int, int> locks) => root with
    {
        Transaction = root.Transaction is { } open && locks.TryGetValue((int)root.Pin.Number, out var held)
            ? open with { Locks = held }
            : root.Transaction,
    };
}
