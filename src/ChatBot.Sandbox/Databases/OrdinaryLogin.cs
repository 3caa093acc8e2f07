using Npgsql;

namespace ChatBot.Sandbox.Databases;

/// <summary>Somebody without any privilege logs in: the proof of what customers get.</summary>
internal static class OrdinaryLogin
{
    /// <returns>Null when it worked; else the server's own words.</returns>
    public static async Task<string?> TryAsync(PostgreSqlServer server, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString("reporting", "orders") + ";Application Name=login-check");
        try
        {
            await connection.OpenAsync(cancellationToken);
            return null;
        }
        catch (PostgresException refused)
        {
            return $"{refused.SqlState}: {refused.MessageText}";
        }
        catch (NpgsqlException unreachable)
        {
            return unreachable.Message;
        }
    }
}
