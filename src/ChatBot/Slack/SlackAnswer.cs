using System.Text.Json;

namespace ChatBot.Slack;

/// <summary>Slack's JSON answers as outcomes: good, or why not.</summary>
internal static class SlackAnswer
{
    /// <summary>Error codes that blame Slack, not the call. It may have been carried out in part.</summary>
    /// <remarks>See the errors of any method, such as https://docs.slack.dev/reference/methods/chat.postMessage.</remarks>
    private static readonly HashSet<string> ServerErrors = new(StringComparer.Ordinal)
    {
        "fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org",
    };

    /// <returns>Null when Slack said yes.</returns>
    public static SlackCallException? FaultOf(string method, JsonElement answer, TimeSpan? retryAfter)
    {
        if (answer.TryGetProperty("ok", out var ok) && ok.ValueKind is JsonValueKind.True)
        {
            return null;
        }

        var error = Text(answer, "error") is { } code ? Shown(code, 100) : "no error code";

        if (error is "ratelimited" or "rate_limited")
        {
            return RateLimited(method, error, retryAfter);
        }

        var byServer = ServerErrors.Contains(error);
        return new SlackCallException(
            method,
            byServer ? SlackFailure.ServerError : SlackFailure.Refused,
            error,
            retryAfter,
            mayHaveHappened: byServer,
            (byServer ? "Slack had an error of its own: " : "Slack refused it: ") + error + Explained(answer));
    }

    public static SlackCallException RateLimited(string method, string? error, TimeSpan? retryAfter) => new(
        method,
        SlackFailure.RateLimited,
        error,
        retryAfter,
        mayHaveHappened: false,
        retryAfter is { } wait
            ? $"too many calls; Slack asks to wait {wait.TotalSeconds:0} s"
            : "too many calls; Slack doesn't say how long to wait");

    /// <summary>Slack's own explanation, which names the block or the scope that is wrong.</summary>
    private static string Explained(JsonElement answer)
    {
        var needed = Text(answer, "needed") is { } scope ? $"; the app needs the scope {Shown(scope, 100)}" : "";

        return answer.TryGetProperty("response_metadata", out var metadata)
            && metadata.ValueKind is JsonValueKind.Object
            && metadata.TryGetProperty("messages", out var messages)
            && messages.ValueKind is JsonValueKind.Array
                ? needed + "; " + Shown(string.Join("; ", messages.EnumerateArray().Take(5).Select(Words)), 500)
                : needed;
    }

    private static string Words(JsonElement message) =>
        message.ValueKind is JsonValueKind.String ? message.GetString()! : message.ValueKind.ToString();

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>Fit for one line of a log.</summary>
    private static string Shown(string text, int most)
    {
        var line = string.Concat(text.Select(sign => char.IsControl(sign) ? ' ' : sign));
        return line.Length <= most ? line : line[..most] + "…";
    }
}
