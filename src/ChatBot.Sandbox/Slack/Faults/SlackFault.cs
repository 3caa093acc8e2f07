namespace ChatBot.Sandbox.Slack;

/// <summary>What goes wrong with one Web API call.</summary>
public sealed record SlackFault
{
    private SlackFault()
    {
    }

    internal enum Kind
    {
        Status,
        Html,
        Refuse,
        Hang,
        CloseBefore,
        CloseAfter,
    }

    internal Kind What { get; private init; }

    internal int StatusCode { get; private init; } = 200;

    internal int? RetryAfterSeconds { get; private init; }

    internal string Error { get; private init; } = "";

    /// <summary>429, with or without a Retry-After header.</summary>
    public static SlackFault RateLimited(int? retryAfterSeconds) =>
        new() { What = Kind.Status, StatusCode = 429, RetryAfterSeconds = retryAfterSeconds, Error = "ratelimited" };

    /// <summary>An error of Slack's own, with a short JSON body.</summary>
    public static SlackFault ServerError(int statusCode = 500) =>
        new() { What = Kind.Status, StatusCode = statusCode, Error = "internal_error" };

    /// <summary>A page of some proxy instead of JSON, with any status: 502, or even 200.</summary>
    public static SlackFault HtmlPage(int statusCode) => new() { What = Kind.Html, StatusCode = statusCode };

    /// <summary>200 with <c>ok: false</c>.</summary>
    public static SlackFault Refused(string error) => new() { What = Kind.Refuse, Error = error };

    /// <summary>No answer until <see cref="SlackFaults.ReleaseHung"/>; then the call goes through.</summary>
    public static SlackFault Hang() => new() { What = Kind.Hang };

    /// <summary>The connection breaks before anything happened.</summary>
    public static SlackFault CloseBeforeEffect() => new() { What = Kind.CloseBefore };

    /// <summary>The message is posted, and the connection breaks instead of an answer.</summary>
    public static SlackFault CloseAfterEffect() => new() { What = Kind.CloseAfter };
}
