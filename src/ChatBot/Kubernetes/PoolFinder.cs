using System.Globalization;
using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Finds the setting of a pool's size in a container's environment and the ConfigMaps behind it. Never in a Secret, and never by a guess.</summary>
/// <param name="workload">Its metadata.</param>
/// <param name="maps">Those that were read, by name; null for one that isn't there or may not be read.</param>
internal sealed class PoolFinder(ServiceWorkload service, V1ObjectMeta workload, V1PodTemplateSpec template, IReadOnlyDictionary<string, V1ConfigMap?> maps)
{
    private const int LongestPlace = 200;

    private readonly V1Container? _container = ContainerOf(template, service.Container);

    /// <summary>The container of this name; the first one without a name.</summary>
    public static V1Container? ContainerOf(V1PodTemplateSpec? template, string? name) =>
        template?.Spec?.Containers?.FirstOrDefault(container => name is null || container.Name == name);

    /// <summary>The ConfigMaps to read before <see cref="Find"/>: the configured one, or those that the container's environment comes from.</summary>
    public static IReadOnlyList<string> MapsOf(ServiceWorkload service, V1PodTemplateSpec template)
    {
        if (service.PoolSize is { Holder: PoolSizeHolder.ConfigMap } place)
        {
            return [place.Name];
        }

        var container = ContainerOf(template, service.Container);
        var named = container?.Env?.Where(MayBePool).Select(variable => variable.ValueFrom?.ConfigMapKeyRef?.Name) ?? [];
        var whole = container?.EnvFrom?.Select(source => source.ConfigMapRef?.Name) ?? [];
        return [.. named.Concat(whole).OfType<string>().Distinct(StringComparer.Ordinal)];

        bool MayBePool(V1EnvVar variable) =>
            service.PoolSize is { } wanted ? wanted.Name == variable.Name : KnownPools.LibraryOf(variable.Name) is not null || KnownPools.HoldsConnection(variable.Name);
    }

    public FoundPool Find()
    {
        if (_container is null)
        {
            return Gap($"Service {service.Service} has no container {service.Container}, so its pool size isn't known. Mend the service's Container.");
        }

        return service.PoolSize is { } place ? Configured(place) : Recognised();
    }

    private FoundPool Configured(PoolSizePlace place)
    {
        if (place.Holder is PoolSizeHolder.ConfigMap)
        {
            return maps.GetValueOrDefault(place.Name)?.Data?.TryGetValue(place.Key, out var value) is true
                ? Found(new Value("", place.Name, place.Key, value, IsSecret: false), place.Parameter, "", isRecognised: false)
                : Gap($"The pool size of {service.Service} isn't at {place}: there is no such ConfigMap or key, or the bot may not read it.");
        }

        return Environment().FirstOrDefault(value => value.Variable == place.Name) is { } variable
            ? Found(variable, place.Parameter, "", isRecognised: false)
            : Gap($"The pool size of {service.Service} isn't at {place}: its container has no such variable that the bot may read.");
    }

    private FoundPool Recognised()
    {
        var found = Environment().Select(Recognise).OfType<FoundPool>().ToList();
        return found.Count switch
        {
            0 => FoundPool.None,
            1 => found[0],
            _ when found.Where(one => one.Pin is not null).ToList() is [var only] => only,
            _ => Gap($"Several variables of {service.Service} look like its pool size. Set the service's PoolSize to the right one."),
        };
    }

    private FoundPool? Recognise(Value value)
    {
        if (KnownPools.LibraryOf(value.Variable) is { } library)
        {
            return value.IsSecret || Number(value.Text) is not null ? Found(value, "", library, isRecognised: true) : null;
        }

        return KnownPools.HoldsConnection(value.Variable) && !value.IsSecret && KnownPools.ParameterIn(value.Text) is { } parameter
            ? Found(value, parameter.Parameter, parameter.Library, isRecognised: true)
            : null;
    }

