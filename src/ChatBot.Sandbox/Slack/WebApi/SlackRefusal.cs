namespace ChatBot.Sandbox.Slack;

/// <summary>An answer with <c>ok: false</c>.</summary>
/// <param name="error">Slack's word for it: <c>channel_not_found</c>.</param>
/// <param name="details">What is wrong and where, for <c>response_metadata.messages</c>.</param>
internal sealed class SlackRefusal(string error, params string[] details) : Exception(error)
{
    public string Error { get; } = error;

    public IReadOnlyList<string> Details { get; } = details;

    /// <summary>For <c>missing_scope</c> only.</summary>
    public (string Needed, string Provided)? Scopes { get; init; }
}
