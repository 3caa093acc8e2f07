using System.Globalization;
using ChatBot.Incidents.Evidence;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>What a server says of itself and of the bot's own session.</summary>
/// <param name="Version">For people: <c>15.18</c>.</param>
/// <param name="IsEncrypted">The bot's own connection.</param>
/// <param name="Slots"><c>max_connections</c>.</param>
/// <param name="ForSuperusers"><c>superuser_reserved_connections</c>.</param>
/// <param name="ForReserved"><c>reserved_connections</c>; null before PostgreSQL 16.</param>
/// <param name="MayUseReserved">The bot's role has <c>pg_use_reserved_connections</c>.</param>
/// <param name="DatabaseLimit">How many sessions the bot's database may have, whosever they are; null for any number.</param>
/// <param name="ThereBefore">Sessions of clients, as far as the bot sees them, that were there when it came in and still are.</param>
/// <param name="EndsIdleAfter">The server's <c>idle_session_timeout</c> for the bot's role, which the bot sets to 0 for its own session; null for never.</param>
internal sealed record PostgreSqlFacts(
    string Version,
    bool IsStandby,
    bool IsEncrypted,
    int Slots,
    int ForSuperusers,
    int? ForReserved,
    bool MayUseReserved,
    int? DatabaseLimit,
    int ThereBefore,
    TimeSpan? EndsIdleAfter)
{
    /// <summary>The bot got in although all the others' slots were taken: no better proof of its door.</summary>
    public bool CameInFull => ThereBefore >= Slots - ForSuperusers - (ForReserved ?? 0);

    private const string Sql =
        """
        select current_setting('server_version'),
               pg_is_in_recovery(),
               exists (select from pg_stat_ssl s where s.pid = pg_backend_pid() and s.ssl),
               current_setting('max_connections')::int,
               current_setting('superuser_reserved_connections')::int,
               nullif(current_setting('reserved_connections', true), '')::int,
               exists (select from pg_roles p where p.rolname = 'pg_use_reserved_connections' and pg_has_role(p.oid, 'usage')),
               (select nullif(d.datconnlimit, -1) from pg_database d where d.datname = current_database()),
               (select count(*)::int
                  from pg_stat_activity other
                  join pg_stat_activity mine on mine.pid = pg_backend_pid()
                 where other.backend_type = 'client backend'
                   and other.backend_start < mine.backend_start),
               (select s.reset_val from pg_settings s where s.name = 'idle_session_timeout')
        """;

    public static async Task<PostgreSqlFacts> ReadAsync(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, session);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new PostgreSqlFacts(
            ForeignText.From(row.GetString(0), 40).Value,
            row.GetBoolean(1),
            row.GetBoolean(2),
            row.GetInt32(3),
            row.GetInt32(4),
            row.IsDBNull(5) ? null : row.GetInt32(5),
            row.GetBoolean(6),
            row.IsDBNull(7) ? null : row.GetInt32(7),
            row.GetInt32(8),
            !row.IsDBNull(9) && long.Parse(row.GetString(9), CultureInfo.InvariantCulture) is > 0 and var milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null);
    }

    /// <summary>Which server this is: also of the bot's own store.</summary>
    public static async Task<ServerIdentity> IdentityAsync(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_postmaster_start_time()", session);
        DateTimeOffset startedAt;
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            await row.ReadAsync(cancellationToken);
            startedAt = row.GetFieldValue<DateTimeOffset>(0);
        }

        command.CommandText = "select system_identifier from pg_control_system()";
        try
        {
            return new ServerIdentity(startedAt, await command.ExecuteScalarAsync(cancellationToken) as long?);
        }
        catch (PostgresException denied) when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return new ServerIdentity(startedAt, null); // the start alone will do: two servers don't share its microsecond
        }
    }
}
