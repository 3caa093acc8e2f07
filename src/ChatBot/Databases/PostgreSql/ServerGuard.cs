using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>
/// A function of manifests/databases, with which the server itself sees to it that the bot's role does nothing but what was
/// approved. Where it is missing or of no use, the bot's own statements ask for the same.
/// </summary>
/// <param name="MayEnter">The bot's role may use the schema.</param>
/// <param name="MayCall">The bot's role may call it.</param>
/// <param name="OwnerKnowsProtected">Its owner may read whom the server's administrators protect.</param>
/// <param name="OwnerSees">Its owner has <c>pg_read_all_stats</c>.</param>
/// <param name="OwnerSignals">Its owner has <c>pg_signal_backend</c>.</param>
/// <param name="OwnerCreatesRoles">Its owner has CREATEROLE.</param>
/// <param name="OwnerHasAnyRole">Its owner may change at least one role: since PostgreSQL 16 CREATEROLE alone allows to change none.</param>
internal sealed record ServerGuard(
    bool MayEnter, bool MayCall, bool OwnerKnowsProtected, bool OwnerSees, bool OwnerSignals, bool OwnerCreatesRoles, bool OwnerHasAnyRole)
{
    public const string EndSession = "end_session";
    public const string EndSessionTypes =
        "text, integer, timestamp with time zone, timestamp with time zone, timestamp with time zone, "
        + "timestamp with time zone, text, text, timestamp with time zone";

    public const string LimitRole = "limit_role";
    public const string LimitRoleTypes = "text, integer, integer, timestamp with time zone";

    // Asked of the catalog, because to_regprocedure fails where the schema may not be used. Anybody who may create a schema
    // could name it chatbot; but a function of theirs has an owner without these rights, and is not taken for the guard's.
    private const string Sql =
        $"""
        select has_schema_privilege(n.oid, 'usage'),
               has_function_privilege(p.oid, 'execute'),
               has_schema_privilege(o.oid, n.oid, 'usage')
                 and exists (select
                               from pg_class c
                              where c.relnamespace = n.oid
                                and c.relname = 'protected'
                                and has_table_privilege(o.oid, c.oid, 'select')),
               pg_has_role(o.oid, 'pg_read_all_stats', 'usage'),
               pg_has_role(o.oid, 'pg_signal_backend', 'usage'),
               o.rolsuper or o.rolcreaterole,
               o.rolsuper
                 or current_setting('server_version_num')::int < 160000
                 or exists (select from pg_auth_members m where m.member = o.oid and m.admin_option),
               exists (select from pg_class c where c.relnamespace = n.oid and c.relname = 'protected' and {ServerProtected.MayRead}),
               (select pg_get_userbyid(c.relowner)::text
                  from pg_class c
                 where c.relnamespace = n.oid
                   and c.relname = 'protected'
                   and not {ServerProtected.IsTrusted})
          from pg_proc p
          join pg_namespace n on n.oid = p.pronamespace
          join pg_roles o on o.oid = p.proowner
         where n.nspname = 'chatbot'
           and p.proname = @name
           and oidvectortypes(p.proargtypes) = @types
           and p.prosecdef
        """;

    /// <summary>The bot's role may itself read whom the server's administrators protect, and so names nobody whom the function would refuse.</summary>
    public bool ReadsProtected { get; init; } = true;

    /// <summary>To whom that list belongs, if the bot doesn't trust them and so leaves it unread; null when it does.</summary>
    public string? StrangeListOwner { get; init; }

    public bool CanEnd => MayEnter && MayCall && OwnerKnowsProtected && OwnerSees && OwnerSignals;

    public bool CanLimit => MayEnter && MayCall && OwnerKnowsProtected && OwnerCreatesRoles && OwnerHasAnyRole;

    /// <returns>Null where there is no such function.</returns>
    public static Task<ServerGuard?> OfEndingAsync(NpgsqlConnection session, CancellationToken cancellationToken) =>
        ReadAsync(session, EndSession, EndSessionTypes, cancellationToken);

    /// <inheritdoc cref="OfEndingAsync"/>
    public static Task<ServerGuard?> OfLimitingAsync(NpgsqlConnection session, CancellationToken cancellationToken) =>
        ReadAsync(session, LimitRole, LimitRoleTypes, cancellationToken);

    private static async Task<ServerGuard?> ReadAsync(NpgsqlConnection session, string name, string types, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, session);
        command.Parameters.Add(new NpgsqlParameter<string>("name", name));
        command.Parameters.Add(new NpgsqlParameter<string>("types", types));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new ServerGuard(
                row.GetBoolean(0), row.GetBoolean(1), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5), row.GetBoolean(6))
            {
                ReadsProtected = row.GetBoolean(7),
                StrangeListOwner = row.IsDBNull(8) ? null : row.GetString(8),
            }
            : null;
    }
}
