using System.Text.Json;

namespace ChatBot.Incidents.Mitigations;

/// <summary>Runs fewer pods of a workload that does harm, or as many as before.</summary>
/// <param name="From">Replicas that it has to have still.</param>
/// <param name="To">From 0.</param>
/// <param name="IsUndo">It puts back what an earlier plan changed.</param>
public sealed record ScaleWorkload(WorkloadPin Workload, string Service, int From, int To, bool IsUndo) : Mitigation
{
    public const string StoredName = "scale-down/1";

    public static readonly MitigationKind Kind = new(StoredName, Read);

    public override string Name => StoredName;

    public override Lasting Lasting => IsUndo ? Lasting.Undo : Lasting.UntilUndone;

    public override int Steps => 1;

    public override string PinOf(int number) => $"{Workload.Text}|{PinJson.Text(From)}|{PinJson.Text(To)}";

    public override void WriteTo(Utf8JsonWriter json)
    {
        Workload.WriteTo(json);
        json.WriteString("service", Service);
        json.WriteNumber("from", From);
        json.WriteNumber("to", To);
        json.WriteBoolean("undo", IsUndo);
    }

    private static ScaleWorkload Read(JsonElement json) => new(
        WorkloadPin.Read(json),
        PinJson.Own(json, "service"),
        json.GetProperty("from").GetInt32(),
        json.GetProperty("to").GetInt32(),
        json.GetProperty("undo").GetBoolean());
}
