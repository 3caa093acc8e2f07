using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
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
        blocks.AddRange(CardSituation.Queue(incident, context));

        if (CardButtons.Of(incident, context) is { Count: > 0 } buttons)
        {
            blocks.Add(new ActionsBlock(buttons));
        }

        blocks.Add(new ContextBlock(Footer(incident)));
        return new SlackMessage(headline, blocks);
    }

    private static IEnumerable<Mrkdwn> Paragraphs(Incident incident, ConnectionConsumers? consumers, ForeignText? words, ViewContext context)
    {
        if (!incident.IsOpen)
        {
            yield return CardEnding.Of(incident, words, context);
            yield break;
        }

        yield return CardSituation.Of(incident, context);
        yield return CardSituation.Server(incident);
        yield return CardFindings.Missing(incident);
        yield return CardSituation.LastPlan(incident, context);
        yield return TemporaryView.Of(incident, context);
        if (incident.State is IncidentState.Diagnosing or IncidentState.Deciding or IncidentState.AwaitingApproval or IncidentState.Stabilized)
        {
            var verdict = context.Diagnosis?.Verdict;
            yield return verdict is null ? Mrkdwn.Empty : VerdictView.Summary(verdict, LastSeen(incident));
            if (verdict is null or { Culprit.IsEmpty: true })
            {
                yield return CardFindings.Holder(consumers); // the verdict names nobody
            }

            yield return context.Diagnosis?.Services?.Words is [var largest, ..] ? VerdictView.Of(largest) : Mrkdwn.Empty;
            yield return VerdictView.Advice(verdict, incident);
        }

        yield return CardFindings.Offer(incident, context);
        yield return CardFindings.Mitigations(incident, context);
    }

    /// <summary>When the cause was judged, if nobody could look since; null while it is fresh.</summary>
    private static DateTimeOffset? LastSeen(Incident incident) =>
        incident.Diagnosis is { } known && (incident.UsageMissing?.Since > known.At || incident.ConsumersMissing?.Since > known.At) ? known.At : null;

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
        if (!incident.Measures && incident.Latest is null)
        {
            return $"not measured";
        }

        if (incident.Latest is not { Usage: var usage })
        {
            return incident.UsageMissing is { } silence ? Unanswered(silence) : incident.IsOpen ? (Mrkdwn)$"measuring" : $"no answer";
        }

        Mrkdwn slots = $"{Spoken.Slots(usage)}";
        if (incident.UsageMissing is { } missing)
        {
            return $"{Unanswered(missing)}, last {slots}";
        }

        if (!incident.IsOpen)
        {
            return slots;
        }

        // While sessions are being ended, a trend would say what was, not what is.
        var trend = incident.State is IncidentState.Executing ? new UsageTrend(null, null) : incident.Trend;
        return (usage, trend) switch
        {
            ({ Free: 0, IsUpperBound: false }, _) => $"{slots}, FULL",
            ({ RefusedLogins: > 0 }, _) => $"{slots}, and my own login was refused: FULL",
            (_, { PerMinute: > 0 and var rate, FullIn: { } full }) => $"{slots}, {Spoken.Rate(rate)}, full in {Spoken.About(full)}",
            (_, { PerMinute: < 0 and var rate }) when usage.Ratio >= context.Policy.ReliefBelow => $"{slots}, {Spoken.Rate(rate)}",
            (_, { PerMinute: 0 }) => $"{slots}, steady",
            _ => slots,
        };
    }

    // The refusal is the answer, and the proof.
    private static Mrkdwn Unanswered(MissingAnswer missing) => missing.RefusedLogins > 0
        ? (Mrkdwn)$"FULL: it refused my login {Spoken.Times(missing.RefusedLogins)}"
        : $"no answer";

    private static Mrkdwn Footer(Incident incident)
    {
        var lead = incident.IsOpen ? (Mrkdwn)$"Led by {Mrkdwn.User(incident.Lead.User)} · " : Mrkdwn.Empty;
        Mrkdwn opened = $"{lead}Opened by {Mrkdwn.User(incident.OpenedBy.User)} {Moment.Of(incident.OpenedAt)}";
        return incident.Latest is { } latest ? $"{opened} · measured {Moment.Of(latest.At)}" : opened;
    }
}
