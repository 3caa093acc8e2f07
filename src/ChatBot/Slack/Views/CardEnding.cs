using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>The last words of a card: who ended it, how long it took, what was changed and who wanted that.</summary>
internal static class CardEnding
{
    /// <param name="words">What the person said who stopped it; null when nothing.</param>
    public static Mrkdwn Of(Incident incident, ForeignText? words, ViewContext context)
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
        var left = incident.Steps.Count(step => step is { IsFollowUp: true, Step.Phase: RunbookPhase.LongTerm });
        var followUps = left > 0 ? (Mrkdwn)$"\nLeft to do: {left} long-term {(left == 1 ? "step" : "steps")}; /runbook followups lists them." : Mrkdwn.Empty;
        var undo = TemporaryView.Of(incident, context) is { Length: > 0 } toUndo ? (Mrkdwn)$"\n:warning: {toUndo} /runbook followups reminds of it." : Mrkdwn.Empty;
        return $"{ended}{slots}{(slots.Length > 0 ? "." : "")}\n{Changes(incident, context)}{undo}{followUps}";
    }

    private static Mrkdwn Changes(Incident incident, ViewContext context)
    {
        var plans = incident.Plan is { Stage: PlanStage.Running } running ? incident.PastPlans.Add(running) : incident.PastPlans;
        List<Mrkdwn> parts = [];
        foreach (var kind in plans.Where(plan => plan.Stage is PlanStage.Running or PlanStage.Finished).GroupBy(plan => plan.Mitigation))
        {
            var view = context.ViewOf(kind.Key);
            var steps = kind.SelectMany(plan => plan.Steps).ToArray();
            var done = steps.Count(step => step.Result?.Outcome is Outcome.Applied);
            var unclear = steps.Count(step => step.Result?.Outcome is Outcome.Ambiguous);
            var underWay = steps.Count(step => step is { Intended: true, Result: null });
            if (done > 0)
            {
                var carriedOut = kind.Where(plan => plan.Steps.Any(step => step.Result?.Outcome is Outcome.Applied)).ToArray();
                var asked = People(carriedOut.Select(plan => plan.RequestedBy));
                var approved = People(carriedOut.SelectMany(plan => plan.Approvals).Select(given => given.By));
                parts.Add($"Changes by me: {view?.Done(done) ?? $"{done} of {kind.Key}"} (asked by {asked}, approved by {approved}).");
            }

            if (underWay > 0)
            {
                parts.Add($"{view?.Count(underWay) ?? kind.Key} under way; the plan's message will say what became of it.");
            }

            if (unclear > 0)
            {
                parts.Add($":warning: {view?.Count(unclear) ?? kind.Key} gave no answer: look by hand.");
            }
        }

        return parts.Count == 0 ? (Mrkdwn)$"I changed nothing." : Mrkdwn.Join($" ", parts);
    }

    private static Mrkdwn People(IEnumerable<Person> people) =>
        Mrkdwn.Join($", ", people.Distinct().Select(person => Mrkdwn.User(person.User)));
}
