using System.Text.Json;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Mitigations;

/// <summary>What has to be unchanged at a workload for a plan to hold.</summary>
/// <param name="Cluster">The context of the configuration; empty for the bot's own cluster.</param>
/// <param name="Uid">Deleted and made again, it is another one.</param>
/// <param name="Generation">Counts changes of its specification, whoever made them.</param>
public sealed record WorkloadPin(string Cluster, string Namespace, WorkloadKind Kind, string Name, string Uid, long Generation)
{
    public static WorkloadPin Of(WorkloadLook look) => new(look.Cluster, look.Namespace, look.Kind, look.Name, look.Uid, look.Generation);

    /// <summary>All that it holds, for the idempotency key.</summary>
    internal string Text => string.Join('|', Cluster, Namespace, Kind, Name, Uid, Generation);

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject("workload");
        json.WriteString("cluster", Cluster);
        json.WriteString("namespace", Namespace);
        json.WriteString("kind", Kind.ToString());
        json.WriteString("name", Name);
        json.WriteString("uid", Uid);
        json.WriteNumber("generation", Generation);
        json.WriteEndObject();
    }

    internal static WorkloadPin Read(JsonElement json)
    {
        var workload = json.GetProperty("workload");
        return new WorkloadPin(
            PinJson.Own(workload, "cluster"),
            PinJson.Own(workload, "namespace"),
            Enum.TryParse<WorkloadKind>(PinJson.Own(workload, "kind"), out var kind) ? kind : throw new FormatException("This kind of workload is not known."),
            PinJson.Own(workload, "name"),
            PinJson.Own(workload, "uid"),
            workload.GetProperty("generation").GetInt64());
    }
}
