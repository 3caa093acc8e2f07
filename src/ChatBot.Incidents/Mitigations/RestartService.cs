using System.Text.Json;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Mitigations;

/// <summary>Restarts a service's pods as its own rollout strategy has it; where there is no room for that, ends idle sessions first. There is no undo.</summary>
/// <remarks>One plan, approved once. The restart is its last step, and is not begun when the steps before it didn't free enough.</remarks>
/// <param name="Service">As configured.</param>
/// <param name="PerPod">Connections that one pod may take.</param>
/// <param name="Slots">Slots that have to be free when the restart begins: what the pods may take that start before others end.</param>
/// <param name="First">What makes room; null when there is room.</param>
/// <param name="Saved">What was put aside before, because the restart destroys it.</param>
public sealed record RestartService(
    WorkloadPin Workload,
    string Service,
    int Replicas,
    RolloutStrategy Strategy,
    int PerPod,
    int Slots,
    MakeRoom? First,
    IReadOnlyList<SavedEvidence> Saved) : Mitigation
{
    public const string StoredName = "restart-service/1";

    public static readonly MitigationKind Kind = new(StoredName, Read);

    public override string Name => StoredName;

    public override string? RollsOut => Service;

    public override int Steps => (First?.Sessions.Count ?? 0) + 1;

    /// <summary>Whether this step is the restart itself.</summary>
    public bool IsRestart(int number) => number == Steps;

    public override string PinOf(int number) => IsRestart(number) ? Workload.Text : PinJson.Text(First!.Server, First.Sessions[number - 1].Pin);

    public override void WriteTo(Utf8JsonWriter json)
    {
        Workload.WriteTo(json);
        json.WriteString("service", Service);
        json.WriteNumber("replicas", Replicas);
        json.WriteNumber("surge", Strategy.Surge);
        json.WriteNumber("unavailable", Strategy.Unavailable);
        json.WriteBoolean("recreate", Strategy.IsRecreate);
        json.WriteNumber("perPod", PerPod);
        json.WriteNumber("slots", Slots);
        if (First is { } first)
        {
            json.WriteStartObject("first");
            PinJson.Write(json, first.Server);
            PinJson.WriteSeconds(json, "idleForSeconds", first.IdleFor);
            PinJson.Write(json, first.Sessions, "idleSeconds");
            json.WriteEndObject();
        }

        json.WriteStartArray("saved");
        foreach (var saved in Saved)
        {
            json.WriteStartObject();
            json.WriteString("what", saved.What.ToString());
            json.WriteNumber("count", saved.Count);
            json.WriteString("evidence", saved.Evidence.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static RestartService Read(JsonElement json) => new(
        WorkloadPin.Read(json),
        PinJson.Own(json, "service"),
        json.GetProperty("replicas").GetInt32(),
        new RolloutStrategy(json.GetProperty("surge").GetInt32(), json.GetProperty("unavailable").GetInt32(), json.GetProperty("recreate").GetBoolean()),
        json.GetProperty("perPod").GetInt32(),
        json.GetProperty("slots").GetInt32(),
        json.TryGetProperty("first", out var first)
            ? new MakeRoom(PinJson.ReadServer(first), PinJson.Seconds(first.GetProperty("idleForSeconds")), PinJson.ReadSessions(first, "idleSeconds"))
            : null,
        [
            .. json.GetProperty("saved").EnumerateArray().Select(saved => new SavedEvidence(
                Enum.TryParse<SavedKind>(PinJson.Own(saved, "what"), out var what) ? what : throw new FormatException("This kind of evidence is not known."),
                saved.GetProperty("count").GetInt32(),
                new EvidenceId(Guid.ParseExact(PinJson.Own(saved, "evidence"), "N")))),
        ]);
}

/// <summary>Idle sessions whose end makes room for a restart.</summary>
/// <param name="Sessions">One step each, longest idle first; at least one.</param>
public sealed record MakeRoom(ServerPin Server, TimeSpan IdleFor, IReadOnlyList<PinnedSession> Sessions);

/// <summary>What a restart destroys, and was put aside before.</summary>
public enum SavedKind
{
    /// <summary>The sessions at the server.</summary>
    Sessions,

    /// <summary>The logs of the pods, also of containers that ended before.</summary>
    Logs,
}

/// <param name="Count">Of sessions, or pods.</param>
/// <param name="Evidence">Where it is kept.</param>
public sealed record SavedEvidence(SavedKind What, int Count, EvidenceId Evidence);
