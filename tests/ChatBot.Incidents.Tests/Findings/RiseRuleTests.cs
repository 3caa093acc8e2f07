using System.Collections.Immutable;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;

namespace ChatBot.Incidents.Tests.Findings;

public sealed class RiseRuleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(new[] { 20, 20, 21, 30, 45, 60 }, 2)] // the last low one
    [InlineData(new[] { 60, 20, 20, 40, 50 }, 2)] // it fell before
    [InlineData(new[] { 20, 40, 60, 80 }, null)] // it rose already at the first look
    [InlineData(new[] { 20, 20, 20, 28 }, null)] // less than a tenth
    [InlineData(new[] { 20, 20, 90, 24 }, null)] // gone again
    [InlineData(new[] { 90, 90, 90, 90 }, null)]
    [InlineData(new[] { 20, 90 }, null)]
    [InlineData(new int[0], null)]
    public void A_rise_begins_at_the_last_measurement_before_it(int[] used, int? at) =>
        Assert.Equal(at is { } minutes ? Noon.AddMinutes(minutes) : null, RiseRule.BeganAt(Samples(used)));

    [Fact]
    public void Logs_are_read_from_the_rise_on_or_from_before_the_incident()
    {
        var incident = new Incident(new IncidentId(Guid.Empty), "orders-db", "test", "C0ORDERSDB", new Person("T0SHOP0001", "U0ANA00001"), Noon);

        Assert.Equal(Noon.AddHours(-1), RiseRule.LogsSince(incident, RiseRule.UsualBefore));
        Assert.Equal(Noon.AddMinutes(-3), RiseRule.LogsSince(incident with { Samples = Samples([20, 20, 20, 50]) }, RiseRule.UsualBefore));
    }

    [Fact]
    public void Lines_beyond_what_may_be_stored_are_counted()
    {
        var match = new LogMatch(default, default, IsPrevious: false, Noon, ForeignText.From("twelve signs", 100));
        var reading = new LogReading(Noon, 5, 60, 0, [], [match, match, match]) { MatchesLeftOut = 1 };

        Assert.Same(reading, reading.WithMatchesOf(36));
        var cut = reading.WithMatchesOf(35);
        Assert.Equal((2, 2L), (cut.Matches.Count, cut.MatchesLeftOut));
    }

    private static ImmutableArray<UsageSample> Samples(int[] used) =>
        [.. used.Select((count, minute) => new UsageSample(Noon.AddMinutes(minute), new ConnectionUsage(count, 97, 100, count, 0, 0, 0, count, SeesEverything: true, RefusedLogins: 0)))];
}
