using System.Text.Json.Serialization;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;

namespace ChatBot.Incidents.Findings;

/// <summary>Why connections run out. Which one is believed when several match is the decision table's business, not this order's.</summary>
public enum Cause
{
    /// <summary>There is room at every layer that was looked at.</summary>
    NotExhausted,

    /// <summary>The limit of one account or role is reached; the server has room.</summary>
    AccountLimit,

    /// <summary>The limit of one database is reached; the server has room.</summary>
    DatabaseLimit,

    /// <summary>The pooler's slots are taken, and clients wait at it.</summary>
    PoolerSaturated,

    /// <summary>An application's own pool is empty while the database has room.</summary>
    ApplicationPool,

    /// <summary>Many sessions wait for the locks of one or a few.</summary>
    LockPileUp,

    /// <summary>Transactions were left open: sessions do nothing in them.</summary>
    TransactionLeak,

    /// <summary>The statements take long, so sessions stay busy.</summary>
    SlowQueries,

    /// <summary>Connections were taken and never given back: sessions do nothing, for long, after the same statement.</summary>
    IdleLeak,

    /// <summary>Clients connect again and again, without a pool or in a loop of retries.</summary>
    ConnectionStorm,

    /// <summary>Old and new pods of a service hold connections at the same time, because a rollout is under way.</summary>
    RolloutSurge,

    /// <summary>Pods that are gone left their sessions behind.</summary>
    Orphans,

    /// <summary>One user of another kind, such as a monitor, a batch job or a person, holds many.</summary>
    Outlier,

    /// <summary>The pools of all pods together are larger than the server; every one of them behaves.</summary>
    PodsTimesPool,

    /// <summary>Everybody works, in short statements, and there are more of them than slots.</summary>
    TooSmall,

    /// <summary>It is full, and nothing that was seen explains it.</summary>
    Undetermined,
}

/// <summary>What kind of slots ran out.</summary>
public enum Layer
{
    /// <summary>None that was looked at.</summary>
    None,

    /// <summary>The server's slots for ordinary users.</summary>
    Server,

    /// <summary>A limit of one database.</summary>
    Database,

    /// <summary>A limit of one role or account.</summary>
    Account,

    /// <summary>A pool of the pooler.</summary>
    Pooler,

    /// <summary>A pool inside an application.</summary>
    Application,
}

/// <summary>The layer that is exhausted, or the fullest one, with its numbers.</summary>
/// <param name="Name">Which database, account, pool or service; empty for the server.</param>
/// <param name="Waiting">Clients that wait for a slot there; 0 where nobody can wait or nobody counts.</param>
public sealed record LayerNumbers(Layer Layer, ForeignText Name, int Used, int Limit, int Waiting = 0);

/// <summary>One number that speaks for or against a cause.</summary>
/// <param name="Words">With the number in it, such as "50 of 97 sessions are idle after the same statement".</param>
/// <param name="Source">Where its threshold comes from, in a few words: a tool's own default, a measurement, experience. Null when there is no threshold.</param>
public sealed record Reason(Sentence Words, string? Source = null);

/// <summary>Whether a step would help against a cause.</summary>
public enum Worth
{
    Helps,

    /// <summary>Does no harm, and no good.</summary>
    Useless,

    /// <summary>Makes it worse: only with an explicit "do it anyway".</summary>
    Harmful,
}

/// <summary>What a step would bring against the cause.</summary>
/// <param name="Step">The step type's name, such as <c>terminate-idle</c>.</param>
/// <param name="Why">One sentence in our own words.</param>
public sealed record StepWorth(string Step, Worth Worth, string Why);

/// <summary>What is wrong, who causes it, and what would help.</summary>
/// <param name="Layer">What is exhausted; for <see cref="Cause.NotExhausted"/> the fullest layer.</param>
/// <param name="Summary">The cause in one sentence, with its numbers: what the card leads with.</param>
/// <param name="For">Most telling first.</param>
/// <param name="Against">What doesn't fit; empty when everything does.</param>
/// <param name="Steps">For every step type that changes something or is commonly done by hand.</param>
public sealed record Verdict(
    Cause Cause,
    LayerNumbers Layer,
    Sentence Summary,
    IReadOnlyList<Reason> For,
    IReadOnlyList<Reason> Against,
    IReadOnlyList<StepWorth> Steps)
{
    /// <summary>Who causes it: an application, or a user where clients send no names; empty when nobody stands out.</summary>
    public ForeignText Culprit { get; init; }

    /// <summary>What the suspects have in common, such as their last statement; null when nothing.</summary>
    public Sentence? Shared { get; init; }

    /// <summary>Other causes that reached their thresholds too, the likelier first.</summary>
    public IReadOnlyList<OtherCause> Also { get; init; } = [];

    /// <summary>What could not be looked at, and what follows from that; empty when all was seen.</summary>
    public IReadOnlyList<Sentence> Unseen { get; init; } = [];

    /// <summary>Who was refused or waits, and that they are victims, not causes; null when nobody was seen.</summary>
    public Sentence? Victims { get; init; }

    public StepWorth? Of(string step) => Steps.FirstOrDefault(worth => worth.Step == step);
}

/// <summary>What decisions need of a verdict; its words and names stay in the evidence.</summary>
/// <param name="Harmful">Step types that would make it worse, each with why.</param>
public sealed record KnownCause(Cause Cause, IReadOnlyList<StepWorth> Harmful)
{
    public static KnownCause Of(Verdict verdict) => new(verdict.Cause, [.. verdict.Steps.Where(step => step.Worth is Worth.Harmful)]);

    public bool Equals(KnownCause? other) => other is not null && Cause == other.Cause && Harmful.SequenceEqual(other.Harmful);

    public override int GetHashCode() => HashCode.Combine(Cause, Harmful.Count);
}

/// <summary>A cause beside the main one.</summary>
public sealed record OtherCause(Cause Cause, Sentence Words);

/// <summary>What the diagnosis of a target found, as it is kept: who holds the connections, and why they run out.</summary>
/// <param name="Verdict">Null in evidence from before there were verdicts.</param>
public sealed record Diagnosis(ConnectionConsumers Consumers, Verdict? Verdict)
{
    /// <summary>The look it was made from; null in evidence from before it was kept.</summary>
    public ServerLook? Look { get; init; }

    /// <summary>What the pooler said; null when there is none, or it didn't answer.</summary>
    public PoolerPools? Pools { get; init; }

    /// <summary>Whose services' the sessions are; null where no cluster is configured, or it could not be told.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ServiceFinding? Services { get; init; }
}
