using ChatBot.Sandbox.Situations;

namespace ChatBot.IntegrationTests.Situations;

/// <summary>What the server says to its superuser about the sessions of one application and user; the watcher's own left out.</summary>
internal sealed record TrueGroup(string Application, string User, int Count, int Idle, int InTransaction, int Active, int Waiting);

/// <summary>What is so, asked of the server with a statement of its own, and not of the bot.</summary>
internal sealed record Truth(IReadOnlyList<TrueGroup> Groups)
{
    private const string PostgreSql =
        $"""
        select application_name,
               usename::text,
               count(*),
               count(*) filter (where state = 'idle'),
               count(*) filter (where state like 'idle in transaction%'),
               count(*) filter (where state = 'active'),
               count(*) filter (where state = 'active' and wait_event_type = 'Lock')
          from pg_stat_activity
         where backend_type = 'client backend'
           and application_name <> '{SituationWorld.WatcherName}'
         group by 1, 2
        """;

    // Told apart by user alone: MariaDB knows no application names. Who hasn't said yet who it is belongs to nobody.
    private const string MySql =
        """
        select '',
               p.user,
               count(*),
               sum(p.command = 'Sleep' and t.trx_id is null),
               sum(p.command = 'Sleep' and t.trx_id is not null),
               sum(p.command <> 'Sleep'),
               sum(coalesce(t.trx_state = 'LOCK WAIT', false) or coalesce(p.state, '') = 'Waiting for table metadata lock')
          from information_schema.processlist p
          left join information_schema.innodb_trx t on t.trx_mysql_thread_id = p.id
         where p.command <> 'Daemon'
           and p.user not in ('root', 'system user', 'event_scheduler', 'unauthenticated user')
         group by p.user
        """;

    /// <summary>All sessions, the watcher's included.</summary>
    public int Sessions => Groups.Sum(group => group.Count) + 1;

    public static async Task<Truth> AskAsync(SituationWorld world) => new(await world.RowsAsync(
        world.MySql is null ? PostgreSql : MySql,
        row => new TrueGroup(
            row.GetString(0), row.GetString(1), Number(row, 2), Number(row, 3), Number(row, 4), Number(row, 5), Number(row, 6))));

    public TrueGroup Of(string application, string user) =>
        Groups.FirstOrDefault(group => group.Application == application && group.User == user) ?? new TrueGroup(application, user, 0, 0, 0, 0, 0);

    private static int Number(System.Data.Common.DbDataReader row, int column) =>
        Convert.ToInt32(row.GetValue(column), System.Globalization.CultureInfo.InvariantCulture);
}
