using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>The parts of an incident as messages, for Slack and for the terminal: the same state gives the same words and buttons.</summary>
internal sealed class IncidentDrawing(IncidentStore store, FactsReader facts)
{
    /// <summary>What can be drawn of the incident as it is now, in the order one reads it.</summary>
    public static IEnumerable<Show> PartsOf(Incident incident)
    {
        yield return new Show(IncidentPart.Card);
        yield return new Show(IncidentPart.Consumers);

        // A plan that is still being drawn up has no bytes to be shown.
        foreach (var plan in incident.PastPlans.Append(incident.Plan).OfType<PlanProgress>().Where(plan => plan.Hash.Length > 0))
        {
            yield return new Show(IncidentPart.Plan, plan.Id);
        }
    }

    /// <summary>Null when there is nothing to draw.</summary>
    public async Task<SlackMessage?> DrawAsync(Show show, Incident incident, CancellationToken cancellationToken)
    {
        var (consumers, words, bytes) = await store.ReadAsync(
            async (reader, _) =>
            {
                var known = incident.Consumers is { } consumers ? await reader.ReadEvidenceAsync(consumers.Evidence.ToString()) : null;
                var said = incident.End?.Reason is { } reason ? await reader.ReadEvidenceAsync(reason.ToString()) : null;
                var plan = show.Plan is { } id ? await reader.ReadPlanAsync(id.ToString()) : null;
                return (EvidenceRows.ReadConsumers(known), EvidenceRows.ReadWords(said), plan?.Bytes);
            },
            cancellationToken);
        var target = facts.FindTarget(incident.Target);
        var context = new ViewContext(facts.Policy, facts.ForResult(incident.Target).Target, target?.Approvers ?? []);

        return show.Part switch
        {
            IncidentPart.Card => IncidentCardView.Render(incident, consumers, words, context),
            IncidentPart.Consumers => ConsumersView.Render(incident, consumers),
            IncidentPart.Plan when bytes is { } stored && incident.FindPlan(show.Plan!.Value) is { } progress =>
                PlanView.Render(Plan.FromBytes(stored), progress, incident, context),
            _ => null,
        };
    }
}
