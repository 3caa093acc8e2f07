using System.Text.Json;

namespace ChatBot.Incidents.Mitigations;

/// <summary>Stops a rollout that is under way where it stands, or lets it go on. No pod is ended by it.</summary>
/// <param name="Pause">False lets it go on: the undo.</param>
/// <param name="Updated">Pods of the new template, when the plan was drawn up.</param>
/// <param name="Replicas">As asked for.</param>
public sealed record PauseRollout(WorkloadPin Workload, string Service, bool Pause, int Updated, int Replicas) : Mitigation
{
    public const string StoredName = "pause-rollout/1";

    public static readonly MitigationKind Kind = new(StoredName, Read);

    public override string Name => StoredName;

    public override Lasting Lasting => Pause ? Lasting.UntilUndone : Lasting.Undo;

    public override string? RollsOut => Pause ? null : Service;

    public override int Steps => 1;

    public override string PinOf(int number) => $"{Workload.Text}|{Pause}";

    public override void WriteTo(Utf8JsonWriter json)
    {
        Workload.WriteTo(json);
        json.WriteString("service", Service);
        json.WriteBoolean("pause", Pause);
        json.WriteNumber("updated", Updated);
        json.WriteNumber("replicas", Replicas);
    }

    private static PauseRollout Read(JsonElement json) => new(
        WorkloadPin.Read(json),
        PinJson.Own(json, "service"),
        json.GetProperty("pause").GetBoolean(),
        json.GetProperty("updated").GetInt32(),
        json.GetProperty("replicas").GetInt32());
}
