namespace ChatBot.Incidents.Evidence;

/// <summary>What one look at a server showed: who is there, what they do, which limits there are. The same for every engine.</summary>
/// <param name="At">By the server's clock.</param>
/// <param name="Mark">What the next look has to know to say what changed since.</param>
/// <param name="Usage">How full it is.</param>
/// <param name="Consumers">Who holds the connections.</param>
public sealed record ServerLook(DateTimeOffset At, ServerKind Server, LookMark Mark, ConnectionUsage Usage, ConnectionConsumers Consumers)
{
    /// <summary>Since the earlier look that this one was told of; null for a first look: then nothing is known about changes.</summary>
    public SinceLook? Since { get; init; }

    /// <summary>
    /// The server started after the earlier look: it was restarted, or another one answers to its name. Then nothing is
    /// known about changes.
    /// </summary>
    public bool StartedAnew { get; init; }

    /// <summary>Limits of databases and accounts, only where one is set; the fullest first, at most 50.</summary>
    public IReadOnlyList<ConnectionLimit> Limits { get; init; } = [];

    /// <summary>What groups of sessions do, or did last; most sessions first, at most 50.</summary>
    public IReadOnlyList<StatementGroup> Statements { get; init; } = [];

    /// <summary>The roots of blocking chains, most waiting sessions first; at most 10.</summary>
    public IReadOnlyList<Blocker> Blockers { get; init; } = [];

    /// <summary>Sessions that are still logging in; they hold slots. Null where the server doesn't show them (PostgreSQL before 18).</summary>
    public int? Starting { get; init; }

    /// <summary>Sessions of superusers and administrators: they take ordinary slots too. Null when unknown.</summary>
    public int? Privileged { get; init; }

    /// <summary>Processors of the server's machine, when the configuration says; null otherwise.</summary>
    public int? Processors { get; init; }

    /// <summary>Whether the server says what idle sessions did last.</summary>
    public LastStatements LastStatements { get; init; }
}

/// <summary>Whether a server says what its idle sessions did last, and which programs they are. PostgreSQL always does.</summary>
public enum LastStatements
{
    /// <summary>It does.</summary>
    Told,

    /// <summary>It keeps none: MariaDB's performance schema is off unless somebody turns it on, and so is its consumer.</summary>
    NotKept,

    /// <summary>It keeps them, and the bot's account may not read them.</summary>
    NotAllowed,
}

/// <summary>What kind of server answered.</summary>
/// <param name="Product">PostgreSQL, MySQL or MariaDB.</param>
/// <param name="Version">Such as 15.18 or 10.11.19.</param>
/// <param name="IsReplica">It is a standby or replica.</param>
public sealed record ServerKind(string Product, string Version, bool IsReplica = false);

/// <summary>Where a server's counters stood at a look. Only the probe that made it reads it.</summary>
/// <param name="At">By the server's clock.</param>
/// <param name="ServerStartedAt">A mark from before a restart says nothing about now.</param>
/// <param name="LastId">The highest connection id so far (MySQL, MariaDB); null for PostgreSQL.</param>
/// <param name="Logins">Successful logins so far; null where the server doesn't count them.</param>
/// <param name="Refusals">Logins refused because the server was full, so far; null where the server doesn't count them (PostgreSQL never does).</param>
public sealed record LookMark(DateTimeOffset At, DateTimeOffset ServerStartedAt, long? LastId, long? Logins, long? Refusals)
{
    /// <summary>The server's own id, as in <see cref="Mitigations.ServerPin.Identity"/>.</summary>
    public string Identity { get; init; } = "";

    public Mitigations.ServerPin Life => new(ServerStartedAt, Identity);

    /// <summary>Logins that failed, so far; null where it isn't needed to tell the logins. Fewer than before: somebody set the counters back.</summary>
    public long? Aborted { get; init; }

    /// <summary>Slots that were taken; null in evidence from before that was kept.</summary>
    public int? Used { get; init; }

    /// <summary>Successful logins of each user so far, as far as the server counts them (MySQL's performance schema); empty otherwise.</summary>
    public IReadOnlyList<UserLogins> ByUser { get; init; } = [];
}

/// <summary>Logins of one user.</summary>
public sealed record UserLogins(ForeignText User, long Logins);

