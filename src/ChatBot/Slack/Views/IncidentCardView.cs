using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>The one card of an incident: the number that matters first, then what it means, then what can be done.</summary>
internal static class IncidentCardView
{
    /// <param name="consumers">Null while unknown, or erased.</param>
    /// <param name="words">What the person said who stopped the incident; null when nothing.</param>
    public static SlackMessage Render(Incident incident, ConnectionConsumers? consumers, ForeignText? words, ViewContext context)
    {
        var headline = Headline(incident, context);
        List<Block> blocks = [new SectionBlock($"*{headline}*")];
        blocks.AddRange(Paragraphs(incident, consumers, words, context)
            .Where(paragraph => paragraph.Length > 0)
            .Select(paragraph => new SectionBlock(paragraph)));

        if (CardButtons.Of(incident, context) is { Count: > 0 } buttons)
        {
            blocks.Add(new ActionsBlock(buttons));
        }

        blocks.Add(new ContextBlock(Footer(incident)));
        return new SlackMessage(headline, blocks);
    }

    private static Mrkdwn Headline(Incident incident, ViewContext context)
    {
        Mrkdwn name = $"{incident.Target}, {incident.Environment}";
        return incident.State switch
        {
            IncidentState.Resolved => $"Resolved: {name}: {Numbers(incident, context)}",
            IncidentState.Aborted => $"Stopped: {name}: {Numbers(incident, context)}",
            _ => $"{name}: {Numbers(incident, context)}",
        };
    }

    private static Mrkdwn Numbers(Incident incident, ViewContext context)
    {
        if (incident.Latest is not { Usage: var usage })
        {
            return incident.UsageMissing is null ? (Mrkdwn)$"measuring" : $"no answer";
        }

        Mrkdwn slots = $"{usage.Used} of {usage.Capacity} slots";
        if (!incident.IsOpen)
        {
            return slots;
        }

        var trend = incident.State is IncidentState.Executing ? new UsageTrend(null, null) : incident.Trend;
        return (usage, trend) switch
        {
            ({ Free: 0 }, _) => $"{slots}, FULL",
            ({ RefusedLogins: > 0 }, _) => $"{slots}, and my own login was refused: FULL",
            (_, { PerMinute: > 0 and var rate, FullIn: { } full }) => $"{slots}, {Spoken.Rate(rate)}, full in {Spoken.About(full)}",
            (_, { PerMinute: < 0 and var rate }) when usage.Ratio >= context.Policy.ReliefBelow => $"{slots}, {Spoken.Rate(rate)}",
            (_, { PerMinute: 0 }) => $"{slots}, steady",
            _ => slots,
        };
    }

    private static IEnumerable<Mrkdwn> Paragraphs(Incident incident, ConnectionConsumers? consumers, ForeignText? words, ViewContext context)
    {
        yield return Situation(incident, words, context);
        yield return Missing(incident);
        yield return LastPlan(incident);

        if (incident.State is IncidentState.Deciding or IncidentState.AwaitingApproval or IncidentState.Stabilized or IncidentState.Diagnosing)
        {
            yield return Holder(consumers);
        }

        if (incident.State is IncidentState.Deciding)
        {
            yield return Offer(incident, context);
        }
    }

    private static Mrkdwn Situation(Incident incident, ForeignText? words, ViewContext context)
    {
        var policy = context.Policy;
        return incident switch
        {
            { State: IncidentState.Opened or IncidentState.Diagnosing } =>
                $"Diagnosis {(incident.Samples.IsEmpty ? 0 : 1) + (incident.ConsumersPending ? 0 : 1)} of 2: usage, then who holds the connections.",
            { State: IncidentState.AwaitingApproval, Plan: { } plan } =>
                $"Waiting for {Approvers.Of(context.Approvers, mention: false)} to approve plan `{plan.Digest}` of {Mrkdwn.User(plan.RequestedBy.User)}, until {At(plan.ExpiresAt)}. Numbers stay live.",
            { State: IncidentState.Executing, Plan: { } plan } =>
                $"Running plan `{plan.Digest}`: {plan.Steps.Count(step => step.Result is not null)} of {plan.Steps.Length} done.",
            { State: IncidentState.Verifying } =>
                $"Done; measuring whether it stays below {policy.ReliefBelow:0 %} for {Spoken.Duration(policy.ReliefAfter)}.",
            { State: IncidentState.Stabilized, WatchHeld: true } =>
                $"*Relieved*, and it held for {Spoken.Duration(policy.WatchFor)}. If the cause is gone, resolve it.",
            { State: IncidentState.Stabilized } =>
                $"*Relieved.* Watching {Spoken.Duration(policy.WatchFor)} for a refill.",
            { State: IncidentState.Resolved, End: { } end } =>
                $"Resolved by {Mrkdwn.User(end.By.User)} after {Spoken.Duration(end.At - incident.OpenedAt)}. {Summary(incident)}",
            { State: IncidentState.Aborted, End: { } end } when words is { IsEmpty: false } said =>
                $"Stopped by {Mrkdwn.User(end.By.User)}, who takes over: \"{said.Value}\". {Summary(incident)}",
            { State: IncidentState.Aborted, End: { } end } =>
                $"Stopped by {Mrkdwn.User(end.By.User)}, who takes over. {Summary(incident)}",
            _ => Mrkdwn.Empty,
        };
    }

