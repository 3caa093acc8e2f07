using System.Net;

namespace ChatBot.Kubernetes;

/// <summary>What is known of a change that was sent.</summary>
internal enum WriteFate
{
    /// <summary>The server did it.</summary>
    Done,

    /// <summary>The object is no longer as the change demands (409), or a test of the patch, a validation or an admission rule failed (422). Nothing happened.</summary>
    Unfit,

    /// <summary>The server didn't take it, or never got it. Nothing happened.</summary>
    Refused,

    /// <summary>The server failed while it was at it. It is at it no longer, and may have done it.</summary>
    Failed,

    /// <summary>No answer came back. It may happen still.</summary>
    Unanswered,
}

/// <param name="Words">Why, in our own words; empty when it is done.</param>
internal sealed record WriteAnswer(WriteFate Fate, string Words)
{
    /// <summary>Null when no answer came.</summary>
    public HttpStatusCode? Status { get; init; }

    public static WriteFate FateOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.UnprocessableEntity => WriteFate.Unfit,
        HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout or HttpStatusCode.BadGateway => WriteFate.Unanswered,
        >= HttpStatusCode.InternalServerError => WriteFate.Failed,
        _ => WriteFate.Refused,
    };
}
