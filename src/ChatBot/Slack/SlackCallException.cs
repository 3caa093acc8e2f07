namespace ChatBot.Slack;

/// <summary>Why a call has no good answer.</summary>
internal enum SlackFailure
{
    /// <summary>Too many calls of this method. Nothing happened; try again after <see cref="SlackCallException.RetryAfter"/>.</summary>
    RateLimited,

    /// <summary>Slack understood and said no (<c>ok:false</c>). The same call will be refused again.</summary>
    Refused,

    /// <summary>Slack, or something before it, answered with a 5xx.</summary>
    ServerError,

    /// <summary>Time ran out, or the connection broke.</summary>
    NoAnswer,

    /// <summary>An answer that isn't Slack's: a proxy's page, cut or oversized JSON, an unexpected status.</summary>
    Unreadable,
}

/// <summary>A Web API call without a good answer.</summary>
/// <param name="error">Slack's error code, such as <c>channel_not_found</c>; null unless <see cref="SlackFailure.Refused"/>.</param>
/// <param name="retryAfter">How long Slack asked us to wait; null when it didn't say.</param>
/// <param name="mayHaveHappened">Whether Slack may have carried out the call nevertheless.</param>
/// <param name="detail">What is wrong and what to do, for a log. Never holds a token or the arguments.</param>
internal sealed class SlackCallException(
    string method,
    SlackFailure failure,
    string? error,
    TimeSpan? retryAfter,
    bool mayHaveHappened,
    string detail,
    Exception? cause = null) : Exception($"{method}: {detail}", cause)
{
    public string Method { get; } = method;

    public SlackFailure Failure { get; } = failure;

    public string? Error { get; } = error;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    public bool MayHaveHappened { get; } = mayHaveHappened;

    /// <summary>The same, where whatever happened is seen by nobody and can be done again.</summary>
    public SlackCallException WithoutEffect() =>
        new(Method, Failure, Error, RetryAfter, mayHaveHappened: false, detail, this);
}
