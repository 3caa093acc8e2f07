using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>What the server shows of the process that a plan names, at one moment: the evidence for an outcome.</summary>
/// <param name="SenderThere">A session of the bot still carries the step's key, so its statement may yet be carried out.</param>
/// <param name="Process">Null when no session has that process id.</param>
internal sealed record SessionSight(DateTimeOffset ServerStartedAt, bool SenderThere, SeenProcess? Process)
{
    private const string Sql =
        """
        select pg_postmaster_start_time(),
               exists (select
                         from pg_stat_activity sender
                        where sender.application_name = @key
                          and sender.usename = current_user
                          and sender.pid <> pg_backend_pid()),
               a.pid,
               a.backend_start,
               a.state_change,
               a.xact_start,
               a.query_start,
               a.state,
               a.usename::text,
               a.datname::text,
               a.wait_event_type = 'Lock'
          from (values (@pid)) as wanted(pid)
          left join pg_stat_activity a on a.pid = wanted.pid
        """;

    public static Task<SessionSight> ReadAsync(
        WarmConnection connection,
        int processId,
        string key,
        CancellationToken cancellationToken) => connection.UseAsync(
            async (session, token) =>
            {
                await using var command = new NpgsqlCommand(Sql, session);
                command.Parameters.Add(new NpgsqlParameter<int>("pid", processId));
                command.Parameters.Add(new NpgsqlParameter<string>("key", key));
                await using var row = await command.ExecuteReaderAsync(token);
                await row.ReadAsync(token);
                return new SessionSight(
                    row.GetFieldValue<DateTimeOffset>(0), row.GetBoolean(1), row.IsDBNull(2) ? null : ReadProcess(row));
            },
            cancellationToken);

    private static SeenProcess ReadProcess(NpgsqlDataReader row) => new(
        StartedAt: At(row, 3),
        StateChangedAt: At(row, 4),
        TransactionStartedAt: At(row, 5),
        QueryStartedAt: At(row, 6),
        State: Text(row, 7),
        User: Text(row, 8),
        Database: Text(row, 9))
    {
        WaitsForLock = !row.IsDBNull(10) && row.GetBoolean(10),
    };

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

/// <summary>A row of <c>pg_stat_activity</c>, compared and never shown.</summary>
/// <param name="StartedAt">Null when the bot's role may not see it.</param>
internal sealed record SeenProcess(
    DateTimeOffset? StartedAt,
    DateTimeOffset? StateChangedAt,
    DateTimeOffset? TransactionStartedAt,
    DateTimeOffset? QueryStartedAt,
    string? State,
    string? User,
    string? Database)
{
    public bool WaitsForLock { get; init; }
}
