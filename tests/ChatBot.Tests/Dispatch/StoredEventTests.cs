using System.Globalization;
using System.Text;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Store;
using ChatBot.Tests.Slack.Views;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Dispatch;

/// <summary>Events as logs out there hold them. A test that fails here says that old incidents can't be read any more.</summary>
public class StoredEventTests
{
    private static readonly IReadOnlyList<GoldenLine> Golden = GoldenLine.ReadAll("golden-events.jsonl");

    public static readonly TheoryData<int> Lines = [.. Enumerable.Range(0, Math.Max(Golden.Count, StoredExamples.Events.Count))];

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_stored_event_is_read_as_what_it_was_and_written_as_it_was(int line)
    {
        Assert.True(line < StoredExamples.Events.Count, "A line of golden-events.jsonl has no example that says what it means.");
        var expected = StoredExamples.Events[line];
        var written = EventCodec.Write(expected);
        var now = new GoldenLine($"{written.Type}/{written.Version}", Encoding.UTF8.GetString(written.Body.Span));
        Assert.True(line < Golden.Count, $"Append to golden-events.jsonl: {GoldenLine.Write(now.Name, written.Body.Span)}");

        Assert.Equal(now.Name, Golden[line].Name);
        Assert.Equal(expected.At, written.At);
        Assert.Equivalent(expected, EventCodec.Read(Stored(Golden[line])), strict: true);

        // A property that came later isn't in older lines; the newest line is how it is written now.
        Assert.Contains(now, Golden.Skip(line));
    }

    [Fact]
    public void Every_kind_of_event_has_a_line()
    {
        var kinds = typeof(IncidentEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(IncidentEvent)) && !type.IsAbstract);

