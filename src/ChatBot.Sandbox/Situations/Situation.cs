namespace ChatBot.Sandbox.Situations;

/// <summary>What kind of server a situation is played on.</summary>
internal enum SituationEngine
{
    PostgreSql,

    /// <summary>PostgreSQL, and a PgBouncer between it and the services.</summary>
    PgBouncer,

    MariaDb,

    /// <summary>Only where <c>get-mysql</c> found one.</summary>
    MySql,
}

/// <summary>A trouble, or none, made by real clients on a real server, and what it should be taken for.</summary>
/// <param name="Label">The cause, in the words in which the bot's card has to name it. Written down before the bot looks.</param>
/// <param name="Culprit">The application, or the user where clients send no name, that the bot has to name; null when nobody stands out.</param>
/// <param name="Story">What happened, in one or two sentences.</param>
/// <param name="BeginAsync">Sets the clients going; returns when the trouble is there, as the server says.</param>
internal sealed record Situation(
    string Name,
    SituationEngine Engine,
    string Label,
    string? Culprit,
    string Story,
    Func<SituationWorld, Task> BeginAsync)
{
    /// <summary>A storm ebbs and swells. With fewer sessions than this of 40 it isn't there at that moment.</summary>
    public const int StormFrom = 36;

    /// <summary>The button of the fitting mitigation; null when nothing that the bot can do helps.</summary>
    public string? Press { get; init; }

    /// <summary>What the server counts when the pressed button has worked; null when nothing is pressed.</summary>
    public Relief? Relief { get; init; }

    /// <summary>How it ends.</summary>
    public string Ending { get; init; } = "The card names the cause. Nothing that the bot can do would help, so nothing is pressed.";

    /// <summary>Settings of the server beyond the usual ones, as the server's program takes them.</summary>
    public IReadOnlyList<string> ServerSettings { get; init; } = [];

    /// <summary>What ordinary users can have; PostgreSQL keeps three more for superusers.</summary>
    public int Slots { get; init; } = 40;

    /// <summary>PgBouncer's server connections of one user to one database.</summary>
    public int PoolerSize { get; init; } = 20;

    /// <summary>A client of PgBouncer keeps its server connection for as long as it is connected.</summary>
    public bool SessionPooling { get; init; }

    /// <summary>More lines of PgBouncer's section of its own.</summary>
    public IReadOnlyList<string> PoolerSettings { get; init; } = [];

    /// <summary>The step that does harm here, by its type; null when no one stands out.</summary>
    public string? Harmful { get; init; }

    /// <summary>The type of the step that is pressed; null when nothing is.</summary>
    public string? PressedStep => Press switch
    {
        null => null,
        "End idle sessions" => "terminate-idle",
        "End open transactions" => "end-transactions",
        "End what blocks the others" => "end-blocker",
        "Cancel long statements" => "cancel-query",
        "Limit the largest account" => "limit-role",
        _ => throw new InvalidOperationException($"No step has the button {Press}."),
    };

    /// <summary>All of them, in the order in which they are listed.</summary>
    public static readonly IReadOnlyList<Situation> All =
    [
        .. PostgreSqlLeaks.All, .. PostgreSqlWork.All, .. PostgreSqlLimits.All, .. PostgreSqlQuiet.All, .. PostgreSqlMixtures.All,
        .. PgBouncerSituations.All, .. MySqlSituations.All,
    ];
}

/// <summary>What the server has to say in the end.</summary>
/// <param name="Count">A question to the server, as its superuser.</param>
internal sealed record Relief(string Count, long AtMost);

/// <summary>The causes in the bot's words.</summary>
internal static class Labels
{
    public const string NotExhausted = "not exhausted";
    public const string AccountLimit = "the limit of one account";
    public const string DatabaseLimit = "the limit of one database";
    public const string Pooler = "the pooler is saturated";
    public const string Locks = "a lock pile-up";
    public const string OpenTransactions = "a leak: transactions left open";
    public const string SlowStatements = "slow statements";
    public const string IdleLeak = "a leak: idle connections";
    public const string Storm = "a connection storm";
    public const string Outlier = "one outlier holds many";
    public const string PodsTimesPool = "too many pods x pool size";
    public const string TooSmall = "too few slots for the load";
    public const string Undetermined = "undetermined";
}
