using ChatBot.Incidents.Evidence;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Asks PostgreSQL how much of its work is reading: by statement where somebody counts them, and by row.</summary>
/// <remarks>
/// PostgreSQL 10 or later. Statements need the extension <c>pg_stat_statements</c> in the bot's database, loaded by the
/// server, and a role in <c>pg_read_all_stats</c> to see the texts; then they are those of the whole server. What is read
/// is bounded by pg_stat_statements.max (5,000), and nothing of it but sums leaves the server.
/// See https://www.postgresql.org/docs/current/pgstatstatements.html.
/// </remarks>
internal sealed class ReadShareProbe(WarmConnections connections)
{
    // Only the extension's own view: somebody else's of that name could run anything in the bot's name.
    private const string FindSql =
        """
        select quote_ident(n.nspname) || '.' || quote_ident(c.relname),
               (select quote_ident(a.attname)
                  from pg_attribute a
                 where a.attrelid = c.oid
                   and a.attname in ('total_exec_time', 'total_time'))
          from pg_extension e
          join pg_depend d on d.refclassid = 'pg_extension'::regclass
                          and d.refobjid = e.oid
                          and d.deptype = 'e'
                          and d.classid = 'pg_class'::regclass
          join pg_class c on c.oid = d.objid
          join pg_namespace n on n.oid = c.relnamespace
         where e.extname = 'pg_stat_statements'
           and c.relname = 'pg_stat_statements'
           and c.relkind = 'v'
           and has_schema_privilege(n.oid, 'usage')
           and has_table_privilege(c.oid, 'select')
           and pg_has_role(current_user, 'pg_read_all_stats', 'usage')
        """;

    // A select that locks rows, or a "with" that changes some, can't run on a replica. Comments may stand first.
    private static string StatementsSql(string view, string time) =>
        $"""
        with statement as (
          select calls,
                 {time} as ms,
                 regexp_replace(query, '^(\s|\(|--[^\n]*(\n|$)|/\*([^*]|\*+[^*/])*\*+/)+', '') as text
            from {view}
        ), kind as (
          select calls,
                 ms,
                 case when text ~* '^(insert|update|delete|merge|copy|truncate|call|do|create|alter|drop|refresh|lock)\M' then 'write'
                      when text ~* '^with\M' and text ~* '\m(insert\s+into|update|delete\s+from|merge\s+into)\M' then 'write'
                      when text ~* '\mfor\s+(no\s+key\s+update|update|share|key\s+share)\M' then 'write'
                      when text ~* '^(select|with|table|values)\M' then 'read'
                      else 'other'
                 end as kind
            from statement
        )
        select coalesce(sum(calls) filter (where kind = 'read'), 0)::bigint,
               coalesce(sum(ms) filter (where kind = 'read'), 0)::float8,
               coalesce(sum(calls) filter (where kind = 'write'), 0)::bigint,
               coalesce(sum(ms) filter (where kind = 'write'), 0)::float8,
               coalesce(sum(calls) filter (where kind = 'other'), 0)::bigint,
               coalesce(sum(ms) filter (where kind = 'other'), 0)::float8
          from kind
        """;

    private const string RowsSql =
        """
        select coalesce(sum(tup_fetched), 0)::bigint,
               coalesce(sum(tup_returned), 0)::bigint,
               coalesce(sum(tup_inserted + tup_updated + tup_deleted), 0)::bigint,
               coalesce(sum(xact_commit + xact_rollback), 0)::bigint
          from pg_stat_database
        """;

    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<ReadShare> ReadAsync(string target, CancellationToken cancellationToken) => connections[target].UseAsync(
        async (session, token) => new ReadShare(await StatementsAsync(session, token), await RowsAsync(session, token)),
        cancellationToken);

    private static async Task<StatementShare?> StatementsAsync(NpgsqlConnection session, CancellationToken token)
    {
        if (await FindAsync(session, token) is not var (view, time))
        {
            return null;
        }

        try
        {
            await using var command = new NpgsqlCommand(StatementsSql(view, time), session);
            await using var row = await command.ExecuteReaderAsync(token);
            await row.ReadAsync(token);
            return new StatementShare(Cost(row, 0), Cost(row, 2), Cost(row, 4));
        }
        catch (PostgresException notLoaded) when (notLoaded.SqlState == PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            return null; // installed, but the server was not started with it
        }
    }

    private static async Task<(string View, string Time)?> FindAsync(NpgsqlConnection session, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(FindSql, session);
        await using var row = await command.ExecuteReaderAsync(token);
        return await row.ReadAsync(token) && !row.IsDBNull(1) ? (row.GetString(0), row.GetString(1)) : null;
    }

    private static async Task<RowShare> RowsAsync(NpgsqlConnection session, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(RowsSql, session);
        await using var row = await command.ExecuteReaderAsync(token);
        await row.ReadAsync(token);
        return new RowShare(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
    }

    private static StatementCost Cost(NpgsqlDataReader row, int column) =>
        new(row.GetInt64(column), TimeSpan.FromMilliseconds(row.GetDouble(column + 1)));
}
