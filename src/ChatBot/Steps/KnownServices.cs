using ChatBot.Configuration;
using ChatBot.Kubernetes;

namespace ChatBot.Steps;

/// <summary>What a step that asks a cluster needs from the configuration, and the sentence for whoever has to set it.</summary>
internal static class KnownServices
{
    /// <exception cref="ImpossiblePlanException">No cluster is configured, or none of the target's services.</exception>
    public static void Require(TargetOptions target, Clusters clusters)
    {
        if (ServiceWorkload.Of(target).Count == 0)
        {
            throw new ImpossiblePlanException(
                $"I don't know which services use this database: set Targets:{target.Name}:Services:NAME:Namespace for each of them. Until then, do it by hand.");
        }

        if (!clusters.IsConfigured)
        {
            throw new ImpossiblePlanException("I know no cluster: set Kubernetes:KubeconfigFile, or run me in the cluster with a service account. Until then, do it by hand.");
        }
    }
}
