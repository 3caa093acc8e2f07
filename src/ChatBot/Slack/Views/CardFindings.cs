using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>What the diagnosis found, what it couldn't learn, and what it offers.</summary>
internal static class CardFindings
{
    public static Mrkdwn Missing(Incident incident) => (incident.UsageMissing, incident.ConsumersMissing) switch
    {
        ({ } usage, _) => $":warning: No measurement since {Moment.Of(usage.Since)}: {usage.Reason} I keep trying.",
        (null, { } consumers) => $":warning: Unknown who holds the connections: {consumers.Reason}",
        _ => Mrkdwn.Empty,
    };

    /// <summary>The largest holder, by name.</summary>
    /// <param name="consumers">Null while unknown, or erased.</param>
    public static Mrkdwn Holder(ConnectionConsumers? consumers)
    {
        if (consumers is null)
        {
            return Mrkdwn.Empty;
        }

        if (IdleHoldersRule.Examine(consumers) is not { } holder)
        {
            return consumers.Sessions == 0 ? (Mrkdwn)$"Nobody else is connected." : $"No single holder stands out. All holders in the thread.";
        }

        var name = holder.Application.IsEmpty ? (Mrkdwn)$"User {Verbatim.Of(holder.User)}" : Verbatim.Of(holder.Application);
        var oldest = holder.OldestIdle is { } age ? (Mrkdwn)$", the longest for {Spoken.Duration(age)}" : Mrkdwn.Empty;
        var inTransaction = holder.IdleInTransaction > 0 ? (Mrkdwn)$"; {holder.IdleInTransaction} idle in a transaction" : Mrkdwn.Empty;
        return $"*{name} holds {holder.Count} of {consumers.Sessions}*: {holder.LongIdle} idle longer than {Spoken.Duration(consumers.IdleFor)}{oldest}{inTransaction}. All holders in the thread.";
    }

    /// <summary>Empty unless a mitigation can be chosen now.</summary>
    public static Mrkdwn Offer(Incident incident, ViewContext context)
    {
        if (incident is not { State: IncidentState.Deciding, Plan: null, Consumers: { } known })
        {
            return Mrkdwn.Empty;
        }

        if (known.Endable == 0)
        {
            return $"No session is idle longer than {Spoken.Duration(context.Policy.IdleFor)}, so ending idle ones would free nothing.";
        }

        Mrkdwn offer = $"end {Spoken.Sessions(Math.Min(known.Endable, context.Policy.MaxSessions))}, longest idle first: frees as many slots, loses no work, doesn't heal what leaks.";
        return context.Target switch
        {
            { Mode: TargetMode.Observe } => $"I only observe this target (Mode: Observe). By hand: {offer}",
            { HasApprovers: false } => $"Nobody is configured to approve changes here, so I make none. By hand: {offer}",
            _ => $"*Next:* {offer}",
        };
    }
}
