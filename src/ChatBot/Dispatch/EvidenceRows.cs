using System.Text.Json;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>Evidence to rows and back: the only place where text of strangers is kept.</summary>
internal static class EvidenceRows
{
    private const string ConsumersKind = "connection-consumers/1";
    private const string WordsKind = "words/1";

    public static EvidenceRow Consumers(IncidentId incident, ConnectionConsumers consumers) =>
        Row(incident, ConsumersKind, JsonSerializer.Serialize(consumers, StoredJson.Options));

    public static EvidenceRow Words(IncidentId incident, ForeignText words) =>
        Row(incident, WordsKind, JsonSerializer.Serialize(words, StoredJson.Options));

    /// <summary>Null when the evidence is of another kind or was erased.</summary>
    public static ConnectionConsumers? ReadConsumers(EvidenceRow? row) =>
        row?.Kind == ConsumersKind ? JsonSerializer.Deserialize<ConnectionConsumers>(row.Body, StoredJson.Options) : null;

    /// <summary>Null when the evidence is of another kind or was erased.</summary>
    public static ForeignText? ReadWords(EvidenceRow? row) =>
        row?.Kind == WordsKind ? JsonSerializer.Deserialize<ForeignText>(row.Body, StoredJson.Options) : null;

    // The time is the store's, set where the row is written.
    private static EvidenceRow Row(IncidentId incident, string kind, string body) =>
        new(Guid.CreateVersion7().ToString("N"), incident.ToString(), kind, default, body);
}
