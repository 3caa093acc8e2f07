using ChatBot.Incidents;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>One piece of work to whoever does it; its result comes back as a command, in the transaction that ends the work.</summary>
internal sealed class WorkRunner(
    IncidentStore store,
    IncidentLog log,
    Dispatcher dispatcher,
    FactsReader facts,
    TargetReports targets,
    StepRunner steps,
    SlackOutbox outbox)
{
    public async Task RunAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (item.Kind == TellPerson.Kind)
        {
            await outbox.TellAsync(StoredJson.Read<TellPerson>(item.Body, $"Work {item.Seq}"), item, cancellationToken);
            return;
        }

        var effect = EffectCodec.Read(item.Kind, item.Body) ?? throw new FormatException($"Work {item.Kind} needs a newer version of the bot.");
        var id = new IncidentId(Guid.ParseExact(item.IncidentId ?? "", "N"));
        var incident = await store.ReadAsync((reader, _) => log.LoadAsync(reader, id), cancellationToken)
            ?? throw new FormatException($"Work {item.Kind} belongs to an incident that isn't there.");

        switch (effect)
        {
            case Show show:
                await outbox.ShowAsync(show, incident, item, cancellationToken);
                break;
            case RunStep step:
                await steps.RunAsync(step, incident, item, cancellationToken);
                break;
            case EndPlanInTime end:
                await ReportAsync(new Report(new ExpirePlan(end.Plan)), incident, item, cancellationToken);
                break;
            case ProbeUsage or ProbeConsumers when !incident.IsOpen:
                await store.WriteAsync((transaction, _) => transaction.CompleteWorkAsync(item), cancellationToken);
                break;
            case ProbeUsage:
                await ReportAsync(await targets.UsageAsync(incident.Target, cancellationToken), incident, item, cancellationToken);
                break;
            case ProbeConsumers:
                await ReportAsync(await targets.ConsumersAsync(incident.Id, incident.Target, cancellationToken), incident, item, cancellationToken);
                break;
            case DrawUpPlan draw:
                await ReportAsync(await targets.PlanAsync(draw, incident.Target, cancellationToken), incident, item, cancellationToken);
                break;
            default:
                throw new FormatException($"Nobody does {item.Kind}.");
        }
    }

    private Task<Answer> ReportAsync(Report report, Incident incident, WorkItem item, CancellationToken cancellationToken) => dispatcher.RunAsync(
        commandId: null,
        incident.Id,
        report.Command,
        facts.ForResult(incident.Target),
        async (transaction, _) =>
        {
            if (report.Evidence is { } evidence)
            {
                await transaction.AddEvidenceAsync(evidence with { At = transaction.Now });
            }

            await transaction.CompleteWorkAsync(item);
        },
        cancellationToken);
}

/// <summary>What a worker found out.</summary>
/// <param name="Evidence">What the command refers to; null when it refers to nothing.</param>
internal sealed record Report(IncidentCommand Command, EvidenceRow? Evidence = null);
