using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>What the bot's own session is called while it changes something: a step's key, for the server's log and for the evidence.</summary>
internal static class BotSession
{
    public static async Task NameAsync(NpgsqlConnection session, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select set_config('application_name', @name, false)", session);
        command.Parameters.Add(new NpgsqlParameter<string>("name", name));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