        Assert.Equal(kinds.Count(), EventCodec.StoredNames.Count);
        Assert.Equal(
            EventCodec.StoredNames.Order(StringComparer.Ordinal),
            Golden.Select(line => line.Name.Split('/')[0]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Optional_values_have_a_line_with_and_one_without()
    {
        foreach (var (name, property) in new[]
        {
            ("diagnosis-started/1", "by"), ("relief-verified/1", "before"), ("relief-missing/1", "after"), ("incident-aborted/1", "reason"),
            ("page-step-done/1", "note"), ("page-step-skipped/1", "note"), ("follow-up-assigned/1", "by"), ("mitigation-asked/1", "step"),
            ("consumers-measured/1", "cause"), ("consumers-missing/1", "cause"), ("consumers-missing/1", "evidence"), ("usage-measured/1", "server"),
            ("mitigation-finished/1", "undoDue"), ("rollout-seen/1", "warning"),
        })
        {
            var bodies = Golden.Where(line => line.Name == name).Select(line => line.Body).ToList();
            Assert.Contains(bodies, body => body.Contains($"\"{property}\":null", StringComparison.Ordinal));
            Assert.Contains(bodies, body => !body.Contains($"\"{property}\":null", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("incident-renamed", 1, """{"at":"2026-11-26T12:00:00+00:00"}""")]
    [InlineData("watch-held", 2, """{"at":"2026-11-26T12:00:00+00:00"}""")]
    [InlineData("watch-held", 0, """{"at":"2026-11-26T12:00:00+00:00"}""")]
    [InlineData("Watch-Held", 1, """{"at":"2026-11-26T12:00:00+00:00"}""")]
    [InlineData("watch-held", 1, """{"at":"2026-11-26T12:00:00+00:00","by":"someone"}""")]
    [InlineData("watch-held", 1, "{}")]
    [InlineData("watch-held", 1, "null")]
    [InlineData("watch-held", 1, "")]
    [InlineData("watch-held", 1, """{"at":"2026-11-26T12:00:00""")]
    [InlineData("watch-held", 1, """{"at":"noon"}""")]
    [InlineData("plan-approved", 1, """{"plan":"not an id","at":"2026-11-26T12:00:00+00:00"}""")]
    [InlineData("plan-approved", 1, """{"plan":null,"at":"2026-11-26T12:00:00+00:00"}""")]
    [InlineData("plan-approved", 1, """{"at":"2026-11-26T12:00:00+00:00"}""")]
    [InlineData("usage-missing", 1, """{"reason":null,"at":"2026-11-26T12:00:00+00:00"}""")]
    [InlineData("plan-approved", 1, """{"plan":7,"at":"2026-11-26T12:00:00+00:00"}""")]
    [InlineData("step-finished", 1, """{"plan":"01936c5e000070008000000000000001","step":1,"outcome":0,"detail":"","at":"2026-11-26T12:00:00+00:00"}""")]
    [InlineData("step-finished", 1, """{"plan":"01936c5e000070008000000000000001","step":1,"outcome":"undone","detail":"","at":"2026-11-26T12:00:00+00:00"}""")]
    [InlineData("step-finished", 1, """{"plan":"01936c5e000070008000000000000001","step":"1","outcome":"applied","detail":"","at":"2026-11-26T12:00:00+00:00"}""")]
    public void What_was_never_written_is_refused(string name, int version, string body) =>
        Assert.Throws<FormatException>(() => EventCodec.Read(Stored(name, version, body)));

    [Fact]
    public void What_can_be_computed_is_not_stored()
    {
        var body = Golden.First(line => line.Name == "usage-measured/1").Body;

        Assert.DoesNotContain("ratio", body, StringComparison.Ordinal);
        Assert.DoesNotContain("free", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_line_cut_anywhere_is_refused()
    {
        foreach (var line in Golden)
        {
            for (var length = 0; length < line.Body.Length; length += 7)
            {
                Assert.Throws<FormatException>(() => EventCodec.Read(Stored(line with { Body = line.Body[..length] })));
            }
        }
    }

    /// <summary>A log as it was written before incidents followed pages: it stays readable, and the incident goes on to its end.</summary>
    [Fact]
    public void An_incident_from_before_there_were_pages_goes_on()
    {
        Incident? incident = null;
        foreach (var happened in GoldenLine.ReadAll("golden-incident-without-page.jsonl").Select(line => EventCodec.Read(Stored(line))))
        {
            incident = Incident.Evolve(incident, happened);
            Assert.NotEmpty(SeenText.Of(Cards.Card(incident)));
            Assert.Equal([new Show(IncidentPart.Card)], IncidentDrawing.PartsOf(incident).Where(part => part.Part is not IncidentPart.Plan));
        }

        Assert.Equal((IncidentState.Stabilized, 15L, null, 0), (incident!.State, incident.Version, incident.Page, incident.Steps.Length));
        Assert.Equal(Ana, incident.Lead);
        Assert.Equal(new Approval(Boris, Door.Slack), Assert.Single(Assert.Single(incident.PastPlans).Approvals));

        var now = incident.Relieved!.At + ThePolicy.WatchFor;
        foreach (var command in new IncidentCommand[] { new RecordUsage(Usage(40)), new AssignIncident(Boris, Boris), new ResolveIncident(Boris) })
        {
            var accepted = Assert.IsType<Decision.Accepted>(IncidentDecider.Decide(incident, command, Facts(), now));
            incident = accepted.Events.Aggregate(incident, Incident.Evolve);
        }

        Assert.Equal(IncidentState.Resolved, incident.State);
        Assert.Contains("Resolved", SeenText.Of(Cards.Card(incident)), StringComparison.Ordinal);
    }

    private static StoredEvent Stored(GoldenLine line)
    {
        var parts = line.Name.Split('/');
        return Stored(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), line.Body);
    }

    private static StoredEvent Stored(string name, int version, string body) =>
        new(1, name, version, default, Encoding.UTF8.GetBytes(body), ReadOnlyMemory<byte>.Empty, ReadOnlyMemory<byte>.Empty);
}
