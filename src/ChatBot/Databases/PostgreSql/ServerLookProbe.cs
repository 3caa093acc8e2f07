using ChatBot.Incidents.Evidence;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Looks once at a PostgreSQL server, with one use of the warm connection: six short statements, and a seventh when somebody waits for a lock.</summary>
/// <remarks>
/// Each statement sees the moment at which it runs, so on a busy server their numbers can differ by what changed in
/// between. Without <c>pg_read_all_stats</c> only the number of sessions and their names are known, and nothing is said
/// about the rest.
/// </remarks>
internal sealed class ServerLookProbe(WarmConnections connections)
{
    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<ServerLook> ReadAsync(string target, LookRequest request, CancellationToken cancellationToken)
    {
        var connection = connections[target];
        return connection.UseAsync(
            async (session, token) =>
            {
                var facts = await ServerFactsProbe.ReadAsync(session, token);
                var before = Meaningful(request.Before, facts);
                var alsoProtected = await ServerProtected.ReadAsync(session, token);
                var usage = await ConnectionUsageProbe.ReadAsync(session, connection, token);
                var seen = await ConnectionConsumersProbe.ReadAsync(session, connection.Target, alsoProtected, request, before?.At, token);
                var statements = await StatementGroupsProbe.ReadAsync(session, connection.Target, request, token);
                var waits = usage.WaitingForLock > 0 ? await LockWaitsProbe.ReadAsync(session, connection.Target, alsoProtected, token) : null;

                var mark = facts.Mark with { Used = usage.Used };

                return new ServerLook(mark.At, facts.Kind, mark, usage, seen.Consumers)
                {
                    Since = before is null ? null : Since(before, mark, seen),
                    StartedAnew = request.Before is { } told && told.ServerStartedAt != mark.ServerStartedAt,
                    Limits = facts.Limits,
                    Statements = statements,
                    Blockers = waits is null ? [] : [.. BlockingChainRule.Chains(waits).Select(chain => chain.Blocker)],
                    Starting = facts.Starting,
                    Privileged = facts.Privileged,
                };
            },
            cancellationToken);
    }

    /// <summary>A mark from another life of the server, or from a clock that was set back, says nothing about now; and who sees no starts sees no change.</summary>
    private static LookMark? Meaningful(LookMark? before, ServerFacts facts) =>
        facts.SeesEverything && before is { } mark && mark.ServerStartedAt == facts.Mark.ServerStartedAt && mark.At < facts.Mark.At
            ? mark
            : null;

    private static SinceLook Since(LookMark before, LookMark now, SeenConsumers seen) => new(
        now.At - before.At,
        seen.Born,
        // Fewer than before: somebody reset the statistics, or a database is gone with its count.
        Logins: now.Logins - before.Logins is { } logins and >= 0 ? logins : null,
        Refusals: null,
        seen.Unchanged)
    {
        Rise = now.Used - before.Used,
    };
}
