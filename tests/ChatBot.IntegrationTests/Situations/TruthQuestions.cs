using ChatBot.Sandbox.Situations;

namespace ChatBot.IntegrationTests.Situations;

/// <summary>What the servers are asked as their superuser, in other words than the bot's own questions.</summary>
internal static class TruthQuestions
{
    /// <summary>Application, user, and how many of their sessions do what.</summary>
    public static string Groups(SituationWorld world) => world.MySql is null
        ? $"""
           select application_name,
                  usename::text,
                  count(*),
                  count(*) filter (where state = 'idle'),
                  count(*) filter (where state like 'idle in transaction%'),
                  count(*) filter (where state = 'active'),
                  count(*) filter (where state = 'active' and wait_event_type = 'Lock')
             {PostgreSqlClients}
            group by 1, 2
           """
        // Told apart by user alone: MariaDB knows no application names. Who hasn't said yet who it is belongs to nobody.
        : $"""
           select '',
                  p.user,
                  count(*),
                  sum(p.command = 'Sleep' and t.trx_id is null),
                  sum(p.command = 'Sleep' and t.trx_id is not null),
                  sum(p.command <> 'Sleep'),
                  sum({MySqlWaits})
             {MySqlClients}
            group by p.user
           """;

    /// <summary>Application, user, and how many of their sessions do, or did last, exactly the same.</summary>
    public static string Statements(SituationWorld world) => world.MySql is null
        ? $"""
           select application_name, usename::text, count(*)
             {PostgreSqlClients}
            group by 1, 2, state, coalesce(wait_event_type = 'Lock', false), query
           """
        : $"""
           select '', p.user, count(*)
             {MySqlClients}
            group by p.user, p.command = 'Sleep', t.trx_id is null, {MySqlWaits}, p.info
           """;

    /// <summary>Application, user, and for how many whole seconds their oldest idle transaction has done nothing.</summary>
    public static string Ages(SituationWorld world) => world.MySql is null
        ? $"""
           select application_name, usename::text, floor(extract(epoch from clock_timestamp() - min(state_change)))::int
             {PostgreSqlClients}
              and state like 'idle in transaction%'
            group by 1, 2
           """
        : $"""
           select '', p.user, max(p.time)
             {MySqlClients}
              and p.command = 'Sleep'
              and t.trx_id is not null
            group by p.user
           """;

    /// <summary>Name, limit and sessions of every database, role and account that has a limit; the bot's own left out.</summary>
    public static string Limits(SituationWorld world) => world.MySql is null
        ? $"""
           select datname::text, datconnlimit, (select count(*) from pg_stat_activity where datname = d.datname and backend_type = 'client backend')
             from pg_database d
            where datconnlimit > -1
            union all
           select rolname::text, rolconnlimit, (select count(*) from pg_stat_activity where usename = r.rolname and backend_type = 'client backend')
             from pg_roles r
            where rolconnlimit > -1
              and rolname <> '{SituationWorld.BotUser}'
           """
        : $"""
           select concat(u.user, '@', u.host), u.max_user_connections, (select count(*) from information_schema.processlist p where p.user = u.user)
             from mysql.user u
            where u.max_user_connections > 0
              and u.user <> '{SituationWorld.BotUser}'
           """;

    /// <summary>Who waits for nobody and is waited for, and how many wait for it, directly or behind others.</summary>
    public static string Roots(SituationWorld world)
    {
        // MariaDB tells nobody who holds up a change of a table.
        var waits = (world.MySql, world.Situation.Engine) switch
        {
            (null, _) => "select pid as waiting, unnest(pg_blocking_pids(pid)) as holding from pg_stat_activity where wait_event_type = 'Lock'",
            (_, SituationEngine.MariaDb) =>
                """
                select asking.trx_mysql_thread_id as waiting, holder.trx_mysql_thread_id as holding
                  from information_schema.innodb_lock_waits w
                  join information_schema.innodb_trx asking on asking.trx_id = w.requesting_trx_id
                  join information_schema.innodb_trx holder on holder.trx_id = w.blocking_trx_id
                """,
            _ => "select waiting_pid as waiting, blocking_pid as holding from sys.schema_table_lock_waits where waiting_pid <> blocking_pid",
        };
        return
            $"""
            with recursive direct as (
              {waits}
            ), chain as (
              select waiting, holding from direct
               union
              select chain.waiting, direct.holding from chain join direct on direct.waiting = chain.holding
            )
            select holding, count(distinct waiting)
              from chain
             where holding not in (select waiting from direct)
             group by holding
            """;
    }

    private const string PostgreSqlClients = $"from pg_stat_activity where backend_type = 'client backend' and application_name <> '{SituationWorld.WatcherName}'";

    private const string MySqlWaits = "coalesce(t.trx_state = 'LOCK WAIT', false) or coalesce(p.state, '') = 'Waiting for table metadata lock'";

    private const string MySqlClients =
        """
        from information_schema.processlist p
             left join information_schema.innodb_trx t on t.trx_mysql_thread_id = p.id
            where p.command <> 'Daemon'
              and p.user not in ('root', 'system user', 'event_scheduler', 'unauthenticated user')
        """;
}
