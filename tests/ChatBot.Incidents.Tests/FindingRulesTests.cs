using System.Collections.Immutable;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

public sealed class FindingRulesTests
{
    /// <summary>One measurement each 10 s; the last 13 are the two minutes that count.</summary>
    public static readonly TheoryDataRow<int[], double?, double?>[] Trends =
    [
        //     what                            used                        a minute  full in (s)
        Trend("nothing",                       [],                         null,     null),
        Trend("one measurement",               [93],                       null,     null),
        Trend("two are chance",                [50, 60],                   null,     null),
        Trend("three are a trend",             [91, 92, 93],               6.0,      40.0),
        Trend("one session more is noise",     [92, 93, 93],               0.0,      null),
        Trend("two sessions more are not",     [91, 92, 93],               6.0,      40.0),
        Trend("one session less is noise",     [93, 92, 92],               0.0,      null),
        Trend("up and down again",             [50, 90, 50],               0.0,      null),
        Trend("falling",                       [93, 92, 91],               -6.0,     null),
        Trend("full",                          [95, 96, 97],               6.0,      null),
        Trend("more than full",                [98, 99, 100],              6.0,      null),
        Trend("old ones don't count",          [.. Enumerable.Repeat(1, 9), .. Enumerable.Repeat(60, 13)], 0.0, null),
        Trend("two minutes ago counts",        [58, .. Enumerable.Repeat(60, 12)], 0.4, null, checkFullIn: false),
    ];

    [Theory]
    [MemberData(nameof(Trends))]
    public void Says_how_fast_it_fills(int[] used, double? perMinute, double? fullInSeconds)
    {
        var trend = UsageTrend.Of(Samples(used));

        Assert.Equal(perMinute is null, trend.PerMinute is null);
        Assert.Equal(perMinute ?? 0, trend.PerMinute ?? 0, tolerance: 0.01);
        if (fullInSeconds is not double.NaN)
        {
            Assert.Equal(fullInSeconds, trend.FullIn is { } fullIn ? Math.Round(fullIn.TotalSeconds, 6) : null);
        }
    }

    [Fact]
    public void Measurements_of_one_moment_are_no_trend() =>
        Assert.Equal(new UsageTrend(null, null), UsageTrend.Of([.. Enumerable.Range(90, 5).Select(used => new UsageSample(Noon, Usage(used)))]));

    [Fact]
    public void A_line_that_is_flat_to_the_last_bit_has_no_moment_at_which_it_is_full()
    {
        // The ends differ by two, the line through all does not rise; whatever rounding leaves of it must not overflow.
        for (var a = 0; a < 90; a++)
        {
            for (var b = 6; b < 90; b++)
            {
                Assert.Null(UsageTrend.Of(Samples(a, b, b - 6, a + 2)).FullIn);
            }
        }
    }

    [Fact]
    public void Full_later_than_in_a_day_is_not_rising()
    {
        var (early, late) = (new UsageSample(Noon, Usage(10, capacity: 100_000)), new UsageSample(Noon.AddMinutes(1), Usage(10, capacity: 100_000)));

        Assert.Null(UsageTrend.Of([early, late, new UsageSample(Noon.AddMinutes(2), Usage(12, capacity: 100_000))]).FullIn);
        Assert.NotNull(UsageTrend.Of([early, late, new UsageSample(Noon.AddMinutes(2), Usage(300, capacity: 100_000))]).FullIn);
    }

    // Capacity 100, so that used is the percentage. Seconds after the change; 80 % is the mark, 60 s the time to hold.
    public static readonly TheoryDataRow<(int After, int Used, int Refused)[], bool, bool>[] Reliefs =
    [
        //     what                                 measurements                                  holds  failed
        Relief("nothing measured",                  [],                                           false, false),
        Relief("one measurement",                   [(60, 40, 0)],                                false, false),
        Relief("exactly long enough",               [(0, 40, 0), (60, 40, 0)],                    true,  false),
        Relief("a second too short",                [(0, 40, 0), (59, 40, 0)],                    false, false),
        Relief("just below the mark",               [(0, 79, 0), (60, 79, 0)],                    true,  false),
        Relief("at the mark",                       [(0, 80, 0), (60, 80, 0)],                    false, true),
        Relief("at the mark once",                  [(0, 40, 0), (30, 80, 0), (60, 40, 0)],       false, false),
        Relief("long enough after that",            [(0, 90, 0), (30, 40, 0), (90, 40, 0)],       true,  false),
        Relief("one refused login",                 [(0, 40, 0), (60, 40, 1)],                    false, true),
        Relief("one refused login in between",      [(0, 40, 0), (50, 40, 1), (60, 40, 0)],       false, false),
        Relief("before the change doesn't count",   [(-60, 40, 0), (0, 40, 0), (10, 40, 0)],      false, false),
        Relief("above, before its time",            [(0, 90, 0), (59, 90, 0)],                    false, false),
        Relief("never settles, almost three times", [(0, 90, 0), (150, 90, 0), (179, 40, 0)],     false, false),
        Relief("never settles, three times",        [(0, 90, 0), (150, 90, 0), (180, 40, 0)],     false, true),
    ];

