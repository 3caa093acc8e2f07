using System.Text.Json;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Steps;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>Evidence to rows and back: the only place where text of strangers is kept.</summary>
internal static class EvidenceRows
{
    private const string ConsumersKind = "connection-consumers/1"; // from before causes were judged: only read
    private const string DiagnosisKind = "diagnosis/1";
    private const string WordsKind = "words/1";
    private const string FileKind = "file/1";

    public static EvidenceRow Diagnosis(IncidentId incident, Diagnosis diagnosis) =>
        Row(incident, DiagnosisKind, JsonSerializer.Serialize(diagnosis, StoredJson.Options));

    public static EvidenceRow Words(IncidentId incident, ForeignText words) =>
        Row(incident, WordsKind, JsonSerializer.Serialize(words, StoredJson.Options));

    public static EvidenceRow File(IncidentId incident, StepFile file) =>
        Row(incident, FileKind, JsonSerializer.Serialize(file, StoredJson.Options));

    /// <summary>What a step of a page found.</summary>
    /// <param name="kind">The step type's own stored name.</param>
    public static EvidenceRow Found(IncidentId incident, string kind, string body) => Row(incident, kind, body);

    /// <summary>What was put aside before a plan destroys it.</summary>
    public static EvidenceRow Kept(IncidentId incident, KeptRow kept) => Row(incident, kept.Kind, kept.Body) with { Id = kept.Id.ToString() };

    public static EvidenceId IdOf(EvidenceRow row) => new(Guid.ParseExact(row.Id, "N"));

    /// <summary>Null when the evidence is of another kind or was erased.</summary>
    /// <exception cref="FormatException">The row is damaged.</exception>
    public static StepFile? ReadFile(EvidenceRow? row) =>
        row?.Kind == FileKind ? StoredJson.Read<StepFile>(row.Body, $"Evidence {row.Id}") : null;

    /// <summary>Null when the evidence is of another kind or was erased.</summary>
    /// <exception cref="FormatException">The row is damaged.</exception>
    public static Diagnosis? ReadDiagnosis(EvidenceRow? row) => row?.Kind switch
    {
        DiagnosisKind => StoredJson.Read<Diagnosis>(row.Body, $"Evidence {row.Id}"),
        ConsumersKind => new Diagnosis(StoredJson.Read<ConnectionConsumers>(row.Body, $"Evidence {row.Id}"), Verdict: null),
        _ => null,
    };

    /// <summary>Null when the evidence is of another kind or was erased.</summary>
    /// <exception cref="FormatException">The row is damaged.</exception>
    public static ConnectionConsumers? ReadConsumers(EvidenceRow? row) => ReadDiagnosis(row)?.Consumers;

    /// <summary>Null when the evidence is of another kind or was erased.</summary>
    /// <exception cref="FormatException">The row is damaged.</exception>
    public static ForeignText? ReadWords(EvidenceRow? row) =>
        row?.Kind == WordsKind ? StoredJson.Read<ForeignText>(row.Body, $"Evidence {row.Id}") : null;

    // The time is the store's, set where the row is written.
    private static EvidenceRow Row(IncidentId incident, string kind, string body) =>
        new(Guid.CreateVersion7().ToString("N"), incident.ToString(), kind, default, body);
}
