using System.Text;
using System.Text.Json.Nodes;
using ChatBot.Configuration;
using ChatBot.Slack;

namespace ChatBot.IntegrationTests.Wire;

public class WebApiTests
{
    private const string BotToken = "xoxb-canary-1";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // name, bytes of the answer, what becomes of it
    internal static readonly Dictionary<string, (string Response, SlackFailure Failure, bool MayHaveHappened, string Says)> Answers = new()
    {
        ["no such channel"] = (Json("""{"ok":false,"error":"channel_not_found"}"""),
            SlackFailure.Refused, false, "channel_not_found"),
        ["a bad block"] = (Json("""{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] too\nlong"]}}"""),
            SlackFailure.Refused, false, "invalid_blocks; [ERROR] too long"),
        ["a scope"] = (Json("""{"ok":false,"error":"missing_scope","needed":"chat:write"}"""),
            SlackFailure.Refused, false, "chat:write"),
        ["no error code"] = (Json("""{"ok":false}"""), SlackFailure.Refused, false, "no error code"),
        ["no ok"] = (Json("{}"), SlackFailure.Refused, false, "no error code"),
        ["ok isn't a boolean"] = (Json("""{"ok":"true"}"""), SlackFailure.Refused, false, "no error code"),
        ["Slack's own error"] = (Json("""{"ok":false,"error":"internal_error"}"""),
            SlackFailure.ServerError, true, "internal_error"),
        ["rate limited in the body"] = (Json("""{"ok":false,"error":"ratelimited"}"""),
            SlackFailure.RateLimited, false, "doesn't say how long"),
        ["500"] = ("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", SlackFailure.ServerError, true, "status 500"),
        ["503 with a page"] = ("HTTP/1.1 503 Oops\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
            SlackFailure.ServerError, true, "status 503"),
        ["a page with 200"] = ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<html>Log in...",
            SlackFailure.Unreadable, true, "text/html"),
        ["a page with 403"] = ("HTTP/1.1 403 No\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
            SlackFailure.Unreadable, false, "status 403"),
        ["a redirect"] = ("HTTP/1.1 302 Found\r\nLocation: https://evil.test/\r\nContent-Length: 0\r\n\r\n",
            SlackFailure.Unreadable, false, "status 302"),
        ["nothing"] = ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", SlackFailure.Unreadable, true, "isn't JSON"),
        ["a list"] = (Json("[]"), SlackFailure.Unreadable, true, "isn't a JSON object"),
        ["cut JSON"] = (Json("""{"ok":tru"""), SlackFailure.Unreadable, true, "isn't JSON"),
        ["equal keys"] = (Json("""{"ok":false,"ok":true}"""), SlackFailure.Unreadable, true, "isn't JSON"),
        ["half a surrogate"] = (Json("""{"ok":true,"a":"\ud800"}"""), SlackFailure.Unreadable, true, "surrogate"),
        ["infinity"] = (Json("""{"ok":true,"a":1e400}"""), SlackFailure.Unreadable, true, "number"),
        ["too deep"] = (Json("""{"ok":true,"a":""" + new string('[', 65) + new string(']', 65) + "}"),
            SlackFailure.Unreadable, true, "isn't JSON"),
        ["a body that breaks off"] = (Ok + "Content-Length: 100\r\n\r\n{\"ok\":true", SlackFailure.NoAnswer, true, "broke off"),
        ["a broken compression"] = (Ok + "Content-Encoding: gzip\r\nContent-Length: 11\r\n\r\n{\"ok\":true}", SlackFailure.NoAnswer, true, "broke off"),
        ["no head"] = ("", SlackFailure.NoAnswer, true, "connection"),
        ["no HTTP"] = ("SSH-2.0-OpenSSH_9.2\r\n", SlackFailure.NoAnswer, true, "connection"),
        ["a length of 5 MB"] = (Ok + "Content-Length: 5000000\r\n\r\n", SlackFailure.Unreadable, true, "longer than 4194304"),
    };

    public static TheoryData<string> Names => [.. Answers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_answer_that_is_not_good_is_named(string name)
    {
        var (response, failure, mayHaveHappened, says) = Answers[name];
        await using var server = BareServer.Answering(response);

        var fault = await FaultAsync(server.ApiUrl);

        Assert.Equal(failure, fault.Failure);
        Assert.Equal(mayHaveHappened, fault.MayHaveHappened);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", fault.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, server.Requests); // the client never asks twice
    }

    [Theory]
    [InlineData("Retry-After: 30\r\n", 30)]
    [InlineData("Retry-After: 0\r\n", 0)]
    [InlineData("Retry-After: 2147483647\r\n", 600)]
    [InlineData("Retry-After: Thu, 01 Jan 2099 00:00:00 GMT\r\n", 600)]
    [InlineData("", null)]
    [InlineData("Retry-After: soon\r\n", null)]
    [InlineData("Retry-After: Mon, 01 Jan 2001 00:00:00 GMT\r\n", 0)]
    public async Task Slack_says_how_long_to_wait(string header, int? seconds)
    {
        await using var server = BareServer.Answering($"HTTP/1.1 429 Slow\r\n{header}Content-Length: 0\r\n\r\n");

        var fault = await FaultAsync(server.ApiUrl);

        Assert.Equal(SlackFailure.RateLimited, fault.Failure);
        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, fault.RetryAfter);
        Assert.False(fault.MayHaveHappened);
    }

    [Fact]
    public async Task A_date_to_wait_for_becomes_a_duration()
    {
        var at = DateTimeOffset.UtcNow.AddMinutes(8);
        await using var server = BareServer.Answering($"HTTP/1.1 429 Slow\r\nRetry-After: {at:R}\r\nContent-Length: 0\r\n\r\n");

        var fault = await FaultAsync(server.ApiUrl);

        Assert.InRange(fault.RetryAfter!.Value, TimeSpan.FromMinutes(7), TimeSpan.FromMinutes(8));
    }

    [Theory]
    [InlineData("Content-Type: text/plain\r\n")]
    [InlineData("")]
    public async Task A_good_answer_is_good_whatever_its_content_type_says(string contentType)
    {
        const string body = """{"ok":true,"ts":"1.2"}""";
        await using var server = BareServer.Answering($"HTTP/1.1 200 OK\r\n{contentType}Content-Length: {body.Length}\r\n\r\n{body}");
        using var api = Api(server.ApiUrl);

        var answer = await api.CallAsync("chat.postMessage", [], Cancelled);

        Assert.Equal("1.2", answer.GetProperty("ts").GetString());
    }

    [Fact]
    public async Task An_answer_in_pieces_without_a_length_is_bounded_too()
    {
        await using var server = BareServer.Doing(async (stream, stop) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Ok + "\r\n{\"ok\":true,\"a\":\""), stop);
            var piece = new byte[64 * 1024];
            Array.Fill(piece, (byte)'a');

            while (true)
            {
                await stream.WriteAsync(piece, stop); // until the client hangs up
            }
        });

        var fault = await FaultAsync(server.ApiUrl);

        Assert.Equal(SlackFailure.Unreadable, fault.Failure);
        Assert.Contains("longer than", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_drips_is_no_answer()
    {
        await using var server = BareServer.Doing(async (stream, stop) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Ok + "Content-Length: 100\r\n\r\n{"), stop);
            await stream.ReadExactlyAsync(new byte[1], stop); // until the client hangs up
        });

        var fault = await FaultAsync(server.ApiUrl, TimeSpan.FromMilliseconds(200));

        Assert.Equal(SlackFailure.NoAnswer, fault.Failure);
        Assert.True(fault.MayHaveHappened);
        Assert.Contains("0.2 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_UTF8_is_not_read()
    {
        await using var server = BareServer.AnsweringJson([.. "{\"ok\":true,\"a\":\""u8, 0xff, 0xfe, .. "\"}"u8]);

        var fault = await FaultAsync(server.ApiUrl);

        Assert.Equal(SlackFailure.Unreadable, fault.Failure);
        Assert.Contains("UTF-8", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_means_that_nothing_happened()
    {
        Uri nobody;
        await using (var server = BareServer.AnsweringJson("{}"))
        {
            nobody = server.ApiUrl;
        }

        var fault = await FaultAsync(nobody);

        Assert.Equal(SlackFailure.NoAnswer, fault.Failure);
        Assert.False(fault.MayHaveHappened);
    }

    [Fact]
    public async Task The_callers_cancellation_is_not_a_failure_of_Slacks()
    {
        await using var server = BareServer.Doing((stream, stop) => stream.ReadExactlyAsync(new byte[1], stop).AsTask());
        using var api = Api(server.ApiUrl);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var call = api.CallAsync("chat.postMessage", [], stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Arguments_with_structure_go_as_JSON()
    {
        await using var server = BareServer.AnsweringJson("""{"ok":true}""");
        using var api = Api(server.ApiUrl);

        await api.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = "C1", ["text"] = "é <\ud83d>", ["blocks"] = new JsonArray(new JsonObject { ["type"] = "divider" }) },
            Cancelled);

        Assert.StartsWith("POST /api/chat.postMessage HTTP/1.1\r\n", server.LastRequest, StringComparison.Ordinal);
        Assert.Contains($"Authorization: Bearer {BotToken}\r\n", server.LastRequest, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json; charset=utf-8\r\n", server.LastRequest, StringComparison.Ordinal);
        Assert.EndsWith("{\"channel\":\"C1\",\"text\":\"é <\\uFFFD>\",\"blocks\":[{\"type\":\"divider\"}]}", server.LastRequest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_arguments_go_as_a_form_because_reading_methods_ignore_JSON()
    {
        await using var server = BareServer.AnsweringJson("""{"ok":true}""");
        using var api = Api(server.ApiUrl);

        await api.CallAsync(
            "usergroups.users.list",
            new JsonObject { ["usergroup"] = "S&1", ["include_disabled"] = false, ["limit"] = 200, ["cursor"] = null },
            Cancelled);

        Assert.Contains("Content-Type: application/x-www-form-urlencoded\r\n", server.LastRequest, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nusergroup=S%261&include_disabled=false&limit=200", server.LastRequest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("xoxb-1\n")]
    [InlineData("xoxb 1")]
    public void A_token_that_cannot_be_one_is_refused_without_showing_it(string token)
    {
        var settings = new SlackWireSettings(new Uri("https://slack.com/api/"), new Secret(token), new Secret("xapp-1"));

        var refused = Assert.Throws<ArgumentException>(() => new SlackWebApi(settings, TimeProvider.System));

        Assert.Contains("bot token", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("xoxb", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"ok":true}""")]
    [InlineData("""{"ok":true,"url":7}""")]
    [InlineData("""{"ok":true,"url":"/link"}""")]
    [InlineData("""{"ok":true,"url":"https://a.test/"}""")]
    public async Task A_socket_address_that_is_none_is_refused(string answer)
    {
        await using var server = BareServer.AnsweringJson(answer);
        using var api = Api(server.ApiUrl);

        var fault = await Assert.ThrowsAsync<SlackCallException>(() => api.OpenConnectionAsync(Cancelled));

        Assert.Equal(SlackFailure.Unreadable, fault.Failure);
        Assert.Contains("Bearer xapp-canary-2", server.LastRequest, StringComparison.Ordinal);
    }

    private static string Json(string body) => $"{Ok}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    private static SlackWebApi Api(Uri url, TimeSpan? timeout = null) =>
        new(
            new SlackWireSettings(url, new Secret(BotToken), new Secret("xapp-canary-2"))
            {
                CallTimeout = timeout ?? TimeSpan.FromSeconds(10),
            },
            TimeProvider.System);

    private static async Task<SlackCallException> FaultAsync(Uri url, TimeSpan? timeout = null)
    {
        using var api = Api(url, timeout);

        return await Assert.ThrowsAsync<SlackCallException>(
            () => api.CallAsync("chat.postMessage", new JsonObject { ["channel"] = "C1" }, Cancelled));
    }
}
