using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Kubernetes;

namespace ChatBot.Steps;

/// <summary>What is known of a target and its services at the moment a plan is drawn up, and what has to hold before the bot changes one of them.</summary>
internal sealed class ServiceChoice(TargetServers servers, WorkloadProbe probe, Clusters clusters, KubernetesFence fence, ChatBotOptions options)
{
    /// <summary>Every step that changes a service has it.</summary>
    public static readonly NameParameter ServiceParameter = new("service", "the service, as the target's settings call it", []) { Default = "the one that the step fits" };

    /// <exception cref="ImpossiblePlanException">No cluster is configured, or none of the target's services.</exception>
    /// <exception cref="ClusterUnavailableException">No answer of the cluster.</exception>
    /// <exception cref="TargetUnavailableException">No answer of the server.</exception>
    public async Task<ServiceScene> LookAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var cluster = await ClusterAsync(request, cancellationToken);
        var look = await servers[request.Target.Name].LookAsync(new LookRequest(options.EndIdleSessions.AllAges(), Before: null), cancellationToken);
        return new ServiceScene(look, cluster, AttributionRule.Of(look.Consumers, look.At, cluster), request.Suspect);
    }

    /// <summary>The services alone: also while the server lets nobody in.</summary>
    /// <inheritdoc cref="LookAsync"/>
    public Task<ClusterLook> ClusterAsync(StepRequest request, CancellationToken cancellationToken)
    {
        KnownServices.Require(request.Target, clusters);
        return probe.LookAsync(request.Target, cancellationToken);
    }

    /// <summary>The service that the page names.</summary>
    /// <returns>Null when the page names none.</returns>
    /// <exception cref="ImpossiblePlanException">The page names one that isn't there, or could not be read.</exception>
    public static WorkloadLook? Named(StepRequest request, ClusterLook cluster) => request.Binding.Name(ServiceParameter.Name) is not { } name
        ? null
        : cluster.Workloads.FirstOrDefault(workload => workload.Service == name)
            ?? throw new ImpossiblePlanException($"The page names service {name}, and {Unread(cluster) ?? $"Targets:{request.Target.Name}:Services has none of this name with a Namespace."}");

    /// <summary>Why the service could not be read, in a sentence; null when nothing was in the way.</summary>
    public static string? Unread(ClusterLook cluster) => cluster.Gaps.Select(gap => gap.ToString()).FirstOrDefault();

    /// <summary>The bot changes deployments only, and only where the cluster would hold it back from more.</summary>
    /// <exception cref="ImpossiblePlanException">It may not be changed; the message says why, and what a person can do.</exception>
    public async Task RequireAsync(StepRequest request, WorkloadLook workload, string byHand, CancellationToken cancellationToken)
    {
        if (workload.Kind is not WorkloadKind.Deployment)
        {
            throw new ImpossiblePlanException($"{workload.Service} is a {workload.Kind}, and I change deployments only. By hand: {byHand}");
        }

        if (await WhyNotAsync(request.Target.Name, workload.Service, cancellationToken) is { } reason)
        {
            throw new ImpossiblePlanException($"{reason} By hand: {byHand}");
        }
    }

    /// <summary>Before an effect: null when it may be sent; else that it was not.</summary>
    public async Task<StepResult?> WhyNotNowAsync(string target, string service, CancellationToken cancellationToken) =>
        await WhyNotAsync(target, service, cancellationToken) is { } reason ? new StepResult(Outcome.NotApplied, $"Nothing was sent. {reason}") : null;

    private async Task<string?> WhyNotAsync(string target, string service, CancellationToken cancellationToken) =>
        options.Targets.TryGetValue(target, out var known) && ServiceWorkload.Of(known).FirstOrDefault(one => one.Service == service) is { } wanted
            ? await fence.WhyNotAsync(wanted, cancellationToken)
            : $"{service} is not in the configuration any more.";
}

/// <summary>A target and its services, at one moment.</summary>
/// <param name="Suspect">The service that the last diagnosis suspects; null when it suspects none.</param>
internal sealed record ServiceScene(ServerLook Server, ClusterLook Cluster, Attribution Attribution, string? Suspect)
{
    /// <summary>What a service holds; null when none of its sessions was found.</summary>
    public ServiceSessions? HeldBy(WorkloadLook workload) => Attribution.Services.FirstOrDefault(service => service.Service == workload.Service);

    /// <summary>The suspect, while it holds connections, or else the service that holds most, of those that could be read; null when none of the sessions leads back to one.</summary>
    public WorkloadLook? First => Attribution.Services
        .OrderByDescending(service => service.Service == Suspect)
        .Select(service => service.Workload)
        .FirstOrDefault(workload => workload is not null);
}
