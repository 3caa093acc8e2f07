using System.Text;
using System.Text.Json.Nodes;
using ChatBot.Slack;

namespace ChatBot.Tests.Slack;

/// <summary>Three steps; only the last one shows anything to anybody.</summary>
public class SlackFilesTests
{
    private const string Begin = "files.getUploadURLExternal";
    private const string Complete = "files.completeUploadExternal";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_announced_in_bytes_sent_and_shared()
    {
        (string Url, string Text) uploaded = default;
        var wire = Wire(Place, (url, bytes) => uploaded = (url, Encoding.UTF8.GetString(bytes.Span)));

        var id = await new SlackFiles(wire).ShareAsync("C1", "1.000100", "pool.ini", "Pool <of> db", "größe = 5\n"u8.ToArray(), shows: null, $"for {"<!channel>"}", Token);

        Assert.Equal(("F1", "https://files.slack.com/upload/v1/x", "größe = 5\n"), (id, uploaded.Url, uploaded.Text));
        Assert.Equal([Begin, Complete], wire.Methods);
        AssertJson("""{"filename":"pool.ini","length":12}""", wire.Calls[0].Arguments);
        AssertJson(
            """{"files":[{"id":"F1","title":"Pool <of> db"}],"channel_id":"C1","thread_ts":"1.000100","initial_comment":"for &lt;!channel&gt;"}""",
            wire.Calls[1].Arguments);
    }

    [Fact]
    public async Task Without_a_thread_and_words_none_are_sent()
    {
        var wire = Wire(Place);

        await new SlackFiles(wire).ShareAsync("C1", null, "a.txt", "a", "a"u8.ToArray(), shows: null, null, Token);

        AssertJson("""{"files":[{"id":"F1","title":"a"}],"channel_id":"C1"}""", wire.Calls[1].Arguments);
    }

    /// <summary>What was never shared is seen by nobody, so it can be begun again without a second look.</summary>
    [Theory]
    [InlineData(Begin, false)]
    [InlineData("upload", false)]
    [InlineData(Complete, true)]
    public async Task Only_a_lost_last_answer_may_have_shown_the_file(string step, bool mayHaveHappened)
    {
        var lost = new SlackCallException(step, SlackFailure.NoAnswer, null, TimeSpan.FromSeconds(7), mayHaveHappened: true, "no answer");
        var wire = Wire(
            (method, arguments) => method == step ? throw lost : Place(method, arguments),
            (_, _) => _ = step == "upload" ? throw lost : true);

        var fault = await Assert.ThrowsAsync<SlackCallException>(() => ShareAsync(wire, "a"));

        Assert.Equal(mayHaveHappened, fault.MayHaveHappened);
        Assert.Equal((lost.Message, lost.Failure, lost.RetryAfter), (fault.Message, fault.Failure, fault.RetryAfter));
        Assert.Equal(step == Complete, wire.Methods.Contains(Complete));
    }

    [Theory]
    [InlineData("""{"ok":true}""")]
    [InlineData("""{"ok":true,"file_id":"F1"}""")]
    [InlineData("""{"ok":true,"upload_url":"https://files.slack.com/x"}""")]
    [InlineData("""{"ok":true,"file_id":7,"upload_url":["https://files.slack.com/x"]}""")]
    public async Task An_answer_without_a_place_is_named(string answer)
    {
        var wire = Wire((_, _) => JsonNode.Parse(answer)!.AsObject(), (_, _) => Assert.Fail("Nothing may be sent."));

        var fault = await Assert.ThrowsAsync<SlackCallException>(() => ShareAsync(wire, "a"));

        Assert.Equal((SlackFailure.Unreadable, false), (fault.Failure, fault.MayHaveHappened));
        Assert.Equal([Begin], wire.Methods);
    }

    [Fact]
    public async Task A_file_of_nothing_or_too_much_is_not_begun()
    {
        var wire = Wire(Place);

        await Assert.ThrowsAsync<ArgumentException>(() => ShareAsync(wire, ""));
        await Assert.ThrowsAsync<ArgumentException>(() => ShareAsync(wire, new string('ä', 500_001)));
        await Assert.ThrowsAsync<ArgumentException>(() => new SlackFiles(wire).ShareAsync("C1", null, "", "a", "a"u8.ToArray(), shows: null, null, Token));
        Assert.Empty(wire.Methods);

        await ShareAsync(wire, new string('ä', 500_000));
    }

    private static JsonObject Place(string method, JsonObject arguments) => method == Begin
        ? new() { ["ok"] = true, ["file_id"] = "F1", ["upload_url"] = "https://files.slack.com/upload/v1/x" }
        : new() { ["ok"] = true };

    private static AnsweringWire Wire(Func<string, JsonObject, JsonObject> answer, Action<string, ReadOnlyMemory<byte>>? onUpload = null) =>
        new(answer) { OnUpload = onUpload };

    private static Task<string> ShareAsync(ISlackWire wire, string text) =>
        new SlackFiles(wire).ShareAsync("C1", "1.000100", "a.txt", "a", Encoding.UTF8.GetBytes(text), shows: null, null, Token);

    private static void AssertJson(string expected, JsonObject actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual.ToJsonString());
}
