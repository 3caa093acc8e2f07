using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Metrics;

namespace ChatBot.Incidents.Tests.Findings.Metrics;

/// <summary>What curves say: how full, since when, and when it will be full.</summary>
public sealed class MetricRuleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_straight_rise_has_a_moment_and_is_rather_sure()
    {
        var full = FullForecast.Of(Slots(100, [.. Enumerable.Range(0, 16).Select(minute => 40.0 + (2 * minute))]))!;

        Assert.Equal((2, 1), (full.PerMinute, full.Fit));
        Assert.Equal(Noon.AddMinutes(15 + 15), full.At); // 70 of 100 now
        Assert.Contains("At this rate, 2 more a minute, the slots are full at 12:30 UTC: that is rather sure (the line explains 100 % of the last 15 min).", Words(Slots(100, [.. Enumerable.Range(0, 16).Select(minute => 40.0 + (2 * minute))])));
    }

    [Fact]
    public void Only_the_last_quarter_of_an_hour_counts()
    {
        // 45 quiet minutes, then a leak.
        var values = Enumerable.Repeat(20.0, 45).Concat(Enumerable.Range(0, 16).Select(minute => 20.0 + minute));

        Assert.Equal(1, FullForecast.Of(Slots(100, [.. values]))!.PerMinute);
    }

    private static readonly int[] Seconds = [0, 10, 20, 60, 70];

    public static TheoryData<string, double, double?[]> NoLine => new()
    {
        { "falls", 100, [60, 50, 40, 30, 20, 10] },
        { "stands", 100, [50, 50, 50, 50, 50, 50] },
        { "jumps about", 100, [10, 60, 5, 70, 15, 40, 20] },
        { "too few", 100, [null, null, 10, 20, 30, 40] },
        { "full", 40, [10, 20, 30, 35, 40, 40] },
        { "in years", 100_000, [10, 11, 12, 13, 14, 15] },
    };

    [Theory]
    [MemberData(nameof(NoLine))]
    public void What_is_no_rise_has_no_moment(string why, double limit, double?[] used) => Assert.True(FullForecast.Of(Slots(limit, used)) is null, why);

    [Fact]
    public void Without_a_limit_nobody_knows_when() =>
        Assert.Null(FullForecast.Of(new MetricReading(MetricOrigin.Prometheus, Noon, TimeSpan.FromMinutes(1), [new MetricGraph(GraphKind.Slots, [Curve("used", 1, 2, 3, 4, 5, 6)])])));

    /// <summary>A fall to nothing would be read as "it emptied", and the next value as a steep rise.</summary>
    [Fact]
    public void A_value_that_is_missing_is_no_zero()
    {
        var full = FullForecast.Of(Slots(100, [40, 42, null, 46, null, 50, 52]))!;

        Assert.Equal((2, 1), (full.PerMinute, Math.Round(full.Fit, 6)));
    }

    [Fact]
    public void The_sum_of_all_states_is_told_with_its_most_and_its_beginning()
    {
        var reading = new MetricReading(
            MetricOrigin.Prometheus,
            Noon,
            TimeSpan.FromMinutes(1),
            [new MetricGraph(GraphKind.Slots, [Curve("idle", 10, 40, 20), Curve("active", 5, 20, 6), Curve("slots", 97, 97, 97) with { IsLimit = true }])]);

        Assert.Equal(["26 of 97 slots are taken; 15 were at 12:00 UTC, and 60 at the most, at 12:01 UTC."], Words(reading));
    }

    [Fact]
    public void Each_other_graph_has_its_own_words()
    {
        var reading = new MetricReading(
            MetricOrigin.Prometheus,
            Noon,
            TimeSpan.FromMinutes(1),
            [
                new MetricGraph(GraphKind.Impact, [Curve("errors", 0, 12)]),
                new MetricGraph(GraphKind.Refused, [Curve("refused", 3, 0)]),
                new MetricGraph(GraphKind.ServicePool, [Curve("checkout-api", 10, 10), Curve("catalog", 2, 1), Curve("checkout-api", 10, 10) with { IsLimit = true }]),
                new MetricGraph(GraphKind.ServiceWaiting, [Curve("checkout-api", 0, 14)]),
                new MetricGraph(GraphKind.AcquireTime, [Curve("checkout-api", 0.002, 1.9)]),
            ]);

        Assert.Equal(
            [
                "Customers: errors is 12, 12 at the most.",
                "0 logins were refused in the last 5 min, 3 at the most.",
                "checkout-api has lent 10 of 10 connections of its pools, 10 at the most.",
                "catalog has lent 1 connections of its pools, 2 at the most.",
                "14 requests of checkout-api wait for its pool, 14 at the most.",
                "checkout-api waits 1.9 s for a connection of its pool, 1.9 s at the most.",
            ],
            Words(reading));
    }

    [Fact]
    public void The_bots_own_measurements_make_the_same_curves_with_their_gaps()
    {
        var incident = Given.Deciding.Incident with
        {
            Samples = [.. Seconds.Select(second => new UsageSample(Noon.AddSeconds(second), Given.Usage(50 + second)))],
        };

        var reading = OwnSamples.Of(incident)!;

        Assert.Equal((MetricOrigin.OwnSamples, Noon, TimeSpan.FromSeconds(10)), (reading.Origin, reading.From, reading.Step));
        var slots = Assert.Single(reading.Graphs);
        Assert.Equal([97, 97, 97, null, null, null, 97, 97], slots.Limit!.Values);
        Assert.Equal([50, 60, 70, null, null, null, 110, 120], Enumerable.Range(0, 8).Select(at => slots.Curves.Any(curve => curve.Values[at] is null) ? null : slots.Curves.Where(curve => !curve.IsLimit).Sum(curve => curve.Values[at])));
        Assert.Null(OwnSamples.Of(incident with { Samples = [] }));
    }

    private static MetricReading Slots(double limit, double?[] used) => new(
        MetricOrigin.Prometheus,
        Noon,
        TimeSpan.FromMinutes(1),
        [new MetricGraph(GraphKind.Slots, [Curve("used", used), Curve("slots", [.. used.Select(_ => (double?)limit)]) with { IsLimit = true }])]);

    private static MetricCurve Curve(string name, params double?[] values) => new(ForeignText.From(name, 63), values);

    private static string[] Words(MetricReading reading) => [.. MetricWords.Of(reading).Select(sentence => sentence.ToString())];
}