/// <summary>What changed between two looks.</summary>
/// <param name="Span">Between them, by the server's clock.</param>
/// <param name="Born">Sessions that began since and are still there.</param>
/// <param name="Logins">Successful logins since, also of sessions that are gone again; null where the server doesn't count them.</param>
/// <param name="Refusals">Logins refused since because the server was full; null where the server doesn't count them.</param>
/// <param name="Unchanged">Sessions idle, in or outside a transaction, that did nothing in all that time.</param>
public sealed record SinceLook(TimeSpan Span, int Born, long? Logins, long? Refusals, int Unchanged)
{
    /// <summary>New sessions a second, as many as are known of: at least so many, where the server doesn't count logins.</summary>
    public double ChurnPerSecond => Span > TimeSpan.Zero ? Math.Max(Born, Logins ?? 0) / Span.TotalSeconds : 0;

    /// <summary>Slots that are taken now, less those that were taken then; null when unknown.</summary>
    public int? Rise { get; init; }

    /// <summary>Logins that failed since, for whatever reason: a wrong password, a limit of the account; null where the server doesn't count them.</summary>
    public long? FailedLogins { get; init; }

    /// <summary>Logins of each user since, most first, at most 5; empty where the server doesn't count them by user.</summary>
    public IReadOnlyList<UserLogins> ByUser { get; init; } = [];
}

/// <summary>Whose limit it is.</summary>
public enum LimitScope
{
    /// <summary>All sessions in one database (PostgreSQL).</summary>
    Database,

    /// <summary>All sessions of one role or account.</summary>
    Account,
}

/// <summary>A limit below the server's own.</summary>
/// <param name="Name">Of the database, role or account.</param>
public sealed record ConnectionLimit(LimitScope Scope, ForeignText Name, int Limit, int Used);

/// <summary>What a group of sessions does.</summary>
public enum SessionActivity
{
    /// <summary>Nothing, outside a transaction.</summary>
    Idle,

    /// <summary>Nothing, inside an open or failed transaction.</summary>
    IdleInTransaction,

    /// <summary>A statement, and it runs.</summary>
    Running,

    /// <summary>A statement, and it waits for a lock.</summary>
    WaitingForLock,

    /// <summary>A prepared transaction that nobody is connected to (PostgreSQL).</summary>
    Prepared,

    /// <summary>The bot may not see it.</summary>
    Unknown,
}

/// <summary>Sessions of one application and user that do, or did last, the same.</summary>
/// <param name="Statement">Its shape, without values; empty when there was none or it is unknown.</param>
/// <param name="Shortest">How long the one that changed last has been at it.</param>
/// <param name="Longest">How long the one that changed first has been at it.</param>
public sealed record StatementGroup(
    ForeignText Application, ForeignText User, SessionActivity Activity, ForeignText Statement, int Sessions, TimeSpan Shortest, TimeSpan Longest)
{
    /// <summary>Of these, those that have been at it for long: idle ones as in <see cref="ConsumerGroup.Still"/>, all others for <see cref="ConsumerGroup.LongAfter"/>.</summary>
    public int AtItLong { get; init; }

    /// <summary>Of these, those that are idle and used in turns, as in <see cref="ConsumerGroup.Turned"/>.</summary>
    public int Turned { get; init; }
}

/// <summary>The root of a blocking chain: it waits for nobody, and others wait for it.</summary>
/// <param name="Number">Process id or connection id; 0 for a prepared transaction.</param>
/// <param name="InTransactionFor">Null when unknown.</param>
/// <param name="Statement">Current or last, as a shape.</param>
/// <param name="Blocked">Sessions that wait for it, directly or behind others.</param>
/// <param name="IsProtected">A superuser's, a replica's, a protected user's or application's: nobody ends it from here.</param>
public sealed record Blocker(
    long Number,
    ForeignText Application,
    ForeignText User,
    ForeignText Client,
    SessionActivity Activity,
    TimeSpan? InTransactionFor,
    ForeignText Statement,
    int Blocked,
    bool IsProtected)
{
    /// <summary>The waiting statement, usually a change of a table, that itself holds up others behind it; null when there is none.</summary>
    public BlockingGate? Gate { get; init; }

    /// <summary>What the prepared transaction is called, for the statement that ends it; empty for a session.</summary>
    public ForeignText Prepared { get; init; }
}

/// <summary>A statement that waits and makes others wait: cancelled, it frees those behind it while the root goes on.</summary>
/// <param name="Behind">Sessions that wait only because of it.</param>
public sealed record BlockingGate(long Number, ForeignText Application, ForeignText User, ForeignText Statement, TimeSpan WaitsFor, int Behind);
