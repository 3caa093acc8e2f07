using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Causes;

namespace ChatBot.Incidents.Findings.Workloads;

/// <summary>Which of the target's services is behind whom the verdict names.</summary>
/// <remarks>A sound service can hold more than the one that leaks; to restart the largest would then cost a good one, and help nobody.</remarks>
public static class SuspectRule
{
    /// <param name="at">Of the look at the server, by its clock.</param>
    /// <param name="culprit">The verdict's: a service, an application or a user.</param>
    /// <returns>The service that has the most of the culprit's sessions; null when nobody is named, or none of them leads to a service.</returns>
    public static string? Of(ConnectionConsumers consumers, DateTimeOffset at, ClusterLook cluster, ForeignText culprit)
    {
        if (culprit.IsEmpty)
        {
            return null;
        }

        var its = consumers with { Groups = [.. consumers.Groups.Where(group => Holder.NameOf(group.Application, group.User) == culprit)] };
        return AttributionRule.Of(its, at, cluster).Services is [var most, ..]
            ? most.Service
            : cluster.Workloads.FirstOrDefault(workload => workload.Service == culprit.Value)?.Service;
    }
}
