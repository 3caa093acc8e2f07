using System.Text.Json;

namespace ChatBot.Incidents.Mitigations;

/// <summary>The objects that can hold a service's settings and that the bot may read. Secrets are not among them.</summary>
public enum SettingHolder
{
    Deployment,
    StatefulSet,
    DaemonSet,
    ConfigMap,
}

/// <summary>Where a setting stands, and what has to be unchanged there.</summary>
/// <param name="Cluster">The context of the configuration; empty for the bot's own cluster.</param>
/// <param name="ResourceVersion">Of the object, when the plan was drawn up.</param>
/// <param name="Container">Whose environment it is; empty for a ConfigMap.</param>
/// <param name="Key">Of the environment variable, or in the ConfigMap.</param>
/// <param name="Parameter">Of the connection string that the value is; empty when the value is the number itself.</param>
/// <param name="ValueHash">SHA-256 of the whole value, 64 lower-case hex digits: a connection string may hold a password, so it is not kept.</param>
public sealed record SettingPin(
    string Cluster,
    string Namespace,
    SettingHolder Holder,
    string Name,
    string Uid,
    string ResourceVersion,
    string Container,
    string Key,
    string Parameter,
    string ValueHash)
{
    /// <summary>All that it holds, for the idempotency key.</summary>
    internal string Text => string.Join('|', Cluster, Namespace, Holder, Name, Uid, ResourceVersion, Container, Key, Parameter, ValueHash);

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject("setting");
        json.WriteString("cluster", Cluster);
        json.WriteString("namespace", Namespace);
        json.WriteString("holder", Holder.ToString());
        json.WriteString("name", Name);
        json.WriteString("uid", Uid);
        json.WriteString("resourceVersion", ResourceVersion);
        json.WriteString("container", Container);
        json.WriteString("key", Key);
        json.WriteString("parameter", Parameter);
        json.WriteString("valueHash", ValueHash);
        json.WriteEndObject();
    }

    internal static SettingPin Read(JsonElement json)
    {
        var setting = json.GetProperty("setting");
        return new SettingPin(
            PinJson.Own(setting, "cluster"),
            PinJson.Own(setting, "namespace"),
            Enum.TryParse<SettingHolder>(PinJson.Own(setting, "holder"), out var holder) ? holder : throw new FormatException("This kind of object is not known."),
            PinJson.Own(setting, "name"),
            PinJson.Own(setting, "uid"),
            PinJson.Own(setting, "resourceVersion"),
            PinJson.Own(setting, "container"),
            PinJson.Own(setting, "key"),
            PinJson.Own(setting, "parameter"),
            PinJson.Own(setting, "valueHash"));
    }
}
