using System.Globalization;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>What the bot may see and do on a server. Whatever is not proven is missing.</summary>
/// <param name="SeesEverything">Without it the bot counts sessions, and knows nothing else about them.</param>
/// <param name="CanSignal">Without it the bot ends nobody's session.</param>
/// <param name="Findings">What a person should know or mend, the worst first; empty when all is well.</param>
internal sealed record PostgreSqlCheckup(bool SeesEverything, bool CanSignal, IReadOnlyList<CheckupFinding> Findings)
{
    /// <summary>Sessions can be pinned and ended; otherwise the action has to stay off.</summary>
    public bool CanEndSessions => SeesEverything && CanSignal;
}

/// <param name="Blocks">Something does not work without it; otherwise it is advice.</param>
/// <param name="Sentence">In our own words: what is wrong, then what to do.</param>
internal sealed record CheckupFinding(bool Blocks, string Sentence);

/// <summary>Asks a server at start whether the bot's role has what it needs, and not more.</summary>
internal sealed class PostgreSqlDoctor(WarmConnections connections)
{
    private const int OldestSupported = 100_000;

    private const string Sql =
        """
        select current_setting('server_version_num')::int as version,
               exists (select from pg_roles p where p.rolname = 'pg_read_all_stats'
                                                and pg_has_role(p.oid, 'usage')) as sees_everything,
               exists (select from pg_roles p where p.rolname = 'pg_signal_backend'
                                                and pg_has_role(p.oid, 'usage')) as can_signal,
               r.rolsuper,
               r.rolconnlimit,
               pg_backend_pid() as pid
          from pg_roles r
         where r.rolname = current_user
        """;

    /// <summary>Never throws for a server that does not answer: that is a finding, and no right is proven then.</summary>
    public async Task<PostgreSqlCheckup> CheckAsync(string target, CancellationToken cancellationToken)
    {
        try
        {
            return await connections[target].UseAsync(
                async (session, token) =>
                {
                    await using var command = new NpgsqlCommand(Sql, session);
                    await using var row = await command.ExecuteReaderAsync(token);
                    await row.ReadAsync(token);
                    return Judge(target, new Rights(
                        Version: row.GetInt32(0),
                        SeesEverything: row.GetBoolean(1),
                        CanSignal: row.GetBoolean(2),
                        IsSuperuser: row.GetBoolean(3),
                        ConnectionLimit: row.GetInt32(4),
                        ThroughPooler: row.GetInt32(5) != session.ProcessID));
                },
                cancellationToken);
        }
        catch (TargetUnavailableException unavailable)
        {
            return new(false, false, [new(Blocks: true, unavailable.Message)]);
        }
    }

    internal static PostgreSqlCheckup Judge(string target, Rights rights)
    {
        var supported = rights.Version >= OldestSupported && !rights.ThroughPooler;
        return new(
            supported && rights.SeesEverything,
            supported && rights.CanSignal,
            [.. Findings(target, rights).OrderByDescending(finding => finding.Blocks)]);
    }

    private static IEnumerable<CheckupFinding> Findings(string target, Rights rights)
    {
        if (rights.Version < OldestSupported)
        {
            var version = (rights.Version / 10_000).ToString(CultureInfo.InvariantCulture);
            yield return new(true, $"{target} runs PostgreSQL {version}; the bot needs 10 or later.");
        }

        if (rights.ThroughPooler)
        {
            yield return new(true, $"The bot reaches {target} through a pooler. Give it the server's own address.");
        }

        if (!rights.SeesEverything)
        {
            yield return new(true, $"On {target} the bot only counts sessions: grant pg_read_all_stats to its role.");
        }

        if (!rights.CanSignal)
        {
            yield return new(true, $"On {target} the bot ends no sessions: grant pg_signal_backend to its role.");
        }

        if (rights.IsSuperuser)
        {
            yield return new(false, $"On {target} the bot is a superuser. Give it a role of its own with less: "
                + "manifests/databases/postgresql.sql.");
        }
        else if (rights.ConnectionLimit < 0)
        {
            yield return new(false, $"On {target} the bot's role has no connection limit. Set 2 for each replica, plus 1.");
        }
        else if (rights.ConnectionLimit < 2)
        {
            yield return new(false, $"On {target} the bot's role may not open a second connection when one hangs. "
                + "Set its connection limit to 2 for each replica, plus 1.");
        }
    }

    /// <param name="Version">As the server counts: 150018 is 15.18.</param>
    /// <param name="ConnectionLimit">-1 means none.</param>
    internal sealed record Rights(
        int Version,
        bool SeesEverything,
        bool CanSignal,
        bool IsSuperuser,
        int ConnectionLimit,
        bool ThroughPooler);
}
