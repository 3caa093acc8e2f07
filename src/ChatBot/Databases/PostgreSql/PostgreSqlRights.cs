using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>What the bot's role may do on a server.</summary>
/// <param name="Version">As the server counts: 150018 is 15.18.</param>
/// <param name="SeesEverything">Has <c>pg_read_all_stats</c>.</param>
/// <param name="Signals">Has <c>pg_signal_backend</c> itself, so that it needs no guard.</param>
/// <param name="ConnectionLimit">-1 means none.</param>
/// <param name="ThroughPooler">Another process answers than the one that let the bot in.</param>
internal sealed record PostgreSqlRights(
    int Version,
    bool SeesEverything,
    bool Signals,
    bool IsSuperuser,
    int ConnectionLimit,
    bool ThroughPooler)
{
    private const int OldestSupported = 100_000;

    private const string Sql =
        """
        select current_setting('server_version_num')::int as version,
               exists (select from pg_roles p where p.rolname = 'pg_read_all_stats'
                                                and pg_has_role(p.oid, 'usage')) as sees_everything,
               exists (select from pg_roles p where p.rolname = 'pg_signal_backend'
                                                and pg_has_role(p.oid, 'usage')) as signals,
               r.rolsuper,
               r.rolconnlimit,
               pg_backend_pid() as pid,
               r.rolcreaterole,
               r.rolname,
               current_database(),
               current_setting('server_version_num')::int < 160000
                 or exists (select from pg_auth_members m where m.member = r.oid and m.admin_option),
               (select g.rolname
                  from pg_auth_members m
                  join pg_roles g on g.oid = m.roleid
                  join pg_roles p on p.rolname = 'pg_signal_backend'
                 where m.member = r.oid
                   and pg_has_role(g.oid, p.oid, 'usage')
                 order by g.rolname <> p.rolname, g.rolname
                 limit 1)
          from pg_roles r
         where r.rolname = current_user
        """;

    /// <summary>As the server holds it.</summary>
    public string Role { get; init; } = "chatbot";

    /// <summary>The one that the bot connects to: there its functions have to be.</summary>
    public string Database { get; init; } = "postgres";

    /// <summary>Has CREATEROLE itself.</summary>
    public bool CreatesRoles { get; init; }

    /// <summary>May change at least one role, if it has CREATEROLE: since PostgreSQL 16 only those that were granted to it for that.</summary>
    public bool HasAnyRole { get; init; }

    /// <summary>The role that was granted to it and has <c>pg_signal_backend</c>, or is that; null when there is none.</summary>
    public string? SignalsThrough { get; init; }

    /// <summary>Null where there is no such function.</summary>
    public ServerGuard? Ending { get; init; }

    /// <inheritdoc cref="Ending"/>
    public ServerGuard? Limiting { get; init; }

    /// <summary>Numbers and names of its sessions mean what the bot takes them for.</summary>
    public bool IsSupported => Version >= OldestSupported && !ThroughPooler;

    public bool CanSignal => IsSupported && (Signals || Ending is { CanEnd: true });

    public bool CanLimit => IsSupported && (IsSuperuser || (CreatesRoles && HasAnyRole) || Limiting is { CanLimit: true });

    public static async Task<PostgreSqlRights> ReadAsync(NpgsqlConnection session, int processId, CancellationToken cancellationToken)
    {
        var rights = await ReadRoleAsync(session, processId, cancellationToken);
        return rights.IsSupported
            ? rights with
            {
                Ending = await ServerGuard.OfEndingAsync(session, cancellationToken),
                Limiting = await ServerGuard.OfLimitingAsync(session, cancellationToken),
            }
            : rights;
    }

    private static async Task<PostgreSqlRights> ReadRoleAsync(NpgsqlConnection session, int processId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, session);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new PostgreSqlRights(
            Version: row.GetInt32(0),
            SeesEverything: row.GetBoolean(1),
            Signals: row.GetBoolean(2),
            IsSuperuser: row.GetBoolean(3),
            ConnectionLimit: row.GetInt32(4),
            ThroughPooler: row.GetInt32(5) != processId)
        {
            CreatesRoles = row.GetBoolean(6),
            Role = row.GetString(7),
            Database = row.GetString(8),
            HasAnyRole = row.GetBoolean(9),
            SignalsThrough = row.IsDBNull(10) ? null : row.GetString(10),
        };
    }
}
