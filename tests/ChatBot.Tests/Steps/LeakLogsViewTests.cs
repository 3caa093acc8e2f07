using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Logs;
using ChatBot.Steps.LeakLogs;

namespace ChatBot.Tests.Steps;

public sealed class LeakLogsViewTests
{
    private static readonly DateTimeOffset Since = new(2026, 11, 26, 2, 0, 0, TimeSpan.Zero);

    private static readonly LogGroup Leak = new(
        Foreign("checkout-api"), "HikariCP", LogSign.Leak, "a connection was not given back in time", Foreign("com.shop.OrderExport.run(OrderExport.java:88)"),
        38, [new PodLines(Foreign("checkout-1"), 30), new PodLines(Foreign("checkout-2"), 8)], [new MinuteLines(Since.AddMinutes(31), 12), new MinuteLines(Since.AddMinutes(32), 26)])
    {
        Excerpts = [new LogMatch(Foreign("checkout-1"), Foreign("app"), IsPrevious: true, Since.AddMinutes(31), Foreign("Apparent connection leak detected <!channel> `x` password=hunter22hunter"))],
    };

    private static readonly LogGroup Victim = Leak with { Sign = LogSign.PoolExhausted, Says = "no connection of the pool came free in time", Frame = default, PoolSize = 20, Excerpts = [] };

    [Fact]
    public void The_leak_leads_with_its_place_and_the_victims_are_called_victims()
    {
        var text = Text(new LogReading(Since, 1000, 50_000, 412, [Leak, Victim], []) { Containers = 8 });

        Assert.StartsWith("*A leak, caught in the act:* 38 lines, at `com.shop.OrderExport.run(OrderExport.java:88)`.", text, StringComparison.Ordinal);
        Assert.Contains("the runbook's own search would print 412 of them", text, StringComparison.Ordinal);
        Assert.Contains("This is where the connection was taken: checkout-api; pods: checkout-1 30, checkout-2 8.", text, StringComparison.Ordinal);
        Assert.Contains("at most 26 a minute", text, StringComparison.Ordinal);
        Assert.Contains("A victim's: checkout-api", text, StringComparison.Ordinal);
        Assert.Contains("Its pool has 20.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Strangers_words_stay_words_and_secrets_hidden()
    {
        var text = Text(new LogReading(Since, 1, 1, 0, [Leak], []));

        Assert.DoesNotContain("<!channel>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", text, StringComparison.Ordinal);
        Assert.Contains("(before its last restart)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Silence_is_not_called_innocence_and_gaps_are_named()
    {
        var text = Text(new LogReading(Since, 9, 1, 3, [], []) { Gaps = [Sentence.Of($"Pod {Foreign("checkout-3")} is gone.")], LongLines = 2, MatchesLeftOut = 7 });

        Assert.Contains("That is no proof of innocence", text, StringComparison.Ordinal);
        Assert.Contains(":warning: Pod checkout-3 is gone.", text, StringComparison.Ordinal);
        Assert.Contains("2 lines were longer", text, StringComparison.Ordinal);
        Assert.Contains("7 matching lines were counted and not kept", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_victims_are_no_verdict_on_a_leaker() =>
        Assert.StartsWith("*No line says who leaks*, 38 say who suffers", Text(new LogReading(Since, 9, 1, 3, [Victim], [])), StringComparison.Ordinal);

    [Fact]
    public void The_file_has_sums_minutes_and_lines_and_fits_what_a_file_may_have()
    {
        var match = Leak.Excerpts[0];

        var text = LeakLogsFile.Of(new LogReading(Since, 9, 1, 3, [Leak, Victim], [.. Enumerable.Repeat(match, 5000)]) { MatchesLeftOut = 10 }).Text;

        Assert.InRange(text.Length, 90_000, 100_000);
        Assert.Contains("== 38 x HikariCP: a connection was not given back in time, at com.shop.OrderExport.run(OrderExport.java:88) (checkout-api)", text, StringComparison.Ordinal);
        Assert.Contains("minutes: 02:31 12, 02:32 26", text, StringComparison.Ordinal);
        Assert.Contains("2026-11-26 02:31:00 UTC checkout-1/app (before its last restart)", text, StringComparison.Ordinal);
        Assert.Matches(@"\n\d{4} more lines were counted, and left out here\.\n$", text);
        Assert.DoesNotContain("hunter22", text, StringComparison.Ordinal);
    }

    private static string Text(LogReading reading) => string.Join('\n', LeakLogsView.Render(reading));

    private static ForeignText Foreign(string text) => ForeignText.From(text, 200);
}
