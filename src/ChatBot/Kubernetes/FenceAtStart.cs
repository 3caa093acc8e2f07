using ChatBot.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatBot.Kubernetes;

/// <summary>Tries the fence once at start, so that whoever operates the bot reads in its log what it will not change, and why. Every plan and every effect asks again.</summary>
internal sealed partial class FenceAtStart(KubernetesFence fence, Clusters clusters, ChatBotOptions options, ILogger<FenceAtStart> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!clusters.IsConfigured)
        {
            return;
        }

        foreach (var (name, target) in options.Targets.OrderBy(target => target.Key, StringComparer.Ordinal))
        {
            if (await fence.WhyNotAsync(target, stoppingToken) is { } reason)
            {
                LogOff(name, reason);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Of the services of {Target} I change nothing: {Reason}")]
    private partial void LogOff(string target, string reason);
}
