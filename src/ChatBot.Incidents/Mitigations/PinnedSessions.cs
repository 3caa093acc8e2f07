using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Mitigations;

/// <summary>Sessions that a plan could name, read from the target in one look.</summary>
/// <param name="Sessions">At most as many as were asked for; empty when nothing qualifies.</param>
/// <param name="More">How many more would qualify.</param>
public sealed record PinnedSessions(ServerPin Server, IReadOnlyList<PinnedSession> Sessions, int More);

/// <summary>One session as an approver sees it, and the pin that holds it.</summary>
/// <param name="Application">As the client named itself; empty when it did not.</param>
/// <param name="Client">Client address; empty for a local socket.</param>
/// <param name="For">How long it has been in its state, when it was read: idle, idle in its transaction, or at its statement.</param>
public sealed record PinnedSession(SessionPin Pin, ForeignText Application, ForeignText Client, TimeSpan For)
{
    /// <summary>Its current or last statement, as a shape without values; empty when unknown.</summary>
    public ForeignText Statement { get; init; }

    /// <summary>What would be rolled back; null outside a transaction.</summary>
    public OpenTransaction? Transaction { get; init; }

    /// <summary>Its statement waits for a lock: others are why it takes long.</summary>
    public bool Waits { get; init; }
}

/// <summary>What ends with a session that is in a transaction.</summary>
/// <param name="OpenFor">Since it began.</param>
/// <param name="HasWritten">It changed something that would be rolled back; null when the server doesn't say.</param>
/// <param name="Rows">Rows that it changed; null when the server doesn't say (PostgreSQL never does).</param>
/// <param name="Locks">Locks that it holds; null when unknown.</param>
public sealed record OpenTransaction(TimeSpan OpenFor, bool? HasWritten, long? Rows, int? Locks);

/// <summary>What kind of sessions a plan is about.</summary>
public enum SessionState
{
    /// <summary>Doing nothing, outside a transaction.</summary>
    Idle,

    /// <summary>Doing nothing, inside a transaction that is open or failed.</summary>
    IdleInTransaction,

    /// <summary>At a statement.</summary>
    Active,
}

/// <summary>Which sessions to look for.</summary>
/// <param name="For">Only those that have been in the state for at least so long.</param>
/// <param name="AtMost">At least 1. The longest in the state come first.</param>
public sealed record SessionChoice(SessionState State, TimeSpan For, int AtMost);

/// <summary>What is done to one session.</summary>
public enum SessionAct
{
    /// <summary>End it, if it is still idle outside a transaction, without having worked meanwhile.</summary>
    EndIdle,

    /// <summary>End it, if it is still idle in the same transaction, without having worked meanwhile.</summary>
    EndIdleInTransaction,

    /// <summary>End it, if it is still in the same transaction, whatever it does in it.</summary>
    EndTransaction,

    /// <summary>Cancel its statement, if it is still the same one. The session stays.</summary>
    CancelStatement,

    /// <summary>
    /// Cancel its statement, if it is still the same one and still waits for a lock. That it is a migration's doesn't protect it.
    /// </summary>
    CancelGate,
}

public static class SessionActs
{
    /// <summary>The session stays; only its statement ends.</summary>
    public static bool Cancels(this SessionAct act) => act is SessionAct.CancelStatement or SessionAct.CancelGate;
}

/// <summary>Who stands in whose way, with pins: what a plan against a lock pile-up is drawn from.</summary>
/// <param name="Chains">Most waiting sessions first; at most 10.</param>
public sealed record BlockingChains(ServerPin Server, IReadOnlyList<BlockingChain> Chains)
{
    /// <summary>It repeats what another server does, and then who holds a lock may have no session here.</summary>
    public bool IsReplica { get; init; }
}

/// <summary>One root and what waits behind it.</summary>
/// <param name="Root">Null when it can't be ended by anybody here: a prepared transaction, a protected or privileged session, a process of the server's own.</param>
/// <param name="Gate">The waiting statement that holds up most of the others; null when there is none, or it can't be cancelled by anybody here.</param>
public sealed record BlockingChain(Blocker Blocker, PinnedSession? Root, PinnedSession? Gate)
{
    /// <summary>The gate belongs to a tool that changes the schema: one of the names that are protected unless somebody says otherwise.</summary>
    public bool GateIsMigration { get; init; }
}

/// <summary>How many connections an account may have.</summary>
/// <param name="Account">PostgreSQL: the role. MySQL and MariaDB: <c>user@host</c> as in <c>mysql.user</c>. As the server holds it: compared, never shown as it is.</param>
/// <param name="Limit">Null when there is none.</param>
/// <param name="Used">Sessions it has now, on the whole server.</param>
public sealed record AccountLimit(ServerPin Server, string Account, int? Limit, int Used)
{
    /// <inheritdoc cref="LimitAccount.IsMySql"/>
    public bool IsMySql { get; init; }
}

/// <summary>Another limit for an account.</summary>
/// <param name="From">What it has to be still, when it is changed; null for none.</param>
/// <param name="To">Null for none.</param>
public sealed record AccountLimitChange(ServerPin Server, string Account, int? From, int? To);
