using System.Data.Common;

namespace ChatBot.Databases;

/// <summary>The bot's own sessions that were given up here, but may still be there at the server: they count.</summary>
/// <remarks>
/// Closing a socket ends a session only once the server looks at it, and a hung one does not look. So a session given up
/// counts until the server says that it is gone, or until the server must have noticed by itself.
/// </remarks>
internal sealed class Leftovers<TTarget, TConnection>(WarmEngine<TTarget, TConnection> engine, TimeProvider clock)
    where TTarget : IWarmTarget
    where TConnection : DbConnection
{
    private readonly List<Leftover> _sessions = [];

    /// <summary>False when two may still be there: a third would be one more than the bot is allowed.</summary>
    public bool LeaveRoom
    {
        get
        {
            _sessions.RemoveAll(session => clock.GetElapsedTime(session.Since) > engine.PresumedGoneAfter);
            return _sessions.Count < 2;
        }
    }

    public void Add(SessionMark session) => _sessions.Add(new Leftover(session, clock.GetTimestamp()));

    /// <summary>Asks the server which of them are gone, and stops counting those.</summary>
    public async Task AskAsync(TConnection connection, CancellationToken cancellationToken)
    {
        foreach (var session in _sessions.ToList())
        {
            if (await engine.IsGoneAsync(connection, session.Mark, cancellationToken))
            {
                _sessions.Remove(session);
            }
        }
    }

    /// <param name="Since">A timestamp of the clock: monotonic, not a time of day.</param>
    private sealed record Leftover(SessionMark Mark, long Since);
}
