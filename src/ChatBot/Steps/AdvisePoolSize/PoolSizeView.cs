using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.AdvisePoolSize;

/// <summary>The sum of all pools against the server, service by service, and the sizes that would fit.</summary>
internal static class PoolSizeView
{
    private const int ServicesAtMost = 15;

    private const int GapsAtMost = 10;

    public static IReadOnlyList<Mrkdwn> Render(PoolSizeAdvice advice)
    {
        var budget = advice.Budget;
        if (budget.Services.Count == 0)
        {
            return [$"Nobody knows how large the services' pools are. Set `Services:NAME:PoolSize` of the target to where each keeps it.", .. Gaps(advice)];
        }

        var sum = budget.Fits
            ? (Mrkdwn)$"*{(budget.Unknown.Count == 0 && advice.Gaps.Count == 0 ? "All pools fit" : "The pools that are known fit")}:* at the busiest moment they take {budget.Most} of {budget.Capacity} slots; {budget.Budget} is the most they should (85 % less what monitors, jobs and people need)."
            : (Mrkdwn)$"*The pools don't fit:* at the busiest moment they take {budget.Most} of {budget.Capacity} slots; {budget.Budget} is the most they should (85 % less what monitors, jobs and people need).";
        return [sum, .. budget.Services.Take(ServicesAtMost).Select(Service), .. Unknown(budget), .. Gaps(advice)];
    }

    private static Mrkdwn Service(ServicePools service)
    {
        var pods = service.Peak == service.Replicas ? (Mrkdwn)$"{Spoken.Counted(service.Replicas, "pod", "pods")}" : (Mrkdwn)$"{Spoken.Counted(service.Peak, "pod", "pods")} at the busiest moment ({service.Replicas} now; autoscaler and rollout start more)";
        var processes = service.Processes == 1 ? Mrkdwn.Empty : (Mrkdwn)$" x {service.Processes} processes";
        var advice = service.Fitting == service.Size
            ? (Mrkdwn)$"stays."
            : (Mrkdwn)$"*{service.Fitting} would fit* ({service.Peak * service.Processes * service.Fitting}).";
        return $"• *{service.Service}*: {pods}{processes} x pool of {service.Size} = {service.Most}; {advice}";
    }

    private static IEnumerable<Mrkdwn> Gaps(PoolSizeAdvice advice) => advice.Gaps.Take(GapsAtMost).Select(gap => (Mrkdwn)$":warning: {VerdictView.Of(gap)}");

    private static IEnumerable<Mrkdwn> Unknown(PoolBudget budget) => budget.Unknown.Count == 0
        ? []
        : [$":warning: Not in the sum, because nobody knows the size of their pools: {string.Join(", ", budget.Unknown)}."];
}