    private FoundPool Found(Value value, string parameter, string library, bool isRecognised)
    {
        var text = parameter.Length == 0 ? value.Text : ConnectionText.Read(value.Text, parameter);
        var size = value.IsSecret ? null : Number(text);
        var setting = new PoolSetting(ForeignText.From(Words(value, parameter), LongestPlace), size, service.PoolLibrary ?? library, isRecognised);
        var whyNot = WhyNot(value, size);
        return new FoundPool(setting, whyNot.Length == 0 ? PinOf(value, parameter) : null, []) { WhyNot = whyNot };
    }

    private SettingPin PinOf(Value value, string parameter)
    {
        var isMap = value.Map.Length > 0;
        var holder = isMap ? maps[value.Map]!.Metadata : workload;
        return new SettingPin(
            service.Context,
            service.Namespace,
            isMap ? SettingHolder.ConfigMap : SettingHolder.Deployment,
            isMap ? value.Map : service.Name,
            holder?.Uid ?? "",
            holder?.ResourceVersion ?? "",
            isMap ? "" : _container!.Name,
            isMap ? value.Key : value.Variable,
            parameter,
            PoolValue.HashOf(value.Text));
    }

    private string WhyNot(Value value, int? size) => value switch
    {
        { IsSecret: true } => "It stands in a Secret, which the bot neither reads nor writes.",
        _ when size is null => "It is no whole number there.",
        { Map: "" } when service.Kind is not WorkloadKind.Deployment => "The bot changes the pods' template of deployments only.",
        _ => "",
    };

    /// <summary>The container's variables, as far as they are known without a Secret. What the container sets itself hides what comes from elsewhere.</summary>
    private IReadOnlyList<Value> Environment()
    {
        var values = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (var source in _container!.EnvFrom ?? [])
        {
            foreach (var (key, text) in (source.ConfigMapRef?.Name is { } map ? maps.GetValueOrDefault(map)?.Data : null) ?? new Dictionary<string, string>())
            {
                values[source.Prefix + key] = new Value(source.Prefix + key, source.ConfigMapRef!.Name, key, text, IsSecret: false);
            }
        }

        foreach (var variable in _container.Env ?? [])
        {
            values.Remove(variable.Name);
            if (ValueOf(variable) is { } value)
            {
                values[variable.Name] = value;
            }
        }

        return [.. values.Values];
    }

    private Value? ValueOf(V1EnvVar variable) => variable.ValueFrom switch
    {
        null => new Value(variable.Name, "", "", variable.Value ?? "", IsSecret: false),
        { SecretKeyRef: not null } => new Value(variable.Name, "", "", "", IsSecret: true),
        { ConfigMapKeyRef: { } reference } when maps.GetValueOrDefault(reference.Name)?.Data?.TryGetValue(reference.Key, out var text) is true =>
            new Value(variable.Name, reference.Name, reference.Key, text, IsSecret: false),
        _ => null,
    };

    private string Words(Value value, string parameter)
    {
        var where = value switch
        {
            { IsSecret: true } => $"env {value.Variable} of container {_container!.Name}, from a Secret",
            { Map.Length: > 0, Variable.Length: > 0 } => $"env {value.Variable} of container {_container!.Name}, from key {value.Key} of ConfigMap {value.Map}",
            { Map.Length: > 0 } => $"key {value.Key} of ConfigMap {value.Map}",
            _ => $"env {value.Variable} of container {_container!.Name}",
        };
        return parameter.Length == 0 ? where : $"{parameter} in {where}";
    }

    private static FoundPool Gap(string words) => new(null, null, [NamespaceLook.Own(words)]);

    private static int? Number(string? text) => int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>One variable or key.</summary>
    /// <param name="Variable">Empty for a key that was named itself.</param>
    /// <param name="Map">Empty when the value stands in the workload.</param>
    private sealed record Value(string Variable, string Map, string Key, string Text, bool IsSecret)
    {
        /// <summary>It may hold a password.</summary>
        public override string ToString() => Variable;
    }
}
