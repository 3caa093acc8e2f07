using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using ChatBot.Steps;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>Draws any part of an incident from its state and what the store keeps beside it.</summary>
internal sealed class IncidentDrawing(IncidentStore store, FactsReader facts, Pages pages, TemporaryPlans temporary, StepCatalogue steps)
{
    /// <summary>What there is to see of the incident now, in the order in which one reads it.</summary>
    public static IEnumerable<Show> PartsOf(Incident incident)
    {
        yield return new Show(IncidentPart.Card);
        foreach (var step in incident.Steps.Where(incident.HasMessage))
        {
            yield return new Show(IncidentPart.Step) { Step = step.Id };
        }

        foreach (var phase in Enum.GetValues<RunbookPhase>().Where(incident.HasList))
        {
            yield return new Show(IncidentPart.Steps) { Phase = phase };
        }

        foreach (var plan in incident.PastPlans.Append(incident.Plan).OfType<PlanProgress>().Where(plan => plan.Hash.Length > 0))
        {
            yield return new Show(IncidentPart.Plan, plan.Id);
        }

        foreach (var plan in incident.PastPlans.Where(plan => plan.UndoFellDueAt is not null))
        {
            yield return new Show(IncidentPart.Undo, plan.Id);
        }
    }

    /// <returns>Null when there is nothing to draw.</returns>
    public async Task<SlackMessage?> DrawAsync(Show show, Incident incident, CancellationToken cancellationToken)
    {
        var step = show.Step is { } id ? incident.FindStep(id) : null;
        var (page, consumers, judged, stopped, warned, plan, toUndo, found, note) = await store.ReadAsync(
            async (reader, _) => (
                await pages.OfAsync(reader, incident),
                incident.Consumers is { } held ? await reader.ReadEvidenceAsync(held.Evidence.ToString()) : null,
                incident.Diagnosis is { } cause && cause.Evidence != incident.Consumers?.Evidence ? await reader.ReadEvidenceAsync(cause.Evidence.ToString()) : null,
                incident.End?.Reason is { } reason ? await reader.ReadEvidenceAsync(reason.ToString()) : null,
                incident.Rollout?.Warning is { } warning && show.Part is IncidentPart.Card ? await reader.ReadEvidenceAsync(warning.ToString()) : null,
                show.Plan is { } planId ? await reader.ReadPlanAsync(planId.ToString()) : null,
                show.Part is IncidentPart.Card ? await temporary.ReadAllAsync(reader, incident) : [],
                step?.Evidence is { } evidence ? await reader.ReadEvidenceAsync(evidence.ToString()) : null,
                step?.Note is { } words ? await reader.ReadEvidenceAsync(words.ToString()) : null),
            cancellationToken);
        var known = EvidenceRows.ReadDiagnosis(consumers);
        var context = Context(incident, page) with { Diagnosis = EvidenceRows.ReadDiagnosis(judged) ?? known, Warning = EvidenceRows.ReadWords(warned) ?? default, ToUndo = [.. toUndo.Select(done => done.Mitigation)] };
        var holders = known?.Consumers;

        return show.Part switch
        {
            IncidentPart.Card => IncidentCardView.Render(incident, holders, EvidenceRows.ReadWords(stopped), context),
            IncidentPart.Step when step is not null => StepView.Render(
                incident,
                step,
                new StepWords(page?.Find(step.Id), Drawing(step, found), holders, EvidenceRows.ReadWords(note), PlaceholdersOf(incident, holders)),
                context),
            IncidentPart.Steps when show.Phase is { } phase => StepListView.Render(incident, phase, context),
            IncidentPart.Plan when plan is { Bytes: var bytes } && incident.FindPlan(show.Plan!.Value) is { } progress =>
                PlanView.Render(Plan.FromBytes(bytes, steps.Kinds), progress, incident, context),
            IncidentPart.Undo when incident.FindPlan(show.Plan!.Value) is { } overdue =>
                OverdueUndoView.Render(overdue, plan is null ? null : Plan.FromBytes(plan.Bytes, steps.Kinds).Mitigation, incident, context),
            _ => null,
        };
    }

    public ViewContext Context(Incident incident, Runbook? page) => new(
        facts.Policy,
        facts.ForResult(incident.Target).Target,
        facts.FindTarget(incident.Target)?.Approvers ?? [],
        steps.Views,
        page);

    /// <summary>What a step found, in words; null when it found nothing, or when this version can't say.</summary>
    public IReadOnlyList<Mrkdwn>? Drawing(PageStepProgress step, EvidenceRow? found) =>
        found is not null && step.Step.Type is { } type && steps.FindReading(type) is { } reading && reading.EvidenceKind == found.Kind
            ? reading.Draw(found.Body)
            : null;

    /// <summary>What fills the commands of the page for this target. A password is never among it.</summary>
    /// <param name="holders">Tells which of the configured services it is about; null while unknown.</param>
    public PlaceholderValues PlaceholdersOf(Incident incident, ConnectionConsumers? holders)
    {
        if (facts.FindTarget(incident.Target) is not { } target)
        {
            return new PlaceholderValues(null, null, null, null, null, null);
        }

        var service = ServiceOf(target, holders);
        return new PlaceholderValues(
            target.Host,
            target.Port,
            target.User,
            target.Database,
            service,
            service is null ? null : target.Services[service].Namespace);
    }

    // The one that holds most, if it is among the configured ones; else the only one there is.
    private static string? ServiceOf(TargetOptions target, ConnectionConsumers? holders) =>
        holders?.Groups.Select(group => group.Application.Value).FirstOrDefault(target.Services.ContainsKey)
        ?? (target.Services.Count == 1 ? target.Services.Keys.First() : null);
}
