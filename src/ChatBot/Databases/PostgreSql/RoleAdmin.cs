using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>What keeps the bot from limiting one role, although it may limit others, or none on this server.</summary>
/// <remarks>From PostgreSQL 16 on CREATEROLE changes only roles that were granted with the admin option: https://www.postgresql.org/docs/current/role-attributes.html.</remarks>
internal static class RoleAdmin
{
    private const string Sql =
        """
        select pg_is_in_recovery(),
               limiter.rolname::text,
               current_setting('server_version_num')::int >= 160000
                 and limiter.rolcreaterole
                 and not pg_has_role(limiter.oid, r.oid, 'usage with admin option')
          from pg_roles r
          join pg_roles limiter
            on limiter.oid = coalesce(
                 (select p.proowner
                    from pg_proc p
                    join pg_namespace n on n.oid = p.pronamespace
                   where n.nspname = 'chatbot'
                     and p.proname = @name
                     and oidvectortypes(p.proargtypes) = @types
                     and p.prosecdef
                   limit 1),
                 current_user::regrole)
         where r.rolname::text = @account
         limit 1
        """;

    /// <returns>Null when nothing does, as far as this tells; whether the bot may limit anybody at all is asked elsewhere.</returns>
    public static async Task<LimitGap?> WhyNotAsync(NpgsqlConnection session, string target, string account, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, session);
        command.Parameters.Add(new NpgsqlParameter<string>("account", account));
        command.Parameters.Add(new NpgsqlParameter<string>("name", ServerGuard.LimitRole));
        command.Parameters.Add(new NpgsqlParameter<string>("types", ServerGuard.LimitRoleTypes));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
        {
            return null;
        }

        return row.GetBoolean(0) ? new LimitGap($"{target} is a standby, which changes nothing: limit the role on its primary.")
            : row.GetBoolean(2)
                ? new LimitGap(
                    $"On {target} the bot may not limit this role: it has to be granted for that.",
                    $"grant {QuotedName.Of(account)} to {QuotedName.Of(row.GetString(1))} with admin true, inherit false, set false;")
            : null;
    }
}
