using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Kubernetes;

namespace ChatBot.Dispatch;

/// <summary>Asks the cluster how far the pods of a service are replaced. "No answer" is an answer too.</summary>
internal sealed class RolloutWatch(WorkloadProbe probe, ChatBotOptions options)
{
    /// <summary>Of the cluster's own words.</summary>
    private const int LongestWarning = 400;

    /// <param name="service">As configured for the target.</param>
    /// <returns>And what the cluster warns of, in its own words; empty when it doesn't.</returns>
    public async Task<(RolloutLook Look, ForeignText Warning)> LookAsync(string target, string service, CancellationToken cancellationToken)
    {
        ServiceWorkload[] wanted = options.Targets.TryGetValue(target, out var known) ? [.. ServiceWorkload.Of(known).Where(one => one.Service == service)] : [];
        if (wanted.Length == 0)
        {
            return Unseen($"{service} is not in the configuration any more.");
        }

        try
        {
            var look = await probe.WatchAsync(wanted, cancellationToken);
            return look.Workloads is [var workload] ? (RolloutRule.Of(workload), WordsOf(RolloutRule.WarningOf(workload))) : Unseen(look.Gaps.Select(gap => gap.ToString()).FirstOrDefault() ?? "");
        }
        catch (ClusterUnavailableException unavailable)
        {
            return Unseen(unavailable.Message);
        }

        (RolloutLook, ForeignText) Unseen(string why) => (new(service, RolloutStage.Unseen, 0, 0, 0, why), default);
    }

    private static ForeignText WordsOf(WorkloadWarning? warning) =>
        warning is null ? default : ForeignText.From($"{warning.Reason.Value}: {warning.Words.Value}", LongestWarning);
}
