using System.Globalization;
using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>What the server shows of the session that a plan names, at one moment: the evidence for an outcome.</summary>
/// <param name="LastId">The highest connection id it has given since it started.</param>
/// <param name="LastWork">MariaDB: the number of its last statement so far. Null on MySQL, which counts for each session.</param>
/// <param name="SenderThere">Another session of the bot is at work, so an order may yet be carried out.</param>
/// <param name="Session">Null when no session has that id, or the bot can't see it.</param>
internal sealed record MySqlSight(ServerPin Server, long LastId, long? LastWork, bool SenderThere, SeenSession? Session)
{
    public static Task<MySqlSight> ReadAsync(MySqlWarmConnection connection, long id, CancellationToken cancellationToken) => connection.UseAsync(
        async (session, token) =>
        {
            await using var command = new MySqlCommand(Sql(MariaDb.Is(session)), session);
            command.Parameters.AddWithValue("@id", id);
            await using var row = await command.ExecuteReaderAsync(token);
            await row.ReadAsync(token);
            return new MySqlSight(
                new ServerPin(DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(0)), row.GetString(1)),
                LastId: long.Parse(row.GetString(2), CultureInfo.InvariantCulture),
                LastWork: row.IsDBNull(3) ? null : row.GetInt64(3),
                SenderThere: row.GetInt64(4) > 0,
                row.IsDBNull(5) && row.IsDBNull(10) ? null : new SeenSession(
                    Client: Text(row, 5),
                    User: Text(row, 6),
                    Database: Text(row, 7),
                    Command: Text(row, 8) ?? SeenSession.Killed,
                    Work: Text(row, 9),
                    Transaction: Text(row, 10),
                    IsRollingBack: row.GetInt64(11) > 0)
                {
                    WaitsForTable = row.GetInt64(12) > 0,
                });
        },
        cancellationToken);

    // The row about the server is there even if the session isn't, hence the join that keeps it.
    private static string Sql(bool mariaDb) =>
        $"""
        select server.*,
               {MySqlPins.SendersAtWork},
               s.*
          from (select {MySqlPins.StartedAt(mariaDb)} as started,
                       {MySqlPins.Identity(mariaDb)} as identity,
                       cast({MySqlPins.Status(mariaDb, "Connections")} as char) as last_id,
                       {(mariaDb ? "(select mine.QUERY_ID from information_schema.PROCESSLIST mine where mine.ID = connection_id())" : "null")} as last_work) server
          left join (
                select p.HOST,
                       p.USER,
                       if(p.ID is null, null, coalesce(p.DB, '')) as db,
                       p.COMMAND,
                       if(p.ID is null, null, {MySqlPins.Work(mariaDb)}) as work,
                       {MySqlPins.Transaction} as trx,
                       coalesce(t.trx_state = 'ROLLING BACK', 0) as rolling_back,
                       coalesce({MySqlPins.WaitsForTable}, 0) as waits_for_table
                  from (select @id as id) wanted
                  left join information_schema.PROCESSLIST p on p.ID = wanted.id
                  left join information_schema.INNODB_TRX t on t.trx_mysql_thread_id = wanted.id
                 limit 1) s on true
        """;

    private static string? Text(MySqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

/// <summary>A row of the process list and its transaction, compared and never shown.</summary>
/// <remarks>
/// MySQL strikes a session that was ended while idle in a transaction off its process list at once, although its
/// transaction still rolls back, for minutes if it was a big one: then there is only the transaction, and no client.
/// </remarks>
internal sealed record SeenSession(string? Client, string? User, string? Database, string Command, string? Work, string? Transaction, bool IsRollingBack)
{
    /// <summary>What the servers call a session that was told to end.</summary>
    public const string Killed = "Killed";

    /// <summary>For a lock on a table or more.</summary>
    public bool WaitsForTable { get; init; }
}
