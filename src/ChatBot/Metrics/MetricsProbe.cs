using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Metrics;

namespace ChatBot.Metrics;

/// <summary>Asks for all that Prometheus knows of a target and its services over a time.</summary>
internal sealed class MetricsProbe(PrometheusClient prometheus)
{
    /// <summary>Queries at the same time: a Prometheus has others to serve.</summary>
    private const int AtOnce = 4;

    /// <summary>Prometheus keeps no points that are closer together than the usual scrapes: 1 s is the least that a test scrapes.</summary>
    private static readonly TimeSpan FinestStep = TimeSpan.FromSeconds(1);

    public bool IsConfigured => prometheus.IsConfigured;

    /// <summary>With a step that gives at most <see cref="OwnSamples.PointsAtMost"/> points.</summary>
    /// <returns>Without graphs when nothing was found.</returns>
    /// <exception cref="MetricsUnavailableException">Not one query was answered.</exception>
    public async Task<MetricReading> ReadAsync(TargetOptions target, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var step = new[] { FinestStep, TimeSpan.FromSeconds(Math.Ceiling((to - from).TotalSeconds / (OwnSamples.PointsAtMost - 1))) }.Max();
        var queries = MetricQueries.Of(target);
        using var slots = new SemaphoreSlim(AtOnce);
        var answers = await Task.WhenAll(queries.Select(AskAsync));
        cancellationToken.ThrowIfCancellationRequested();
        if (answers.Length > 0 && Array.TrueForAll(answers, answer => answer.Trouble is not null))
        {
            throw answers[0].Trouble!;
        }

        var count = (int)((to - from) / step) + 1;
        return new MetricReading(
            MetricOrigin.Prometheus,
            from,
            step,
            [
                .. answers
                    .GroupBy(answer => answer.Query.Kind)
                    .OrderBy(graph => graph.Key)
                    .Select(graph => Graph(graph.Key, [.. graph.SelectMany(answer => Curves(answer.Query, answer.Series, from, step, count))]))
                    .Where(graph => graph.Curves.Any(curve => !curve.IsLimit && curve.Last is not null)),
            ])
        {
            Gaps = [.. answers.Select(answer => answer.Trouble?.Message).OfType<string>().Distinct().Select(words => new Sentence([new SentencePart(words)]))],
            Dashboard = target.Dashboard?.ToString(),
        };

        async Task<(MetricQuery Query, IReadOnlyList<PrometheusSeries> Series, MetricsUnavailableException? Trouble)> AskAsync(MetricQuery query)
        {
            await slots.WaitAsync(cancellationToken);
            try
            {
                return (query, await prometheus.QueryRangeAsync(query.PromQl, from, to, step, cancellationToken), null);
            }
            catch (MetricsUnavailableException unavailable)
            {
                return (query, [], unavailable);
            }
            finally
            {
                slots.Release();
            }
        }
    }

    private static IEnumerable<MetricCurve> Curves(MetricQuery query, IReadOnlyList<PrometheusSeries> all, DateTimeOffset from, TimeSpan step, int count)
    {
        foreach (var series in all)
        {
            var values = new double?[count];
            foreach (var (at, value) in series.Points)
            {
                if ((int)Math.Round((at - from) / step) is var index && index >= 0 && index < count)
                {
                    values[index] = value;
                }
            }

            var name = query.Label is { } label ? series.Labels.GetValueOrDefault(label, "") : query.Name;
            yield return new MetricCurve(ForeignText.From(name.Length > 0 ? name : "other", 63), values) { IsLimit = query.IsLimit };
        }
    }

    private static MetricGraph Graph(GraphKind kind, MetricCurve[] curves)
    {
        var shown = curves.Where(curve => !curve.IsLimit && curve.Last is not null).OrderByDescending(curve => curve.Most).ThenBy(curve => curve.Name.Value, StringComparer.Ordinal).ToArray();
        var limits = curves.Where(curve => curve.IsLimit && curve.Last is not null);
        return kind is GraphKind.Slots && shown.Length > MetricGraph.CurvesAtMost
            ? new MetricGraph(kind, [.. shown.Take(MetricGraph.CurvesAtMost - 1), SumOf(shown[(MetricGraph.CurvesAtMost - 1)..]), .. limits])
            : new MetricGraph(kind, [.. shown.Take(MetricGraph.CurvesAtMost), .. limits]) { LeftOut = Math.Max(0, shown.Length - MetricGraph.CurvesAtMost) };
    }

    /// <summary>What is stacked has to be whole, or it would seem to have room.</summary>
    private static MetricCurve SumOf(MetricCurve[] rest)
    {
        var values = Enumerable.Range(0, rest[0].Values.Count).Select(at => Array.TrueForAll(rest, curve => curve.Values[at] is null) ? (double?)null : rest.Sum(curve => curve.Values[at] ?? 0));
        return new MetricCurve(ForeignText.From($"{rest.Length} others", 63), [.. values]);
    }
}
