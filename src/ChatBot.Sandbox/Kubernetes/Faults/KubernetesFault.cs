namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What goes wrong with one request.</summary>
internal sealed record KubernetesFault
{
    private KubernetesFault()
    {
    }

    internal enum Kind
    {
        Refuse,
        Delay,
        Hang,
        CutBefore,
        CutAfterEffect,
        CutBody,
        Page,
    }

    internal Kind What { get; private init; }

    internal int Code { get; private init; }

    internal string Reason { get; private init; } = "";

    internal string Message { get; private init; } = "";

    internal int? RetryAfterSeconds { get; private init; }

    internal TimeSpan Wait { get; private init; }

    internal long Bytes { get; private init; }

    internal bool Stalls { get; private init; }

    /// <summary>429, with or without a Retry-After header: priority and fairness has no place for the request.</summary>
    public static KubernetesFault Throttled(int? retryAfterSeconds) => new()
    {
        What = Kind.Refuse,
        Code = 429,
        Reason = "TooManyRequests",
        Message = "Too many requests, please try again later.",
        RetryAfterSeconds = retryAfterSeconds,
    };

    /// <summary>500: the request reached the server and nothing happened.</summary>
    public static KubernetesFault InternalError() => Status(500, "InternalError", "Internal error occurred: etcdserver: request timed out");

    /// <summary>Any status of failure.</summary>
    public static KubernetesFault Status(int code, string reason, string message) =>
        new() { What = Kind.Refuse, Code = code, Reason = reason, Message = message };

    /// <summary>A page of some proxy instead of JSON.</summary>
    public static KubernetesFault HtmlPage(int code) => new() { What = Kind.Page, Code = code };

    /// <summary>The answer comes later.</summary>
    public static KubernetesFault Delay(TimeSpan wait) => new() { What = Kind.Delay, Wait = wait };

    /// <summary>No answer until <see cref="KubernetesFaults.ReleaseHung"/>; then the request goes through. Or <see cref="KubernetesFaults.CutHung"/>.</summary>
    public static KubernetesFault Hang() => new() { What = Kind.Hang };

    /// <summary>The connection breaks before anything happened.</summary>
    public static KubernetesFault CutBeforeEffect() => new() { What = Kind.CutBefore };

    /// <summary>The change is made, and the connection breaks instead of an answer.</summary>
    public static KubernetesFault CutAfterEffect() => new() { What = Kind.CutAfterEffect };

    /// <summary>
    /// The connection breaks after so many bytes of the answer. Over HTTP/2 the break takes along what the client has
    /// not read yet: <see cref="StallAfter"/> and <see cref="KubernetesFaults.CutHung"/> are exact.
    /// </summary>
    public static KubernetesFault CutAfter(long bytes) => new() { What = Kind.CutBody, Bytes = bytes };

    /// <summary>So many bytes of the answer come, and then nothing more until <see cref="KubernetesFaults.ReleaseHung"/> or <see cref="KubernetesFaults.CutHung"/>.</summary>
    public static KubernetesFault StallAfter(long bytes) => new() { What = Kind.CutBody, Bytes = bytes, Stalls = true };
}
