using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Kubernetes;

namespace ChatBot.Dispatch;

/// <summary>Asks the cluster how far the pods of a service are replaced. "No answer" is an answer too.</summary>
internal sealed class RolloutWatch(WorkloadProbe probe, ChatBotOptions options)
{
    /// <param name="service">As configured for the target.</param>
    public async Task<RolloutLook> LookAsync(string target, string service, CancellationToken cancellationToken)
    {
        ServiceWorkload[] wanted = options.Targets.TryGetValue(target, out var known) ? [.. ServiceWorkload.Of(known).Where(one => one.Service == service)] : [];
        if (wanted.Length == 0)
        {
            return Unseen($"{service} is not in the configuration any more.");
        }

        try
        {
            var look = await probe.LookAsync(wanted, cancellationToken);
            return look.Workloads is [var workload] ? RolloutRule.Of(workload) : Unseen(look.Gaps.Select(gap => gap.ToString()).FirstOrDefault() ?? "");
        }
        catch (ClusterUnavailableException unavailable)
        {
            return Unseen(unavailable.Message);
        }

        RolloutLook Unseen(string why) => new(service, RolloutStage.Unseen, 0, 0, 0, why);
    }
}
