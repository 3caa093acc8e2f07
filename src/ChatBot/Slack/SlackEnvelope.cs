using System.Text.Json;

namespace ChatBot.Slack;

/// <summary>One delivery over Socket Mode. See https://docs.slack.dev/apis/events-api/using-socket-mode.</summary>
/// <param name="Id">The same for each delivery of the same thing: drop what was seen before.</param>
/// <param name="Type"><c>events_api</c>, <c>slash_commands</c>, <c>interactive</c>, or one we haven't met yet.</param>
/// <param name="Payload">Undefined when the envelope has none.</param>
/// <param name="RetryAttempt">0 for the first delivery.</param>
internal sealed record SlackEnvelope(string Id, string Type, JsonElement Payload, int RetryAttempt)
{
    /// <summary>Sends the acknowledgement on the socket this envelope came from.</summary>
    public required Func<JsonElement?, CancellationToken, Task<bool>> Acknowledgement { private get; init; }

    /// <summary>Tells Slack that this delivery is stored and needn't come again.</summary>
    /// <param name="payload">Only where <c>accepts_response_payload</c> holds: options, or the errors of a modal.</param>
    /// <returns>False when the socket is gone: Slack will deliver it again.</returns>
    public Task<bool> AcknowledgeAsync(JsonElement? payload, CancellationToken cancellationToken) =>
        Acknowledgement(payload, cancellationToken);
}