    [Theory]
    [MemberData(nameof(Reliefs))]
    public void Says_whether_the_change_brought_room((int After, int Used, int Refused)[] measured, bool holds, bool failed)
    {
        ImmutableArray<UsageSample> samples =
            [.. measured.Select(each => new UsageSample(Noon.AddSeconds(each.After), Usage(each.Used, 100, each.Refused)))];
        var now = samples.IsEmpty ? Noon.AddHours(1) : samples[^1].At;

        Assert.Equal(holds, ReliefRule.Holds(samples, Noon, now, ThePolicy));
        Assert.Equal(failed, ReliefRule.Failed(samples, Noon, now, ThePolicy));
    }

    public static readonly TheoryDataRow<double?, int[], bool>[] Refills =
    [
        //     what                            before  used since the relief            sees
        Refill("calm",                         6,      [40, 40, 40, 40, 40, 40],        false),
        Refill("just below the mark",          6,      [79],                            false),
        Refill("at the mark",                  6,      [80],                            true),
        Refill("as fast as before",            6,      [40, 41, 42, 43, 44, 45],        true),
        Refill("five are too few",             6,      [40, 41, 42, 43, 44],            false),
        Refill("80 % of the old rate",         7.5,    [40, 41, 42, 43, 44, 45],        true),
        Refill("less than that",               7.6,    [40, 41, 42, 43, 44, 45],        false),
        Refill("slower than before",           60,     [40, 41, 42, 43, 44, 45],        false),
        Refill("the old rate is unknown",      null,   [40, 41, 42, 43, 44, 45],        false),
        Refill("it did not rise before",       0,      [40, 41, 42, 43, 44, 45],        false),
        Refill("it fell before",               -6,     [45, 44, 43, 42, 41, 40],        false),
        Refill("one session is noise",         0.1,    [40, 40, 40, 41, 41, 41],        false),
    ];

    [Theory]
    [MemberData(nameof(Refills))]
    public void Says_whether_it_fills_again(double? before, int[] used, bool sees)
    {
        // A fast rise before the relief, which must not count.
        var incident = Stabilized.Incident with
        {
            RateBefore = before,
            RiseSince = Noon,
            Samples = [.. Samples(10, 20, 30, 40, 50, 60).Select(sample => sample with { At = sample.At.AddMinutes(-2) }), .. Samples(100, used)],
        };

        Assert.Equal(sees, RefillRule.Sees(incident, ThePolicy));
    }

    [Fact]
    public void The_largest_holder_is_added_up_over_its_addresses()
    {
        var holder = IdleHoldersRule.Examine(new ConnectionConsumers(
            [Group("checkout", "10.0.0.1", 20), Group("other", "10.0.0.9", 30), Group("checkout", "10.0.0.2", 15, oldest: 90)],
            Sessions: 80,
            ThePolicy.IdleFor,
            Endable: 60))!;

        Assert.Equal(("checkout", 35, 33, 31, 2), (holder.Application.Value, holder.Count, holder.Idle, holder.LongIdle, holder.IdleInTransaction));
        Assert.Equal(TimeSpan.FromMinutes(90), holder.OldestIdle);
    }

    [Theory]
    [InlineData(25, true)] // a quarter is enough
    [InlineData(24, false)]
    public void A_holder_of_less_than_a_quarter_is_not_the_holder(int count, bool found) =>
        Assert.Equal(found, IdleHoldersRule.Examine(new ConnectionConsumers([Group("checkout", "", count)], 100, ThePolicy.IdleFor, 0)) is not null);

    [Fact]
    public void Nobody_connected_is_no_holder() =>
        Assert.Null(IdleHoldersRule.Examine(new ConnectionConsumers([], 0, ThePolicy.IdleFor, 0)));

    private static ConsumerGroup Group(string application, string client, int count, int oldest = 60) => new(
        ForeignText.From(application, 64), ForeignText.From("app", 64), ForeignText.From("orders", 64), ForeignText.From(client, 64),
        count, Idle: count - 1, LongIdle: count - 2, IdleInTransaction: 1, Active: 0, WaitingForLock: 0,
        TimeSpan.FromMinutes(oldest), TimeSpan.FromHours(2));

    private static ImmutableArray<UsageSample> Samples(params int[] used) => Samples(Capacity, used);

    private static ImmutableArray<UsageSample> Samples(int capacity, int[] used) =>
        [.. used.Select((each, at) => new UsageSample(Noon + (at * ThePolicy.SampleEvery), Usage(each, capacity)))];

    private static TheoryDataRow<int[], double?, double?> Trend(string label, int[] used, double? perMinute, double? fullIn, bool checkFullIn = true) =>
        new(used, perMinute, checkFullIn ? fullIn : double.NaN) { Label = label };

    private static TheoryDataRow<(int After, int Used, int Refused)[], bool, bool> Relief(
        string label, (int After, int Used, int Refused)[] measured, bool holds, bool failed) =>
        new(measured, holds, failed) { Label = label };

    private static TheoryDataRow<double?, int[], bool> Refill(string label, double? before, int[] used, bool sees) =>
        new(before, used, sees) { Label = label };
}
