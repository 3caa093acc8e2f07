using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Simulators;

/// <summary>A file in three steps, and what happens when one of them goes wrong.</summary>
public sealed class FileTests : IAsyncLifetime
{
    private const string Channel = "inc-orders-db";

    private readonly HttpClient _http = new();
    private SlackSimulator _slack = null!;
    private PlainApp _app = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _slack = await SlackSimulator.StartAsync(new SlackSimulatorOptions { RateLimits = SlackRateLimits.Off }, Ended);
        _app = PlainApp.Of(_slack);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        await _slack.DisposeAsync();
    }

    [Fact]
    public async Task A_file_is_seen_and_read_by_people_once_it_is_shared()
    {
        var card = await _slack.Workspace.As("ana").SayAsync(Channel, "card", cancellationToken: Ended);
        var text = "[databases]\n" + new string('x', 1_200);
        var (id, url) = await BeginAsync("pgbouncer.ini", Encoding.UTF8.GetByteCount(text));
        Assert.StartsWith(_slack.ApiUrl.GetLeftPart(UriPartial.Authority), url, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "OK - 1212"), await UploadAsync(url, text));
        Assert.DoesNotContain(_slack.Workspace.As("ana").Sees(Channel), message => message.Files.Count > 0);

        var answer = await CompleteAsync(id, $$"""{"id":"{{id}}","title":"PgBouncer"}""", $$""","thread_ts":"{{card.Ts}}","initial_comment":"for *orders-db*" """);

        Assert.Equal(id, answer.GetProperty("files")[0].GetProperty("id").GetString());
        var seen = _slack.Workspace.As("boris").Sees(Channel).Single(message => message.Files.Count > 0);
        Assert.Equal(("for *orders-db*", card.Ts), (seen.Text, seen.ThreadTs));
        Assert.Equal([new SeenFile("pgbouncer.ini", "PgBouncer", 1_212, text)], seen.Files);
        Assert.EndsWith("      for *orders-db*\n      [file pgbouncer.ini, 1.2 kB]", new ChannelText(_slack.Workspace).Of([seen]), StringComparison.Ordinal);

        var (_, thread) = await _app.CallFormAsync("conversations.replies", new() { ["channel"] = "C0ORDERSDB", ["ts"] = card.Ts });
        Assert.Equal("pgbouncer.ini", thread.GetProperty("messages")[1].GetProperty("files")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_file_alone_is_a_message_without_text_and_an_edit_leaves_it()
    {
        var (id, url) = await BeginAsync("a.txt", 1);
        await UploadAsync(url, "a");
        await CompleteAsync(id);

        var seen = Assert.Single(_slack.Workspace.As("ana").Sees(Channel));
        Assert.Equal(("", "a.txt"), (seen.Text, seen.Files[0].Title));
        Assert.Equal("@chatbot\n  [file a.txt, 1 B]", new ChannelText(_slack.Workspace).Of([seen]));

        await _app.CallAsync("chat.update", $$"""{"channel":"C0ORDERSDB","ts":"{{seen.Ts}}","text":"said"}""");
        Assert.Equal(("said", 1), (_slack.Workspace.As("ana").Sees(Channel)[0].Text, _slack.Workspace.As("ana").Sees(Channel)[0].Files.Count));
    }

    [Fact]
    public async Task A_file_is_shared_once_and_not_before_its_bytes_came()
    {
        var (id, url) = await BeginAsync("a.txt", 3);
        Assert.Equal("file_not_found", (await TryCompleteAsync(id)).GetProperty("error").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await UploadAsync(url, "four")).Status); // another length than announced
        Assert.Equal(HttpStatusCode.BadRequest, (await UploadAsync(url + "0", "abc")).Status);
        Assert.Equal(HttpStatusCode.OK, (await UploadAsync(url, "abc")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await UploadAsync(url, "abc")).Status);

        await CompleteAsync(id);
        Assert.Equal("file_not_found", (await TryCompleteAsync(id)).GetProperty("error").GetString());
        Assert.Single(_slack.Workspace.Messages("C0ORDERSDB"));
    }

    [Theory]
    [InlineData("", "1", null, "invalid_arguments")]
    [InlineData("a.txt", "x", null, "invalid_arguments")]
    [InlineData("a.txt", "0", null, "missing_argument")]
    [InlineData("a.txt", "1000001", "text", "snippet_too_large")]
    [InlineData("a.txt", "2000000000", null, "file_upload_size_restricted")]
    public async Task An_upload_that_cannot_be_is_refused(string name, string length, string? snippet, string error)
    {
        var (_, answer) = await _app.CallFormAsync("files.getUploadURLExternal", new()
        {
            ["filename"] = name,
            ["length"] = length,
            ["snippet_type"] = snippet ?? "",
        });

        Assert.Equal(error, answer.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Without_the_scope_there_are_no_files()
    {
        var scopes = new SlackSimulatorOptions().BotScopes;
        await using var slack = await SlackSimulator.StartAsync(new SlackSimulatorOptions { BotScopes = [.. scopes.Except(["files:write"])] }, Ended);
        await using var app = PlainApp.Of(slack);

        foreach (var method in new[] { "files.getUploadURLExternal", "files.completeUploadExternal" })
        {
            var (_, answer) = await app.CallAsync(method, "{}");
            Assert.Equal(("missing_scope", "files:write"), (answer.GetProperty("error").GetString(), answer.GetProperty("needed").GetString()));
        }
    }

    [Fact]
    public async Task What_goes_wrong_with_calls_goes_wrong_with_the_bytes_too()
    {
        var (id, url) = await BeginAsync("a.txt", 3);
        _slack.Faults.Next("upload_url", SlackFault.ServerError(503));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await UploadAsync(url, "abc")).Status);

        _slack.Faults.Next("upload_url", SlackFault.CloseBeforeEffect());
        await Assert.ThrowsAsync<HttpRequestException>(() => UploadAsync(url, "abc"));
        Assert.Equal("file_not_found", (await TryCompleteAsync(id)).GetProperty("error").GetString());

        _slack.Faults.Next("upload_url", SlackFault.CloseAfterEffect());
        await Assert.ThrowsAsync<HttpRequestException>(() => UploadAsync(url, "abc"));

        _slack.Faults.Next("files.completeUploadExternal", SlackFault.CloseAfterEffect());
        await Assert.ThrowsAsync<HttpRequestException>(() => TryCompleteAsync(id));
        Assert.Single(_slack.Workspace.Messages("C0ORDERSDB"));
        Assert.Equal([503, 0, 0], _slack.Calls.Of("upload_url").Select(call => call.Status));
    }

    private async Task<(string Id, string Url)> BeginAsync(string name, int length)
    {
        var (_, answer) = await _app.CallFormAsync("files.getUploadURLExternal", new()
        {
            ["filename"] = name,
            ["length"] = length.ToString(CultureInfo.InvariantCulture),
        });
        return (answer.GetProperty("file_id").GetString()!, answer.GetProperty("upload_url").GetString()!);
    }

    private async Task<(HttpStatusCode Status, string Answer)> UploadAsync(string url, string text)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        using var response = await _http.PostAsync(url, content, Ended);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Ended));
    }

    private async Task<JsonElement> CompleteAsync(string id, string? file = null, string more = "")
    {
        var answer = await TryCompleteAsync(id, file, more);
        Assert.True(answer.GetProperty("ok").GetBoolean(), answer.ToString());
        return answer;
    }

    private async Task<JsonElement> TryCompleteAsync(string id, string? file = null, string more = "")
    {
        file ??= $$"""{"id":"{{id}}"}""";
        var (_, answer) = await _app.CallAsync("files.completeUploadExternal", $$"""{"files":[{{file}}],"channel_id":"C0ORDERSDB"{{more}}}""");
        return answer;
    }
}
