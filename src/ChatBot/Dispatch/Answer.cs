using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatBot.Dispatch;

/// <summary>What a command was told. A repeat of the same command is told the same.</summary>
/// <param name="Reason">Null when it was accepted; else what is wrong and what to do, for the person who asked.</param>
internal sealed record Answer(string? Reason)
{
    /// <summary>What the person should know although it was accepted; null when nothing.</summary>
    public string? Note { get; init; }

    /// <summary>What there is to tell the person; null when the messages of the incident say it all.</summary>
    [JsonIgnore]
    public string? Said => Reason ?? Note;

    public static readonly Answer Accepted = new((string?)null);

    public string ToJson() => JsonSerializer.Serialize(this, StoredJson.Options);

    public static Answer FromJson(string json) => StoredJson.Read<Answer>(json, "The answer of a command");
}
