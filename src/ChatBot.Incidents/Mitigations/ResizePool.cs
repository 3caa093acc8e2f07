using System.Text.Json;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Mitigations;

/// <summary>Changes the size of a service's pool where the service keeps it, for a time, or puts it back.</summary>
/// <param name="Setting">Where the size stands.</param>
/// <param name="From">The size that is there.</param>
/// <param name="To">The size that will be there.</param>
/// <param name="Until">When it is to be put back; null in an undo.</param>
/// <param name="Pods">That may run at once, at the busiest moment.</param>
/// <param name="Slots">Connections that all of them together may take more (or less, when negative).</param>
/// <param name="Reverter">Who will put it back without asking; null when nobody is known to.</param>
/// <param name="IsUndo">It puts back what an earlier plan changed.</param>
public sealed record ResizePool(
    SettingPin Setting,
    string Service,
    int From,
    int To,
    DateTimeOffset? Until,
    int Pods,
    int Slots,
    WorkloadOwner? Reverter,
    bool IsUndo) : Mitigation
{
    public const string StoredName = "resize-pool/1";

    public static readonly MitigationKind Kind = new(StoredName, Read);

    public override string Name => StoredName;

    public override Lasting Lasting => IsUndo ? Lasting.Undo : Lasting.UntilUndone;

    public override DateTimeOffset? UndoDue => Until;

    /// <summary>A variable of a container is part of the pods' template; a ConfigMap is not.</summary>
    public override string? RollsOut => Setting.Holder is SettingHolder.Deployment ? Service : null;

    public override int Steps => 1;

    public override string PinOf(int number) => $"{Setting.Text}|{PinJson.Text(From)}|{PinJson.Text(To)}";

    public override void WriteTo(Utf8JsonWriter json)
    {
        Setting.WriteTo(json);
        json.WriteString("service", Service);
        json.WriteNumber("from", From);
        json.WriteNumber("to", To);
        PinJson.Write(json, "until", Until?.ToUnixTimeMilliseconds(), json.WriteNumberValue);
        json.WriteNumber("pods", Pods);
        json.WriteNumber("slots", Slots);
        if (Reverter is { } reverter)
        {
            json.WriteStartObject("owner");
            json.WriteString("tool", reverter.Tool);
            json.WriteString("name", reverter.Name.Value);
            json.WriteBoolean("reverts", reverter.Reverts);
            json.WriteEndObject();
        }

        json.WriteBoolean("undo", IsUndo);
    }

    private static ResizePool Read(JsonElement json) => new(
        SettingPin.Read(json),
        PinJson.Own(json, "service"),
        json.GetProperty("from").GetInt32(),
        json.GetProperty("to").GetInt32(),
        json.GetProperty("until") is { ValueKind: JsonValueKind.Number } until ? DateTimeOffset.FromUnixTimeMilliseconds(until.GetInt64()) : null,
        json.GetProperty("pods").GetInt32(),
        json.GetProperty("slots").GetInt32(),
        json.TryGetProperty("owner", out var owner)
            ? new WorkloadOwner(PinJson.Own(owner, "tool"), PinJson.Foreign(owner, "name"), owner.GetProperty("reverts").GetBoolean())
            : null,
        json.GetProperty("undo").GetBoolean());
}
