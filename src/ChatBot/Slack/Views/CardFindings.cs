using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Runbooks;
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
        if (incident is not { State: IncidentState.Deciding, Plan: null })
        {
            return Mrkdwn.Empty;
        }

        if (incident.Measures && OverRule.WhyNot(incident, context.Policy) is null)
        {
            return $"There is room. If nothing leaks any more, resolve it.";
        }

        var planned = incident.Steps.Where(step => !step.IsClosed && step.Step.Mitigation is not null).ToArray();
        var offers = planned
            .Where(step => context.Suggests(incident, step))
            .Select(step => context.OfferOf(incident, step))
            .OfType<MitigationOffer>()
            .Where(offer => !offer.IsMissing)
            .ToArray();
        if (offers.FirstOrDefault(offer => offer.IsPossible) is not { } first)
        {
            return planned.Length == 0 ? $"This page has nothing left that I could change: go through its steps in the thread."
                : offers is [{ } only, ..] ? only.Words
                : $"What I could change would bring nothing here, or do harm: the steps in the thread say why.";
        }

        return context.Target switch
        {
            { Mode: TargetMode.Observe } => $"I only observe this target (Mode: Observe). By hand: {first.Words}",
            { HasApprovers: false } => $"Nobody is configured to approve changes here, so I make none. By hand: {first.Words}",
            _ => $"*Next:* {first.Words}",
        };
    }

    /// <summary>What the page knows against it, part by part; empty unless a mitigation can be chosen now.</summary>
    public static Mrkdwn Mitigations(Incident incident, ViewContext context)
    {
        if (incident is not { State: IncidentState.Deciding, Plan: null })
        {
            return Mrkdwn.Empty;
        }

        var parts = new[] { RunbookPhase.Immediate, RunbookPhase.ShortTerm, RunbookPhase.LongTerm }
            .Select(phase => Group(incident, phase, context))
            .Where(part => part.Length > 0);
        return Mrkdwn.Join($"\n", parts);
    }

    /// <summary>More steps than these are counted only.</summary>
    private const int Named = 4;

    /// <summary>A title that is longer is cut: the thread has all of it.</summary>
    private const int LongestTitle = 50;

    private static Mrkdwn Group(Incident incident, RunbookPhase phase, ViewContext context)
    {
        var open = incident.Steps.Where(step => step.Step.Phase == phase && !step.IsClosed).ToArray();
        if (open.Length == 0)
        {
            return Mrkdwn.Empty;
        }

        var names = open.Take(Named).Select(step => (Mrkdwn)$"{Cut.To(LongestTitle, context.NameOf(step.Id))}");
        var more = open.Length > Named ? (Mrkdwn)$" · {open.Length - Named} more" : Mrkdwn.Empty;
        return $"*{StepListView.NameOf(phase)}:* {Mrkdwn.Join($" · ", names)}{more}";
    }
}
