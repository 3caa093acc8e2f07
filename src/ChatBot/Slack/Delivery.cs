using System.Text.Json.Serialization;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;

namespace ChatBot.Slack;

/// <summary>What a person did in Slack or at the terminal, cut down to what a decision needs. This is what the inbox stores.</summary>
/// <remarks>Slack's own payload also holds tokens and addresses that work like keys; they never reach the store.</remarks>
/// <param name="Id">The same for every delivery of the same act.</param>
/// <param name="By">The person, with the workspace of the person.</param>
internal sealed record Delivery(string Id, DeliveryKind Kind, Person By, string Channel)
{
    /// <summary>How the person came in. Slack's own deliveries are stored without it, as ever.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Door Via { get; init; }

    /// <summary>The words after the command, or of a note; at most 500 characters, clean, not escaped. Empty when there are none.</summary>
    public string Text { get; init; } = "";

    /// <summary>Which button, also of a submission; null for a command.</summary>
    public string? ActionId { get; init; }

    /// <summary>What the button carried; null for a command.</summary>
    public string? Value { get; init; }

    /// <summary>The message the button stands in; null for a command, and at the terminal.</summary>
    public string? MessageTs { get; init; }

    /// <summary>Opens one modal within 3 s of a press, so it is never stored; null for anything else.</summary>
    [JsonIgnore]
    public string? TriggerId { get; init; }
}

internal enum DeliveryKind
{
    Command,
    Press,

    /// <summary>A press with words: the modal that a button opened was sent.</summary>
    Submission,
}
