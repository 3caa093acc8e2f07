using System.Text;
using ChatBot.Configuration;
using ChatBot.Slack;

namespace ChatBot.IntegrationTests.Wire;

/// <summary>The bytes of a file on their way to the address Slack gave for them.</summary>
public class UploadTests
{
    private const string Ticket = "upload/v1/ticket-canary";

    private static CancellationToken Cancelled => ReadingWire.Patience();

    // name, bytes of the answer, what becomes of it
    internal static readonly Dictionary<string, (string Response, SlackFailure Failure, bool MayHaveHappened, string Says)> Answers = new()
    {
        ["another length, or an old ticket"] = ("HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n", SlackFailure.Unreadable, false, "status 400"),
        ["a redirect"] = ("HTTP/1.1 307 Moved\r\nLocation: https://evil.test/\r\nContent-Length: 0\r\n\r\n", SlackFailure.Unreadable, false, "status 307"),
        ["another 2xx"] = ("HTTP/1.1 202 Later\r\nContent-Length: 0\r\n\r\n", SlackFailure.Unreadable, false, "status 202"),
        ["500"] = ("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", SlackFailure.ServerError, true, "status 500"),
        ["too fast"] = ("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", SlackFailure.RateLimited, false, "7 s"),
        ["no head"] = ("", SlackFailure.NoAnswer, true, "connection"),
    };

    public static TheoryData<string> Names => [.. Answers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_upload_that_fails_is_named_without_its_address(string name)
    {
        var (response, failure, mayHaveHappened, says) = Answers[name];
        await using var server = BareServer.Answering(response);

        var fault = await FaultAsync(server, Address(server));

        Assert.Equal((failure, mayHaveHappened), (fault.Failure, fault.MayHaveHappened));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", fault.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, server.Requests); // never twice, and nowhere else
    }

    [Fact]
    public async Task The_bytes_go_as_they_are_and_no_token_with_them()
    {
        await using var server = BareServer.Answering("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nOK - 12");
        using var api = Api(server.ApiUrl);

        await api.UploadAsync(Address(server), Encoding.UTF8.GetBytes("größe = 5\n"), Cancelled);

        Assert.StartsWith($"POST /{Ticket} HTTP/1.1\r\n", server.LastRequest, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\ngröße = 5\n", server.LastRequest, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", server.LastRequest, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("xoxb", server.LastRequest, StringComparison.Ordinal);
        Assert.DoesNotContain("xapp", server.LastRequest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_an_end_is_not_read()
    {
        await using var server = BareServer.Doing(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\nOK - 1"u8.ToArray(), stop);
            await stream.ReadExactlyAsync(new byte[1], stop); // until the client hangs up
        });
        using var api = Api(server.ApiUrl);

        await api.UploadAsync(Address(server), "a"u8.ToArray(), Cancelled);
    }

    [Fact]
    public async Task Silence_is_no_answer()
    {
        await using var server = BareServer.Doing((stream, stop) => stream.ReadExactlyAsync(new byte[1], stop).AsTask());

        var fault = await FaultAsync(server, Address(server), TimeSpan.FromMilliseconds(200));

        Assert.Equal((SlackFailure.NoAnswer, true), (fault.Failure, fault.MayHaveHappened));
        Assert.Contains("0.2 s", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>A second server stands for whoever got into the answer.</summary>
    [Fact]
    public async Task Another_server_gets_nothing()
    {
        await using var slack = BareServer.AnsweringJson("{}");
        await using var evil = BareServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        var fault = await FaultAsync(slack, Address(evil));

        Assert.Equal((SlackFailure.Unreadable, false), (fault.Failure, fault.MayHaveHappened));
        Assert.Contains("isn't Slack's", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", fault.ToString(), StringComparison.Ordinal);
        Assert.Equal((0, 0), (slack.Requests, evil.Requests));
    }

    private static string Address(BareServer server) => new Uri(server.ApiUrl, "/" + Ticket).ToString();

    private static SlackWebApi Api(Uri url, TimeSpan? timeout = null) =>
        new(
            new SlackWireSettings(url, new Secret("xoxb-canary-1"), new Secret("xapp-canary-2")) { CallTimeout = timeout ?? TimeSpan.FromSeconds(10) },
            TimeProvider.System);

    private static async Task<SlackCallException> FaultAsync(BareServer server, string address, TimeSpan? timeout = null)
    {
        using var api = Api(server.ApiUrl, timeout);
        return await Assert.ThrowsAsync<SlackCallException>(() => api.UploadAsync(address, "secret plan"u8.ToArray(), Cancelled));
    }
}
