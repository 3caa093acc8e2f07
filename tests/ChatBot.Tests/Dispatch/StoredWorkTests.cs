using System.Text;
using System.Text.Json;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Slack;
using ChatBot.Store;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Dispatch;

/// <summary>Everything else that a store out there holds: work, evidence, deliveries, answers.</summary>
public class StoredWorkTests
{
    private static readonly IReadOnlyList<GoldenLine> Effects = GoldenLine.ReadAll("golden-effects.jsonl");
    private static readonly IReadOnlyList<GoldenLine> Rest = GoldenLine.ReadAll("golden-rest.jsonl");

    public static readonly TheoryData<int> EffectLines = [.. Enumerable.Range(0, Math.Max(Effects.Count, StoredExamples.Effects.Count))];

    [Theory]
    [MemberData(nameof(EffectLines))]
    public void A_stored_effect_is_read_as_what_it_was_and_written_as_it_was(int line)
    {
        Assert.True(line < StoredExamples.Effects.Count, "A line of golden-effects.jsonl has no example that says what it means.");
        var expected = StoredExamples.Effects[line];
        var now = new GoldenLine(EffectCodec.NameOf(expected), EffectCodec.Write(expected));
        Assert.True(line < Effects.Count, $"Append to golden-effects.jsonl: {GoldenLine.Write(now.Name, Encoding.UTF8.GetBytes(now.Body))}");

        Assert.Equal(now.Name, Effects[line].Name);
        Assert.Equal(expected, EffectCodec.Read(now.Name, Effects[line].Body));

        // A property that came later isn't in older lines; the newest line is how it is written now.
        Assert.Contains(now, Effects.Skip(line));
    }

