using ChatBot.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChatBot.Kubernetes;

/// <summary>What the room consists of. Registration only: no cluster is asked before somebody asks.</summary>
internal static class KubernetesServices
{
    public static IServiceCollection AddKubernetes(this IServiceCollection services, KubernetesOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider => new Clusters(options, ServiceAccount.OfThisPod, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<WorkloadProbe>();
        services.AddSingleton<PodLogs>();
        services.AddSingleton<ClusterChanges>();
        services.AddSingleton<DeploymentRestarter>();
        services.AddSingleton<RolloutPause>();
        services.AddSingleton<WorkloadScaler>();
        services.AddSingleton<PoolSizeSetting>();
        services.AddSingleton<KubernetesFence>();
        services.AddHostedService<FenceAtStart>();
        services.AddSingleton<KubernetesDoctor>();
        return services;
    }
}
