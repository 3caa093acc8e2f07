using System.Data.Common;

namespace ChatBot.Databases;

/// <summary>What an engine does its own way about a warm connection; the rules are in <see cref="WarmConnection{TTarget, TConnection}"/>.</summary>
internal abstract class WarmEngine<TTarget, TConnection>(TTarget target)
    where TTarget : IWarmTarget
    where TConnection : DbConnection
{
    public TTarget Target => target;

    /// <summary>The ways in. A second one is tried once, as soon as the first is shut (<see cref="TriesNextDoor"/>).</summary>
    public virtual IReadOnlyList<Door> Doors => [Door.Main];

    /// <summary>False when the driver cancels a statement by opening another connection: then its statements get no token that is
    /// ever cancelled, each has a time limit of its own, and a use that takes too long loses its connection.</summary>
    public virtual bool CancelsInPlace => true;

    /// <summary>From when on a session that was given up can't be at the server any more, although nobody could ask.</summary>
    public abstract TimeSpan PresumedGoneAfter { get; }

    /// <summary>Opens a connection and brings it to the bot's settings. It is closed again on any failure.</summary>
    public abstract Task<WarmSession<TConnection>> LogInAsync(Door door, CancellationToken cancellationToken);

    /// <summary>One round trip.</summary>
    /// <param name="settle">Brings the session back to its settings: the last use ended midway.</param>
    public abstract Task PingAsync(TConnection connection, bool settle, CancellationToken cancellationToken);

    /// <summary>Whether one of the bot's earlier sessions is gone from the server.</summary>
    public abstract Task<bool> IsGoneAsync(TConnection connection, SessionMark session, CancellationToken cancellationToken);

    /// <summary>A broken connection no longer says that it is open.</summary>
    public abstract bool IsOpen(TConnection connection);

    /// <summary>The server has no slot for the bot's login.</summary>
    public abstract bool IsFull(Exception refusal);

    /// <summary>Whether another door may be open where this one is not.</summary>
    public virtual bool TriesNextDoor(Exception refusal) => IsFull(refusal);

    /// <summary>A statement or a login took too long, by the server's word or the driver's.</summary>
    public abstract bool IsTimeout(Exception failure);

    /// <summary>It comes from the driver, the wire or the server, and is no mistake of ours.</summary>
    public abstract bool IsForeign(Exception failure);

    /// <returns>The right that a login lacked; null where that is not the reason, or isn't known.</returns>
    public virtual RightGap? GapBehind(Exception failure) => null;

    /// <returns>Why a login failed, in our own words; null for what is no failure to log in.</returns>
    public abstract (UnavailableReason Reason, string Message)? ExplainLogin(Exception failure, Door door);
}

/// <summary>A way into a server.</summary>
internal enum Door
{
    /// <summary>The port for everybody.</summary>
    Main,

    /// <summary>MySQL's <c>admin_port</c>, MariaDB's <c>extra_port</c>.</summary>
    Second,
}

/// <summary>What tells one session of the bot from others at the server. A broken connection no longer says it.</summary>
/// <param name="Number">Process id or connection id.</param>
/// <param name="StartedAt">By the server's clock.</param>
internal sealed record SessionMark(long Number, DateTimeOffset StartedAt);

/// <summary>The bot's own session at the server.</summary>
internal sealed record WarmSession<TConnection>(TConnection Connection, SessionMark Mark, Door Door);
