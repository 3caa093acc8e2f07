using ChatBot.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChatBot.Metrics;

/// <summary>The room's registration.</summary>
internal static class MetricsServices
{
    public static IServiceCollection AddMetrics(this IServiceCollection services, PrometheusOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<PrometheusClient>();
        return services.AddSingleton<MetricsProbe>();
    }
}
