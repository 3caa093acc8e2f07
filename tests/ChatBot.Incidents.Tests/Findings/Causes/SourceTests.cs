using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;
using static ChatBot.Incidents.Findings.Cause;

namespace ChatBot.Incidents.Tests.Findings.Causes;

/// <summary>Where the thresholds come from: a number without its source can't be argued with.</summary>
public class SourceTests
{
    private const string Mark = "the target's own mark";

    /// <summary>All that a verdict of each cause cites, over every situation of these tests.</summary>
    private static readonly Dictionary<Cause, string[]> Cited = new()
    {
        [NotExhausted] = [Mark],
        [AccountLimit] = ["decision table, row 0"],
        [DatabaseLimit] = ["decision table, row 0"],
        [PoolerSaturated] = ["measured with PgBouncer"],
        [ApplicationPool] = ["decision table, row 6 (experience)"],
        [LockPileUp] = ["decision table, row 1 (experience)", Mark],
        [TransactionLeak] = ["decision table, row 2 (experience)", "PgHero", Mark],
        [SlowQueries] = ["decision table, row 3 (experience)", Mark],
        [IdleLeak] = ["decision table, row 4 (measured: leaks against resting pools)", "decision table, row 4 (idle timeouts of pools)", "measured", "the target's own age", Mark],
        [ConnectionStorm] = ["decision table, row 7 (experience)", "measured", Mark],
        [Outlier] = ["decision table, row 10 (experience)", Mark],
        [PodsTimesPool] = ["decision table, row 5 (experience)", Mark],
        [TooSmall] = ["decision table, row 6 (experience)", Mark],
        [Undetermined] = ["decision table, row 4 (measured: leaks against resting pools)", "decision table, row 6 (experience)", "measured", Mark],
    };

    private static readonly Verdict[] Verdicts =
    [
        .. VerdictTests.Situations.Select(row => row.Data.Item1)
            .Concat(LayerTests.Layers.Select(row => row.Data.Item1))
            .Concat(MixtureTests.Mixtures.Select(row => row.Data.Item1))
            .Select(VerdictRule.Judge),
    ];

    [Fact]
    public void Every_cause_cites_what_its_thresholds_come_from()
    {
        var expected = Cited.OrderBy(cause => cause.Key).Select(cause => Line(cause.Key, cause.Value));
        var actual = Verdicts.GroupBy(verdict => verdict.Cause).OrderBy(same => same.Key)
            .Select(same => Line(same.Key, same.SelectMany(verdict => verdict.For.Concat(verdict.Against)).Select(reason => reason.Source).OfType<string>().Distinct()));

        Assert.True(expected.SequenceEqual(actual), $"Cited now:\n{string.Join('\n', actual)}");
    }

    /// <summary>The first reason is the threshold that the cause stands on.</summary>
    [Fact]
    public void What_speaks_first_for_a_cause_has_a_source() =>
        Assert.All(Verdicts.Where(verdict => verdict.For.Count > 0), verdict => Assert.NotNull(verdict.For[0].Source));

    private static string Line(Cause cause, IEnumerable<string> sources) => $"{cause}: {string.Join("; ", sources.Order(StringComparer.Ordinal))}";
}
