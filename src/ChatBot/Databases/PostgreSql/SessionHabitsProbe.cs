using ChatBot.Incidents.Evidence;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Asks PostgreSQL which sessions have been idle for long and after which statement, and who is in a transaction.</summary>
/// <remarks>
/// PostgreSQL 10 or later, and a role in <c>pg_read_all_stats</c>: to any other role the server blanks states and
/// statements of strangers. Statements come out as their shape: two that differ in their values only are one.
/// </remarks>
internal sealed class SessionHabitsProbe(WarmConnections connections)
{
    /// <summary>Rows of each question. With values in its text a statement makes a row each, until shapes are compared.</summary>
    private const int Rows = 500;

    /// <summary>Characters of a statement that are read: enough to know the code path.</summary>
    private const int LongestStatement = 400;

    /// <summary>Characters of a shape that are kept.</summary>
    private const int LongestShape = 120;

    private const string CountSql =
        """
        select count(*)::int,
               count(*) filter (where coalesce(application_name, '') = '')::int,
               pg_has_role(current_user, 'pg_read_all_stats', 'usage')
          from pg_stat_activity
         where (backend_type = 'client backend'
                or backend_type is null and usesysid is not null and datid is not null)
           and pid <> pg_backend_pid()
        """;

    private const string IdleSql =
        """
        select coalesce(application_name, ''),
               coalesce(usename::text, ''),
               left(coalesce(query, ''), @longest_statement),
               count(*)::int as sessions,
               min(clock_timestamp() - state_change),
               max(clock_timestamp() - state_change)
          from pg_stat_activity
         where backend_type = 'client backend'
           and pid <> pg_backend_pid()
           and state = 'idle'
           and state_change <= clock_timestamp() - @idle_for
         group by 1, 2, 3
         order by sessions desc, 1, 2, 3
         limit @rows
        """;

    // A failed transaction has no start any more; it stands still since its failure at least.
    private const string TransactionsSql =
        """
        select coalesce(application_name, ''),
               coalesce(usename::text, ''),
               count(*)::int,
               count(*) filter (where state like 'idle in transaction%')::int,
               max(clock_timestamp() - state_change) filter (where state like 'idle in transaction%'),
               max(clock_timestamp() - coalesce(xact_start, state_change)) as longest,
               (array_agg(left(coalesce(query, ''), @longest_statement) order by coalesce(xact_start, state_change)))[1]
          from pg_stat_activity
         where backend_type = 'client backend'
           and pid <> pg_backend_pid()
           and (xact_start is not null or state like 'idle in transaction%')
         group by 1, 2
         order by longest desc, 1, 2
         limit @rows
        """;

    /// <param name="idleFor">Only sessions that have been idle for at least so long.</param>
    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<SessionHabits> ReadAsync(string target, TimeSpan idleFor, CancellationToken cancellationToken) => connections[target].UseAsync(
        async (session, token) =>
        {
            var (sessions, nameless, seesEverything) = await CountAsync(session, token);
            return new SessionHabits(
                sessions,
                nameless,
                idleFor,
                await IdleAsync(session, idleFor, token),
                await TransactionsAsync(session, token),
                seesEverything);
        },
        cancellationToken);

    private static async Task<(int Sessions, int Nameless, bool SeesEverything)> CountAsync(NpgsqlConnection session, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(CountSql, session);
        await using var row = await command.ExecuteReaderAsync(token);
        await row.ReadAsync(token);
        return (row.GetInt32(0), row.GetInt32(1), row.GetBoolean(2));
    }

    private static async Task<IReadOnlyList<IdleHabit>> IdleAsync(NpgsqlConnection session, TimeSpan idleFor, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(IdleSql, session);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan>("idle_for", idleFor));
        AddBounds(command);

        var habits = new List<IdleHabit>();
        await using var row = await command.ExecuteReaderAsync(token);
        while (await row.ReadAsync(token))
        {
            habits.Add(new IdleHabit(
                ServerNames.Read(row, 0), ServerNames.Read(row, 1), Shape(row, 2), row.GetInt32(3), row.GetTimeSpan(4), row.GetTimeSpan(5)));
        }

        return
        [
            .. habits.GroupBy(habit => (habit.Application, habit.User, habit.Statement))
                .Select(same => same.First() with
                {
                    Sessions = same.Sum(habit => habit.Sessions),
                    Shortest = same.Min(habit => habit.Shortest),
                    Longest = same.Max(habit => habit.Longest),
                })
                .OrderByDescending(habit => habit.Sessions)
                .Take(SessionHabits.AtMost),
        ];
    }

    private static async Task<IReadOnlyList<TransactionHabit>> TransactionsAsync(NpgsqlConnection session, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(TransactionsSql, session);
        AddBounds(command);

        var habits = new List<TransactionHabit>();
        await using var row = await command.ExecuteReaderAsync(token);
        while (await row.ReadAsync(token) && habits.Count < SessionHabits.AtMost)
        {
            habits.Add(new TransactionHabit(
                ServerNames.Read(row, 0),
                ServerNames.Read(row, 1),
                row.GetInt32(2),
                row.GetInt32(3),
                row.IsDBNull(4) ? null : row.GetTimeSpan(4),
                row.GetTimeSpan(5),
                Shape(row, 6)));
        }

        return habits;
    }

    private static void AddBounds(NpgsqlCommand command)
    {
        command.Parameters.Add(new NpgsqlParameter<int>("longest_statement", LongestStatement));
        command.Parameters.Add(new NpgsqlParameter<int>("rows", Rows));
    }

    private static ForeignText Shape(NpgsqlDataReader row, int column) => ForeignText.Query(row.GetString(column), LongestShape);
}
