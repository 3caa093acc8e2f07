using System.Globalization;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Metrics;

/// <summary>What the curves say, in sentences: for whoever can't see the picture, and for the thread.</summary>
public static class MetricWords
{
    /// <summary>Of a graph that has one for each service; the picture has more.</summary>
    private const int CurvesAtMost = 5;

    public static IReadOnlyList<Sentence> Of(MetricReading reading) => [.. Measured(reading), .. Forecast(reading)];

    public static IEnumerable<Sentence> Measured(MetricReading reading) => reading.Graphs.SelectMany(graph => Of(graph, reading));

    /// <summary>None when it is full, doesn't rise, or in no line.</summary>
    public static IEnumerable<Sentence> Forecast(MetricReading reading)
    {
        if (FullForecast.Of(reading) is { } full)
        {
            var sure = full.Fit >= FullForecast.Sure ? Sentence.Of($"that is rather sure") : Sentence.Of($"that is a guess");
            yield return Sentence.Of($"At this rate, {full.PerMinute} more a minute, the slots are full at {Clock(full.At)}: {sure} (the line explains {full.Fit * 100} % of the last {full.Over}).");
        }
    }

    private static IEnumerable<Sentence> Of(MetricGraph graph, MetricReading reading) => graph.Kind switch
    {
        GraphKind.Slots => [Slots(graph, reading)],
        GraphKind.ServicePool => Each(graph, curve => graph.Curves.FirstOrDefault(limit => limit.IsLimit && limit.Name == curve.Name)?.Last is { } limit
            ? Sentence.Of($"{curve.Name} has lent {curve.Last ?? 0} of {limit} connections of its pools, {curve.Most ?? 0} at the most.")
            : Sentence.Of($"{curve.Name} has lent {curve.Last ?? 0} connections of its pools, {curve.Most ?? 0} at the most.")),
        GraphKind.ServiceWaiting => Each(graph, curve => Sentence.Of($"{curve.Last ?? 0} requests of {curve.Name} wait for its pool, {curve.Most ?? 0} at the most.")),
        GraphKind.PoolerWaiting => Each(graph, curve => Sentence.Of($"{curve.Last ?? 0} clients wait at the pooler for {curve.Name}, {curve.Most ?? 0} at the most.")),
        GraphKind.AcquireTime => Each(graph, curve => Sentence.Of($"{curve.Name} waits {Seconds(curve.Last)} for a connection of its pool, {Seconds(curve.Most)} at the most.")),
        GraphKind.CreateTime => Each(graph, curve => Sentence.Of($"{curve.Name} needs {Seconds(curve.Last)} to open a connection, {Seconds(curve.Most)} at the most.")),
        GraphKind.NewConnections => Each(graph, curve => Sentence.Of($"{curve.Last ?? 0} new connections a second, {curve.Most ?? 0} at the most.")),
        GraphKind.Refused => Each(graph, curve => Sentence.Of($"{curve.Last ?? 0} logins were refused in the last 5 min, {curve.Most ?? 0} at the most.")),
        GraphKind.Impact => Each(graph, curve => Sentence.Of($"Customers: {curve.Name} is {curve.Last ?? 0}, {curve.Most ?? 0} at the most.")),
        _ => [],
    };

    private static Sentence Slots(MetricGraph graph, MetricReading reading)
    {
        var used = Enumerable.Range(0, graph.Curves[0].Values.Count)
            .Select(at => (At: reading.TimeOf(at), Used: graph.Curves.Any(curve => !curve.IsLimit && curve.Values[at] is not null) ? graph.Curves.Where(curve => !curve.IsLimit).Sum(curve => curve.Values[at]) : null))
            .Where(one => one.Used is not null)
            .ToArray();
        var (mostAt, most) = used.MaxBy(one => one.Used);
        var limit = graph.Limit?.Last is { } slots ? Sentence.Of($" of {slots}") : Sentence.Empty;
        return Sentence.Of($"{used[^1].Used!.Value}{limit} slots are taken; {used[0].Used!.Value} were at {Clock(used[0].At)}, and {most!.Value} at the most, at {Clock(mostAt)}.");
    }

    private static IEnumerable<Sentence> Each(MetricGraph graph, Func<MetricCurve, Sentence> say) => graph.Curves.Where(curve => !curve.IsLimit).Take(CurvesAtMost).Select(say);

    private static Sentence Seconds(double? value) => Own(string.Create(CultureInfo.InvariantCulture, $"{value ?? 0:0.###} s"));

    private static Sentence Clock(DateTimeOffset at) => Own(at.UtcDateTime.ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture));

    private static Sentence Own(string words) => new([new SentencePart(words)]);
}
