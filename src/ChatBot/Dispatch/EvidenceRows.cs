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
    /// <exception cref="FormatException">The row is damaged.</exception>
    public static ConnectionConsumers? ReadConsumers(EvidenceRow? row) =>
        row?.Kind == ConsumersKind ? StoredJson.Read<ConnectionConsumers>(row.Body, $"Evidence {row.Id}") : null;

    /// <summary>Null when the evidence is of another kind or was erased.</summary>
    /// <exception cref="FormatException">The row is damaged.</exception>
    public static ForeignText? ReadWords(EvidenceRow? row) =>
        row?.Kind == WordsKind ? StoredJson.Read<ForeignText>(row.Body, $"Evidence {row.Id}") : null;

    // The time is the store's, set where the row is written.
    private static EvidenceRow Row(IncidentId incident, string kind, string body) =>
        new(Guid.CreateVersion7().ToString("N"), incident.ToString(), kind, default, body);
}
