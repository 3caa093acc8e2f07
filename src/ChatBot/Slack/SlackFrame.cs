using System.Text.Json;

namespace ChatBot.Slack;

/// <summary>What one frame of Socket Mode says. See https://docs.slack.dev/apis/events-api/using-socket-mode.</summary>
internal abstract record SlackFrame
{
    private SlackFrame() { } // a closed set

    /// <summary>The socket is ready: deliveries may come.</summary>
    internal sealed record Hello : SlackFrame;

    /// <summary>Slack will close the socket.</summary>
    /// <param name="Reason"><c>warning</c>, <c>refresh_requested</c>, <c>link_disabled</c>, <c>too_many_websockets</c>, or a new one.</param>
    internal sealed record Disconnect(string Reason) : SlackFrame;

    /// <summary>An envelope, of whatever type.</summary>
    internal sealed record Delivery(string Id, string Type, JsonElement Payload, int RetryAttempt) : SlackFrame;

    /// <summary>Not a frame of Slack's.</summary>
    /// <param name="Why">Without a word of the content.</param>
    internal sealed record Unreadable(string Why) : SlackFrame;

    public static SlackFrame Read(ReadOnlySpan<byte> utf8)
    {
        var json = StrictJson.Read(utf8, out var fault);

        if (fault is not null)
        {
            return new Unreadable(fault);
        }

        if (Text(json, "envelope_id") is { Length: > 0 } id)
        {
            return new Delivery(
                id,
                Text(json, "type") ?? "",
                json.TryGetProperty("payload", out var payload) ? payload : default,
                json.TryGetProperty("retry_attempt", out var retry)
                    && retry.ValueKind is JsonValueKind.Number
                    && retry.TryGetInt32(out var attempt) ? attempt : 0);
        }

        return Text(json, "type") switch
        {
            "hello" => new Hello(),
            "disconnect" => new Disconnect(Text(json, "reason") ?? "no reason"),
            _ => new Unreadable("it is neither hello nor disconnect and has no envelope id"),
        };
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
