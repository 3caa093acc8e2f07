using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Whether the cluster holds the bot back: a change of an image, which it never makes, has to be refused.</summary>
/// <remarks>
/// Tried as a dry run, which changes nothing. While the proof is missing, the bot changes nothing in that namespace: a slip of ours, or
/// somebody with the bot's token, could run anything there.
/// </remarks>
internal sealed class KubernetesFence(Clusters clusters, TimeProvider clock)
{
    /// <summary>No registry is ever called so (RFC 2606).</summary>
    private const string Image = "registry.invalid/chatbot/fence:0";

    /// <summary>Somebody may take the policy away: after 10 minutes it is proven anew.</summary>
    private static readonly TimeSpan HoldsFor = TimeSpan.FromMinutes(10);

    /// <summary>When it was proven last.</summary>
    private readonly ConcurrentDictionary<(string Context, string Namespace, string Name), long> _proven = new();

    /// <summary>Proves it for every deployment of a target. What was proven lately isn't tried again.</summary>
    /// <returns>Null when the bot may change things there; else why not, in a sentence.</returns>
    public async Task<string?> WhyNotAsync(TargetOptions target, CancellationToken cancellationToken)
    {
        foreach (var service in ServiceWorkload.Of(target).Where(service => service.Kind is WorkloadKind.Deployment))
        {
            if (await WhyNotAsync(service, cancellationToken) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    /// <inheritdoc cref="WhyNotAsync(TargetOptions, CancellationToken)"/>
    public async Task<string?> WhyNotAsync(ServiceWorkload service, CancellationToken cancellationToken)
    {
        var key = (service.Context, service.Namespace, service.Name);
        if (_proven.TryGetValue(key, out var at) && clock.GetElapsedTime(at) < HoldsFor)
        {
            return null;
        }

        try
        {
            var reason = await TryAsync(await clusters.OfAsync(service.Context), service, cancellationToken);
            if (reason is null)
            {
                _proven[key] = clock.GetTimestamp();
            }

            return reason;
        }
        catch (ClusterUnavailableException unavailable)
        {
            return $"It isn't proven that the cluster holds the bot back, so it changes nothing. {unavailable.Message}";
        }
    }

    private static async Task<string?> TryAsync(Cluster cluster, ServiceWorkload service, CancellationToken cancellationToken)
    {
        var container = (await WorkloadObject.ReadAsync(cluster, service, cancellationToken)).Template.Spec?.Containers?.FirstOrDefault()?.Name;
        if (container is null)
        {
            return $"Deployment {service.Name} has no container, so nothing can be proven about it.";
        }

        var body = new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["template"] = new JsonObject { ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = container, ["image"] = Image }) } },
            },
        };
        var patch = new V1Patch(body.ToJsonString(), V1Patch.PatchType.StrategicMergePatch);
        var answer = await cluster.WriteAsync(
            service.To("patch"),
            (client, token) => client.AppsV1.PatchNamespacedDeploymentAsync(patch, service.Name, service.Namespace, dryRun: "All", fieldManager: Marks.Manager, cancellationToken: token),
            cancellationToken);

        // A policy answers 403 or 422, by its own choice; the patch itself is sound, so nothing else can be the reason. 401 and others prove nothing.
        return answer switch
        {
            { Fate: WriteFate.Done } => $"The cluster would let the bot change the image of deployment {service.Name}, so the bot changes nothing there. Apply manifests/kubernetes/policy.yaml.",
            { Status: System.Net.HttpStatusCode.Forbidden or System.Net.HttpStatusCode.UnprocessableEntity } => null,
            _ => $"It isn't proven that the cluster holds the bot back, so it changes nothing. {answer.Words}",
        };
    }
}
