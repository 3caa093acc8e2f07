using System.Text.RegularExpressions;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Configuration;

/// <summary>Reads the section <c>Targets:name:Services</c>.</summary>
internal static partial class ServiceReader
{
    private const string ALabelIs = "a-z, 0-9 and -";

    private static readonly string[] NeedNamespace = ["Context", "Kind", "Workload", "Container", "PoolSize", "PoolLibrary", "Processes"];

    public static Dictionary<string, ServiceOptions> ReadAll(SettingsSection section, Mistakes mistakes)
    {
        var services = new Dictionary<string, ServiceOptions>(StringComparer.Ordinal);
        foreach (var name in section.Names)
        {
            if (!Label().IsMatch(name))
            {
                mistakes.Add(section.PathOf(name), "an unusable name", "1 to 63 of a-z, 0-9 and -, starting with a letter or digit");
            }

            services[name] = section.Section(name, service => Read(service, mistakes));
        }

        return services;
    }

    /// <summary>Without a kubeconfig there is one cluster, and a context would be ignored.</summary>
    public static void FindUnknownClusters(IReadOnlyDictionary<string, TargetOptions> targets, KubernetesOptions kubernetes, Mistakes mistakes)
    {
        if (kubernetes.KubeconfigFile.Length > 0)
        {
            return;
        }

        foreach (var (target, options) in targets)
        {
            foreach (var (service, _) in options.Services.Where(service => service.Value.Context is not null))
            {
                mistakes.Add($"Targets:{target}:Services:{service}:Context", "a context", "none, because Kubernetes:KubeconfigFile is empty");
            }
        }
    }

    private static ServiceOptions Read(SettingsSection section, Mistakes mistakes)
    {
        var service = new ServiceOptions
        {
            Namespace = section.Optional("Namespace", null, $"a Kubernetes namespace: {ALabelIs}", Matches(Label())),
            Context = section.Optional("Context", null, "a context of the kubeconfig", Matches(Context())),
            Kind = section.Choice("Kind", WorkloadKind.Deployment),
            Workload = section.Optional("Workload", null, $"the workload's name: {ALabelIs}, dots between", Matches(Subdomain())),
            Container = section.Optional("Container", null, $"a container's name: {ALabelIs}", Matches(Label())),
            PoolSize = section.Optional<PoolSizePlace>("PoolSize", null, "env:NAME or configmap:NAME/KEY, with ?parameter when the value is a connection string", PoolSizePlace.TryParse),
            PoolLibrary = section.Optional("PoolLibrary", null, "what the library is called, such as HikariCP", PlainText.UpTo(40)),
            Processes = section.Number("Processes", 1, 1, 1000),
            Prometheus = section.Section("Prometheus", labels => MetricsReader.ReadLabels(labels, mistakes)),
        };

        // Half a place is no place, and would be noticed on the day that it is needed.
        if (!section.Has("Namespace"))
        {
            foreach (var key in NeedNamespace.Where(section.Has))
            {
                mistakes.Add(section.PathOf(key), "a value", "none, because there is no Namespace beside it");
            }
        }

        return service;
    }

    private static SettingsSection.TryParse<string> Matches(Regex pattern) => (text, out value) =>
    {
        value = text;
        return pattern.IsMatch(text);
    };

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,62}\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\z")]
    private static partial Regex Subdomain();

    // As the tools of the clouds write them: arn:aws:eks:eu-west-1:1234:cluster/prod, admin@prod.example.com.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,252}\z")]
    private static partial Regex Context();
}
