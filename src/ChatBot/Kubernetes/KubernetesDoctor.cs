using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Says of each service's namespace what the bot may do there and what is missing, with the rule that grants it. Changes nothing.</summary>
internal sealed class KubernetesDoctor(Clusters clusters, KubernetesFence fence)
{
    /// <summary>Never throws for a cluster that does not answer: that is a finding.</summary>
    /// <returns>Empty when the target has no service with a namespace, or no cluster is configured.</returns>
    public async Task<IReadOnlyList<ClusterFinding>> CheckAsync(TargetOptions target, CancellationToken cancellationToken)
    {
        var services = ServiceWorkload.Of(target);
        if (services.Count == 0 || !clusters.IsConfigured)
        {
            return [];
        }

        var findings = new List<ClusterFinding>();
        foreach (var group in services.GroupBy(service => (service.Context, service.Namespace)))
        {
            try
            {
                findings.AddRange(await CheckAsync(await clusters.OfAsync(group.Key.Context), [.. group], target.Mode, cancellationToken));
            }
            catch (ClusterUnavailableException unavailable)
            {
                findings.Add(new(ClusterFindingLevel.Missing, unavailable.Message));
            }
        }

        return findings;
    }

    private async Task<IReadOnlyList<ClusterFinding>> CheckAsync(Cluster cluster, IReadOnlyList<ServiceWorkload> services, TargetMode mode, CancellationToken cancellationToken)
    {
        var findings = new List<ClusterFinding>();
        var space = services[0].Namespace;
        foreach (var access in services.SelectMany(NeededAccess.ToRead).Distinct())
        {
            if (!await MayAsync(cluster, access, cancellationToken))
            {
                findings.Add(new(ClusterFindingLevel.Missing, $"The bot may not {access.Words}. Add to its Role:", access.Rule));
            }
        }

        if (findings.Count == 0)
        {
            findings.Add(new(ClusterFindingLevel.Works, $"The bot sees pods, owners, logs, events and autoscalers in namespace {space}."));
        }

        findings.AddRange(await ChangingAsync(cluster, services, mode, cancellationToken));
        var secrets = new Access("get", "", "secrets", space);
        if (await MayAsync(cluster, secrets, cancellationToken))
        {
            findings.Add(new(ClusterFindingLevel.Advice, $"The bot may read Secrets in namespace {space}, and never does. Take that right away."));
        }

        return findings;
    }

    /// <summary>Where the bot changes nothing by itself, a right to change something is good to have, and no more.</summary>
    private async Task<IReadOnlyList<ClusterFinding>> ChangingAsync(Cluster cluster, IReadOnlyList<ServiceWorkload> services, TargetMode mode, CancellationToken cancellationToken)
    {
        var level = mode is TargetMode.Act ? ClusterFindingLevel.Missing : ClusterFindingLevel.Advice;
        var unneeded = mode is TargetMode.Act ? "" : $"Not needed while the target's Mode is {mode}: ";
        var findings = new List<ClusterFinding>();
        foreach (var access in services.SelectMany(NeededAccess.ToChange).Distinct())
        {
            if (!await MayAsync(cluster, access, cancellationToken))
            {
                findings.Add(new(level, $"{unneeded}The bot may not {access.Words}. Add to its Role:", access.Rule));
            }
        }

        foreach (var service in services.Where(service => service.Kind is WorkloadKind.Deployment))
        {
            var reason = await fence.WhyNotAsync(service, cancellationToken);
            findings.Add(reason is null
                ? new(ClusterFindingLevel.Works, $"The cluster refuses other changes of deployment {service.Name} than the bot's own.")
                : new(level, $"{unneeded}{reason}"));
        }

        return findings;
    }

    private static async Task<bool> MayAsync(Cluster cluster, Access access, CancellationToken cancellationToken)
    {
        var parts = access.Resource.Split('/');
        var question = new V1SelfSubjectAccessReview
        {
            ApiVersion = "authorization.k8s.io/v1",
            Kind = "SelfSubjectAccessReview",
            Spec = new V1SelfSubjectAccessReviewSpec
            {
                ResourceAttributes = new V1ResourceAttributes
                {
                    NamespaceProperty = access.Namespace,
                    Verb = access.Verb,
                    Group = access.Group,
                    Resource = parts[0],
                    Subresource = parts.ElementAtOrDefault(1),
                    Name = access.Name,
                },
            },
        };
        var answer = await cluster.ReadAsync(
            new Access("create", "authorization.k8s.io", "selfsubjectaccessreviews", access.Namespace),
            (client, token) => client.AuthorizationV1.CreateSelfSubjectAccessReviewAsync(question, cancellationToken: token),
            cancellationToken);
        return answer.Status?.Allowed is true;
    }
}
