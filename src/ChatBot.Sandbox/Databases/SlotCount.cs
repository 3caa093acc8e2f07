using Npgsql;

namespace ChatBot.Sandbox.Databases;

/// <summary>The sessions of one application.</summary>
internal sealed record SlotHolder(string Application, string User, int Sessions, int Idle);

/// <summary>What the server says about its slots, asked as superuser and without the bot.</summary>
/// <param name="Used">Client sessions, this question's own not counted.</param>
/// <param name="Capacity">What ordinary users can have.</param>
internal sealed record SlotCount(int Used, int Capacity, IReadOnlyList<SlotHolder> Holders)
{
    private const string Sql =
        """
        select coalesce(nullif(application_name, ''), '-'),
               usename::text,
               count(*)::int,
               (count(*) filter (where state = 'idle'))::int,
               current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          from pg_stat_activity
         where backend_type = 'client backend'
           and pid <> pg_backend_pid()
         group by 1, 2
         order by 3 desc
         limit 50
        """;

    public int Free => Math.Max(0, Capacity - Used);

    public static async Task<SlotCount> AskAsync(PostgreSqlServer server, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server.AdminConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var (holders, capacity) = (new List<SlotHolder>(), 0);
        while (await rows.ReadAsync(cancellationToken))
        {
            holders.Add(new SlotHolder(rows.GetString(0), rows.GetString(1), rows.GetInt32(2), rows.GetInt32(3)));
            capacity = rows.GetInt32(4);
        }

        return new SlotCount(holders.Sum(holder => holder.Sessions), capacity, holders);
    }
}
