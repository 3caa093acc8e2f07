using System.Text.Json.Serialization;
using ChatBot.Incidents.Findings;

namespace ChatBot.Incidents.Evidence;

/// <summary>What a target and its services did over time: curves that have their values at the same moments.</summary>
/// <param name="From">Of the first value of each curve.</param>
/// <param name="Step">From one value to the next.</param>
/// <param name="Graphs">What matters most first; without those that no series was found for.</param>
public sealed record MetricReading(MetricOrigin Origin, DateTimeOffset From, TimeSpan Step, IReadOnlyList<MetricGraph> Graphs)
{
    /// <summary>When something happened that a reader should see beside the curves; oldest first.</summary>
    public IReadOnlyList<MetricMark> Marks { get; init; } = [];

    /// <summary>What could not be had, and why, in sentences of our own.</summary>
    public IReadOnlyList<Sentence> Gaps { get; init; } = [];

    /// <summary>The team's own dashboard; null when there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Dashboard { get; init; }

    public DateTimeOffset TimeOf(int index) => From + (index * Step);
}

/// <summary>Who measured.</summary>
public enum MetricOrigin
{
    /// <summary>The team's monitoring.</summary>
    Prometheus,

    /// <summary>The bot itself, since the incident began.</summary>
    OwnSamples,
}

/// <summary>What a graph is about, and so its unit.</summary>
public enum GraphKind
{
    /// <summary>What customers feel, as the target's settings ask for it; in a unit of its own.</summary>
    Impact,

    /// <summary>Slots of the server, by what their sessions do, and the limit.</summary>
    Slots,

    /// <summary>Logins that were refused in five minutes.</summary>
    Refused,

    /// <summary>Clients that wait at the pooler.</summary>
    PoolerWaiting,

    /// <summary>Connections that a service's own pools have lent out, and their limit.</summary>
    ServicePool,

    /// <summary>Requests that wait for a service's own pool.</summary>
    ServiceWaiting,

    /// <summary>New connections in a second.</summary>
    NewConnections,

    /// <summary>How long a service waits for a connection of its pool: seconds, the mean of five minutes.</summary>
    AcquireTime,

    /// <summary>How long it takes to open a new connection: seconds, the mean of five minutes.</summary>
    CreateTime,
}

/// <summary>Curves that belong into one picture.</summary>
/// <param name="Curves">Those of most weight first; the limit is the last one, where there is one.</param>
public sealed record MetricGraph(GraphKind Kind, IReadOnlyList<MetricCurve> Curves)
{
    /// <summary>More colours nobody tells apart: 7, beside the limits.</summary>
    public const int CurvesAtMost = 7;

    /// <summary>Curves that were left out of what is kept.</summary>
    public int LeftOut { get; init; }

    [JsonIgnore]
    public MetricCurve? Limit => Curves.FirstOrDefault(curve => curve.IsLimit);
}

/// <param name="Name">A state, a service or what the settings call it.</param>
/// <param name="Values">One for each moment; null where nothing was measured.</param>
public sealed record MetricCurve(ForeignText Name, IReadOnlyList<double?> Values)
{
    /// <summary>What the others of its graph, added up, can't exceed.</summary>
    public bool IsLimit { get; init; }

    /// <summary>The latest one that was measured; null when none was.</summary>
    [JsonIgnore]
    public double? Last => Values.LastOrDefault(value => value is not null);

    /// <summary>The largest one; null when none was measured.</summary>
    [JsonIgnore]
    public double? Most => Values.Max();
}

/// <summary>Something that happened beside the curves.</summary>
public sealed record MetricMark(DateTimeOffset At, MarkKind Kind, ForeignText What);

public enum MarkKind
{
    /// <summary>Somebody, or an alert, opened the incident.</summary>
    Opened,

    /// <summary>A service got another revision.</summary>
    Deployed,

    /// <summary>The bot changed something.</summary>
    Changed,
}