    private static Mrkdwn Summary(Incident incident)
    {
        var ended = incident.PastPlans.Sum(plan => plan.Steps.Count(step => step.Result?.Outcome is Outcome.Applied));
        return ended == 0 ? (Mrkdwn)$"I changed nothing." : $"Changes by me: {Spoken.Sessions(ended)} ended.";
    }

    private static Mrkdwn Missing(Incident incident)
    {
        if (!incident.IsOpen)
        {
            return Mrkdwn.Empty;
        }

        return (incident.UsageMissing, incident.ConsumersMissing) switch
        {
            ({ } usage, _) => $":warning: No measurement since {At(usage.Since)}: {usage.Reason} I keep trying.",
            (null, { } consumers) => $":warning: Unknown who holds the connections: {consumers.Reason}",
            _ => Mrkdwn.Empty,
        };
    }

    /// <summary>What became of the latest plan: it stays on the card until the next one.</summary>
    private static Mrkdwn LastPlan(Incident incident)
    {
        if (incident.Plan is { Stage: PlanStage.DrawnUp } drawn)
        {
            return $"{Mrkdwn.User(drawn.RequestedBy.User)} asks for a plan; reading the sessions.";
        }

        if (incident.Plan is not null || incident.PastPlans is not [.., var last])
        {
            return Mrkdwn.Empty;
        }

        return (last.Stage, last.Withdrawn) switch
        {
            (PlanStage.Finished, _) => $"{PlanView.Outcomes(last)} {BeforeAndAfter(incident)}",
            (_, WithdrawnBecause.NotPossible) => $"No plan: {last.Problem}",
            (_, WithdrawnBecause.Rejected) => $"Plan `{last.Digest}` was rejected by {Mrkdwn.User(last.WithdrawnBy!.User)}. It can be asked for again.",
            (_, WithdrawnBecause.Cancelled) => $"Plan `{last.Digest}` was withdrawn by {Mrkdwn.User(last.WithdrawnBy!.User)}.",
            (_, WithdrawnBecause.Overtaken) => $"Plan `{last.Digest}` was withdrawn: the target was relieved without it.",
            (_, WithdrawnBecause.Expired) => $":warning: Plan `{last.Digest}` expired: nobody approved it in time, and nothing was done. {Mrkdwn.User(last.RequestedBy.User)}, ask again or call somebody.",
            _ => Mrkdwn.Empty,
        };
    }

    private static Mrkdwn BeforeAndAfter(Incident incident) => (incident.Before, incident.Relieved ?? incident.Latest) switch
    {
        ({ } before, { } after) when after.At > before.At => $"{before.Usage.Used} -> {after.Usage.Used} of {after.Usage.Capacity} slots.",
        _ => Mrkdwn.Empty,
    };

    private static Mrkdwn Holder(ConnectionConsumers? consumers)
    {
        if (consumers is null || IdleHoldersRule.Examine(consumers) is not { } holder)
        {
            return Mrkdwn.Empty;
        }

        var name = holder.Application.IsEmpty ? (Mrkdwn)$"User {holder.User.Value}" : $"{holder.Application.Value}";
        var oldest = holder.OldestIdle is { } age ? (Mrkdwn)$", the longest for {Spoken.Duration(age)}" : Mrkdwn.Empty;
        var inTransaction = holder.IdleInTransaction > 0 ? (Mrkdwn)$"; {holder.IdleInTransaction} idle in a transaction" : Mrkdwn.Empty;
        return $"*{name} holds {holder.Count} of {consumers.Sessions}*: {holder.LongIdle} idle longer than {Spoken.Duration(consumers.IdleFor)}{oldest}{inTransaction}. All holders in the thread.";
    }

    private static Mrkdwn Offer(Incident incident, ViewContext context)
    {
        if (incident.Consumers is not { } known)
        {
            return Mrkdwn.Empty;
        }

        if (known.Endable == 0)
        {
            return $"No session is idle longer than {Spoken.Duration(context.Policy.IdleFor)}, so ending idle ones would free nothing.";
        }

        Mrkdwn offer = $"End {Spoken.Sessions(Math.Min(known.Endable, context.Policy.MaxSessions))}, longest idle first: frees that many slots, loses no work, and does not heal what leaks.";
        return context.Target switch
        {
            { Mode: TargetMode.Observe } => $"I only observe this target (Mode: Observe). I would offer: {offer}",
            { HasApprovers: false } => $"Nobody is configured to approve changes here, so I make none. By hand: {offer}",
            _ => offer,
        };
    }

    private static Mrkdwn Footer(Incident incident)
    {
        Mrkdwn opened = $"Opened by {Mrkdwn.User(incident.OpenedBy.User)} {At(incident.OpenedAt)}";
        return incident.Latest is { } latest ? $"{opened} · measured {At(latest.At)}" : opened;
    }

    private static Mrkdwn At(DateTimeOffset at) => Mrkdwn.Date(at, "{time_secs}", at.ToString("HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture));
}
