using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>The bot's own sessions that were given up here, but may still be there at the server: they count.</summary>
/// <remarks>
/// Closing a socket ends a session only once the server looks at it, and a hung one does not look. So a session given up
/// counts until the server says that it is gone, or until the server must have noticed by itself.
/// </remarks>
internal sealed class Leftovers(PostgreSqlTarget target, TimeProvider clock)
{
    /// <summary>The server ends its statement by <c>statement_timeout</c>, and a session without a peer by its keepalive,
    /// after 30 s + 3 x 10 s (both are set in <see cref="PostgreSqlTarget.ConnectionString"/>).</summary>
    private readonly TimeSpan _presumedGoneAfter = target.StatementTimeout + TimeSpan.FromSeconds(60);

    private readonly List<Leftover> _sessions = [];

    /// <summary>False when two may still be there: a third would be one more than the bot is allowed.</summary>
    public bool LeaveRoom
    {
        get
        {
            _sessions.RemoveAll(session => clock.GetElapsedTime(session.Since) > _presumedGoneAfter);
            return _sessions.Count < 2;
        }
    }

    public void Add(int processId, DateTimeOffset startedAt) =>
        _sessions.Add(new Leftover(processId, startedAt, clock.GetTimestamp()));

    /// <summary>Asks the server which of them are gone, and stops counting those.</summary>
    public async Task AskAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var session in _sessions.ToList())
        {
            await using var command = new NpgsqlCommand(
                "select exists (select from pg_stat_activity where pid = @pid and backend_start = @started)", connection);
            command.Parameters.Add(new NpgsqlParameter<int>("pid", session.ProcessId));
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("started", session.StartedAt));

            if (await command.ExecuteScalarAsync(cancellationToken) is false)
            {
                _sessions.Remove(session);
            }
        }
    }

    /// <param name="Since">A timestamp of the clock: monotonic, not a time of day.</param>
    private sealed record Leftover(int ProcessId, DateTimeOffset StartedAt, long Since);
}
