using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>The last words of a card: who ended it, how long it took, what was changed and who wanted that.</summary>
internal static class CardEnding
{
    /// <param name="words">What the person said who stopped it; null when nothing.</param>
    public static Mrkdwn Of(Incident incident, ForeignText? words)
    {
        var end = incident.End!;
        var by = Mrkdwn.User(end.By.User);
        Mrkdwn ended = (incident.State, incident.Relieved) switch
        {
            (IncidentState.Resolved, { } relieved) =>
                $"Relieved after {Spoken.Duration(relieved.At - incident.OpenedAt)}, resolved by {by} after {Spoken.Duration(end.At - incident.OpenedAt)}.",
            (IncidentState.Resolved, null) => $"Resolved by {by} after {Spoken.Duration(end.At - incident.OpenedAt)}.",
            _ when words is { IsEmpty: false } said => $"Stopped by {by}, who takes over: \"{Verbatim.Of(said)}\".",
            _ => $"Stopped by {by}, who takes over.",
        };
        var slots = CardSituation.After(incident, $" ");
        return $"{ended}{slots}{(slots.Length > 0 ? "." : "")}\n{Changes(incident)}";
    }

    private static Mrkdwn Changes(Incident incident)
    {
        var plans = incident.Plan is { Stage: PlanStage.Running } running ? incident.PastPlans.Add(running) : incident.PastPlans;
        var steps = plans.Where(plan => plan.Stage is PlanStage.Running or PlanStage.Finished).SelectMany(plan => plan.Steps).ToArray();
        var ended = steps.Count(step => step.Result?.Outcome is Outcome.Applied);
        var unclear = steps.Count(step => step.Result?.Outcome is Outcome.Ambiguous);
        var underWay = steps.Count(step => step is { Intended: true, Result: null });

        List<Mrkdwn> parts = [];
        if (ended > 0)
        {
            var carriedOut = plans.Where(plan => plan.Steps.Any(step => step.Result?.Outcome is Outcome.Applied)).ToArray();
            var asked = People(carriedOut.Select(plan => plan.RequestedBy));
            parts.Add($"Changes by me: {Spoken.Sessions(ended)} ended (asked by {asked}, approved by {People(carriedOut.SelectMany(plan => plan.Approvals))}).");
        }

        if (underWay > 0)
        {
            parts.Add($"{Spoken.Sessions(underWay)} is being ended; the plan's message will say what became of it.");
        }

        if (unclear > 0)
        {
            parts.Add($":warning: {Spoken.Sessions(unclear)} gave no answer: look by hand.");
        }

        return parts.Count == 0 ? (Mrkdwn)$"I changed nothing." : Mrkdwn.Join($" ", parts);
    }

    private static Mrkdwn People(IEnumerable<Person> people) =>
        Mrkdwn.Join($", ", people.Distinct().Select(person => Mrkdwn.User(person.User)));
}
