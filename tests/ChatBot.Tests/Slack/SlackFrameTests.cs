using System.Text;
using System.Text.Json;
using ChatBot.Slack;

namespace ChatBot.Tests.Slack;

public class SlackFrameTests
{
    public static readonly TheoryData<string, string> Bad = new()
    {
        { "", "isn't JSON" },
        { "{", "isn't JSON" },
        { "{} {}", "isn't JSON" },
        { "[]", "isn't a JSON object" },
        { "\"hello\"", "isn't a JSON object" },
        { "null", "isn't a JSON object" },
        { "{}", "no envelope id" },
        { """{"type":"news"}""", "no envelope id" },
        { """{"type":7}""", "no envelope id" },
        { """{"envelope_id":"","type":"interactive"}""", "no envelope id" },
        { """{"envelope_id":7,"type":"interactive"}""", "no envelope id" },
        { """{"envelope_id":"1","envelope_id":"2"}""", "isn't JSON we accept" },
        { """{"envelope_id":"1","payload":{"a":1,"a":2}}""", "isn't JSON we accept" },
        { """{"envelope_id":"1","payload":{"a":"\ud800"}}""", "surrogate" },
        { """{"envelope_id":"1","payload":{"\udfff":1}}""", "surrogate" },
        { """{"envelope_id":"1","payload":1e400}""", "number" },
        { """{"envelope_id":"1","payload":-1e400}""", "number" },
        { """{"envelope_id":"1","payload":NaN}""", "isn't JSON" },
        { Deep(64), "isn't JSON" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_Slack_does_not_send_is_unreadable(string frame, string why)
    {
        var unreadable = Assert.IsType<SlackFrame.Unreadable>(Read(frame));

        Assert.Contains(why, unreadable.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_UTF8_is_unreadable()
    {
        byte[] frame = [.. "{\"envelope_id\":\"1\",\"type\":\""u8, 0xc3, 0x28, .. "\"}"u8];

        Assert.Contains("UTF-8", Assert.IsType<SlackFrame.Unreadable>(SlackFrame.Read(frame)).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reason_quotes_nothing()
    {
        var unreadable = Assert.IsType<SlackFrame.Unreadable>(Read("""{"token":"xoxb-canary","token":"""));

        Assert.DoesNotContain("canary", unreadable.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("token", unreadable.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Hello_and_disconnect()
    {
        Assert.IsType<SlackFrame.Hello>(Read("""{"type":"hello","num_connections":1}"""));
        Assert.Equal(new SlackFrame.Disconnect("warning"), Read("""{"type":"disconnect","reason":"warning"}"""));
        Assert.Equal(new SlackFrame.Disconnect("no reason"), Read("""{"type":"disconnect"}"""));
    }

    [Theory]
    [InlineData("interactive")]
    [InlineData("of next year")]
    [InlineData("disconnect")] // with an envelope id it is a delivery
    public void An_envelope_of_any_type_is_a_delivery(string type)
    {
        var delivery = Assert.IsType<SlackFrame.Delivery>(Read(
            $$"""{"envelope_id":"e1","type":"{{type}}","retry_attempt":2,"payload":{"at":"2026-01-02T03:04:05Z"} }"""));

        Assert.Equal(("e1", type, 2), (delivery.Id, delivery.Type, delivery.RetryAttempt));
        Assert.Equal("2026-01-02T03:04:05Z", delivery.Payload.GetProperty("at").GetString());
    }

    [Fact]
    public void What_an_envelope_lacks_has_a_default()
    {
        var delivery = Assert.IsType<SlackFrame.Delivery>(Read("""{"envelope_id":"e1","retry_attempt":"two"}"""));

        Assert.Equal(("", 0, JsonValueKind.Undefined), (delivery.Type, delivery.RetryAttempt, delivery.Payload.ValueKind));
    }

    [Fact]
    public void An_escaped_pair_is_one_character_and_fine()
    {
        var delivery = Assert.IsType<SlackFrame.Delivery>(Read("""{"envelope_id":"e1","payload":{"a":"\ud83d\ude00\n"}}"""));

        Assert.Equal("😀\n", delivery.Payload.GetProperty("a").GetString());
    }

    [Fact]
    public void Sixty_four_levels_are_fine() => Assert.IsType<SlackFrame.Delivery>(Read(Deep(63)));

    private static SlackFrame Read(string frame) => SlackFrame.Read(Encoding.UTF8.GetBytes(frame));

    /// <summary>An envelope whose payload has this many levels.</summary>
    private static string Deep(int levels) =>
        """{"envelope_id":"1","payload":""" + new string('[', levels) + new string(']', levels) + "}";
}