    [Fact]
    public void Every_kind_of_effect_has_a_line()
    {
        var kinds = typeof(Effect).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Effect)) && !type.IsAbstract);

        Assert.Equal(kinds.Count(), Effects.Select(line => line.Name).Distinct().Count());
    }

    [Theory]
    [InlineData("run-step/1", "{}")]
    [InlineData("run-step/1", """{"plan":"01936c5e000070008000000000000001","step":1,"due":null,"twice":true}""")]
    [InlineData("run-step/1", """{"plan":"01936c5e","step":1,"due":null}""")]
    [InlineData("run-step/1", "")]
    [InlineData("show/1", """{"part":"banner","plan":null,"due":null}""")]
    [InlineData("show/1", """{"part":1,"plan":null,"due":null}""")]
    public void Damaged_work_is_refused(string name, string body) =>
        Assert.Throws<FormatException>(() => EffectCodec.Read(name, body));

    [Theory]
    [InlineData("run-step/2")]
    [InlineData("Run-Step/1")]
    [InlineData("tell-person/1")]
    public void Work_of_another_kind_is_no_effect(string name) => Assert.Null(EffectCodec.Read(name, "{}"));

    [Fact]
    public void Consumers_are_read_as_they_were_and_written_as_they_were()
    {
        var old = EvidenceRows.ReadDiagnosis(new EvidenceRow("", "", Rest[0].Name, default, Rest[0].Body))!;
        Assert.Null(old.Verdict);
        Assert.Equal(StoredExamples.Consumers.Groups, old.Consumers.Groups);
        Assert.Equal(StoredExamples.Consumers with { Groups = old.Consumers.Groups }, old.Consumers);

        var row = EvidenceRows.Diagnosis(TheIncident, StoredExamples.Diagnosis);
        AssertLine(13, row.Kind, row.Body);
        foreach (var line in new[] { 12, 13 }) // in the older one nobody said what stands still
        {
            Assert.Equivalent(StoredExamples.Diagnosis, EvidenceRows.ReadDiagnosis(row with { Body = Rest[line].Body }), strict: true);
        }
    }

    [Fact]
    public void Words_are_read_as_they_were_and_written_as_they_were()
    {
        var row = EvidenceRows.Words(TheIncident, StoredExamples.Words);
        AssertLine(1, row.Kind, row.Body);

        Assert.Equal(StoredExamples.Words, EvidenceRows.ReadWords(row with { Body = Rest[1].Body }));
    }

    [Fact]
    public void Files_are_read_as_they_were_and_written_as_they_were()
    {
        var row = EvidenceRows.File(TheIncident, StoredExamples.File);
        AssertLine(11, row.Kind, row.Body);

        Assert.Equal(StoredExamples.File, EvidenceRows.ReadFile(row with { Body = Rest[11].Body }));
        Assert.Null(EvidenceRows.ReadFile(EvidenceRows.Words(TheIncident, StoredExamples.Words)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"reason":7}""")]
    [InlineData("""{"reason":null,"also":null}""")]
    public void A_damaged_row_is_refused(string json)
    {
        var consumers = EvidenceRows.Diagnosis(TheIncident, StoredExamples.Diagnosis) with { Body = json };

        Assert.Throws<FormatException>(() => Answer.FromJson(json));
        Assert.Throws<FormatException>(() => EvidenceRows.ReadConsumers(consumers));
        Assert.Throws<FormatException>(() => StoredJson.Read<Delivery>(json, "Inbox row 1"));
        Assert.Throws<FormatException>(() => StoredJson.Read<TellPerson>(json, "Work 1"));
    }

    [Fact]
    public void Evidence_of_another_kind_or_none_is_no_answer()
    {
        var words = EvidenceRows.Words(TheIncident, StoredExamples.Words);
        var consumers = EvidenceRows.Diagnosis(TheIncident, StoredExamples.Diagnosis);

        Assert.Null(EvidenceRows.ReadConsumers(words));
        Assert.Null(EvidenceRows.ReadConsumers(consumers with { Kind = "diagnosis/2" }));
        Assert.Null(EvidenceRows.ReadConsumers(null));
        Assert.Null(EvidenceRows.ReadWords(consumers));
        Assert.Null(EvidenceRows.ReadWords(null));
    }

    [Fact]
    public void Text_that_was_clean_when_stored_is_clean_again_when_read()
    {
        var row = EvidenceRows.Words(TheIncident, StoredExamples.Words) with { Body = "\"a\\u001b[31mb\\u202ec\"" };

        Assert.Equal("abc", EvidenceRows.ReadWords(row)!.Value.Value);
    }

    [Fact]
    public void Deliveries_and_answers_are_read_as_they_were_and_written_as_they_were()
    {
        AssertLine(2, "slack/1", JsonSerializer.Serialize(StoredExamples.Command, StoredJson.Options));
        AssertLine(3, "slack/1", JsonSerializer.Serialize(StoredExamples.Press, StoredJson.Options));
        AssertLine(7, "answer", Answer.Accepted.ToJson());
        AssertLine(8, "answer", StoredExamples.Refused.ToJson());
        AssertLine(9, "answer", StoredExamples.Noted.ToJson());
        AssertLine(10, "slack/1", JsonSerializer.Serialize(StoredExamples.Submission, StoredJson.Options));
        AssertLine(6, TellPerson.Kind, JsonSerializer.Serialize(StoredExamples.Tell, StoredJson.Options));

        Assert.Equal(StoredExamples.Command, JsonSerializer.Deserialize<Delivery>(Rest[2].Body, StoredJson.Options));
        Assert.Equal(StoredExamples.Press, JsonSerializer.Deserialize<Delivery>(Rest[3].Body, StoredJson.Options));
        Assert.Equal(StoredExamples.Submission, JsonSerializer.Deserialize<Delivery>(Rest[10].Body, StoredJson.Options));
        Assert.Equal(StoredExamples.Noted, Answer.FromJson(Rest[9].Body));
        foreach (var (accepted, refused) in new[] { (4, 5), (7, 8) }) // the older ones have no note
        {
            Assert.Equal(Answer.Accepted, Answer.FromJson(Rest[accepted].Body));
            Assert.Equal(StoredExamples.Refused, Answer.FromJson(Rest[refused].Body));
        }

        Assert.Equal(StoredExamples.Tell, JsonSerializer.Deserialize<TellPerson>(Rest[6].Body, StoredJson.Options));
    }

    private static void AssertLine(int line, string name, string body)
    {
        Assert.True(line < Rest.Count, $"Append to golden-rest.jsonl: {GoldenLine.Write(name, Encoding.UTF8.GetBytes(body))}");
        Assert.Equal(Rest[line], new GoldenLine(name, body));
    }
}
