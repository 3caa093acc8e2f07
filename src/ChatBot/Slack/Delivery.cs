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

    /// <summary>The words after the command, or the note to a press at the terminal; at most 500 characters, clean, not escaped.</summary>
    public string Text { get; init; } = "";

    /// <summary>Which button; null for a command.</summary>
    public string? ActionId { get; init; }

    /// <summary>What the button carried; null for a command.</summary>
    public string? Value { get; init; }

    /// <summary>The message the button stands in; null for a command, and at the terminal.</summary>
    public string? MessageTs { get; init; }
}

internal enum DeliveryKind
{
    Command,
    Press,
}
