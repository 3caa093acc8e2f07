using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Kubernetes;

/// <summary>The workload that runs a service, as configured.</summary>
/// <param name="Context">Of the kubeconfig; empty for its current one, or the bot's own cluster.</param>
/// <param name="Name">The workload's.</param>
/// <param name="Container">Whose pool it is; null for the first one.</param>
/// <param name="PoolSize">Null when nobody configured where it is.</param>
internal sealed record ServiceWorkload(
    string Service, string Context, string Namespace, WorkloadKind Kind, string Name, string? Container, PoolSizePlace? PoolSize, string? PoolLibrary, int Processes)
{
    private string Resource => Kind switch
    {
        WorkloadKind.StatefulSet => "statefulsets",
        WorkloadKind.DaemonSet => "daemonsets",
        _ => "deployments",
    };

    /// <summary>Those of a target that have a namespace, by name.</summary>
    public static IReadOnlyList<ServiceWorkload> Of(TargetOptions target) =>
    [
        .. from service in target.Services.OrderBy(service => service.Key, StringComparer.Ordinal)
           let options = service.Value
           where options.Namespace is not null
           select new ServiceWorkload(
               service.Key,
               options.Context ?? "",
               options.Namespace!,
               options.Kind,
               options.Workload ?? service.Key,
               options.Container,
               options.PoolSize,
               options.PoolLibrary,
               options.Processes),
    ];

    /// <summary>What the bot does to the workload's own object.</summary>
    public Access To(string verb, string subresource = "") => new(verb, Access.Apps, Resource + subresource, Namespace, Name);
}
