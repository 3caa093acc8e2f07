using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>One piece of work to whoever does it; its result comes back as a command, in the transaction that ends the work.</summary>
internal sealed class WorkRunner(
    IncidentStore store,
    IncidentLog log,
    Dispatcher dispatcher,
    FactsReader facts,
    Pages pages,
    TargetReports targets,
    TemporaryPlans temporary,
    PageStepReports pageSteps,
    StepRunner steps,
    RolloutWatch rollouts,
    SlackOutbox outbox,
    FileOutbox files)
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
            case ShareFile share:
                await files.ShareAsync(share, incident, item, cancellationToken);
                break;
            case ShareReport:
                await files.ShareReportAsync(incident, item, cancellationToken);
                break;
            case RunStep step:
                await steps.RunAsync(step, incident, item, cancellationToken);
                break;
            case EndPlanInTime end:
                await ReportAsync(new Report(new ExpirePlan(end.Plan)), incident, item, cancellationToken);
                break;
            case OfferUndoInTime offer:
                await ReportAsync(new Report(new OfferUndo(offer.Plan)), incident, item, cancellationToken);
                break;
            case AwaitTurn turn:
                await AwaitAsync(turn, incident, item, cancellationToken);
                break;
            case WatchRollout watch:
                await WatchAsync(watch, incident, item, cancellationToken);
                break;
            case ProbeUsage or ProbeConsumers when !incident.IsOpen:
            case RunStepOfPage stale when !incident.Awaits(stale.Step, stale.Attempt):
                await store.WriteAsync((transaction, _) => transaction.CompleteWorkAsync(item), cancellationToken);
                break;
            case ProbeUsage:
                await ReportAsync(await targets.UsageAsync(incident, await WithinAsync(StepType.ConnectionUsage, incident, cancellationToken), cancellationToken), incident, item, cancellationToken);
                break;
            case ProbeConsumers:
                var ours = (await temporary.ReadAsync(incident, LimitAccount.StoredName, cancellationToken))?.Mitigation as LimitAccount;
                await ReportAsync(await targets.ConsumersAsync(incident, ours, await WithinAsync(StepType.ConnectionConsumers, incident, cancellationToken), cancellationToken), incident, item, cancellationToken);
                break;
            case RunStepOfPage run:
                await ReportAsync(await pageSteps.RunAsync(run, incident, cancellationToken), incident, item, cancellationToken);
                break;
            case DrawUpPlan draw:
                await ReportAsync(await pageSteps.PlanAsync(draw, incident, cancellationToken), incident, item, cancellationToken);
                break;
            default:
                throw new FormatException($"Nobody does {item.Kind}.");
        }
    }

    /// <summary>How long the page lets a question take that the incident asks again and again.</summary>
    private async Task<TimeSpan> WithinAsync(StepType type, Incident incident, CancellationToken cancellationToken)
    {
        var page = await store.ReadAsync((reader, _) => pages.OfAsync(reader, incident), cancellationToken);
        return page?.Steps.FirstOrDefault(step => step.Binding?.Type.Name == type.Name)?.Binding?.Timeout ?? StepBinding.UsualTimeout;
    }

    /// <summary>The plan before it may take its time; whoever waits asks again until it is over, or this one has expired.</summary>
    private async Task AwaitAsync(AwaitTurn turn, Incident incident, WorkItem item, CancellationToken cancellationToken)
    {
        await dispatcher.RunAsync(
            commandId: null, incident.Id, new ReleasePlan(turn.Plan), facts.ForResult(incident.Target), (transaction, _) => transaction.EnsureHeldAsync(item), cancellationToken);
        var after = await store.ReadAsync((reader, _) => log.LoadAsync(reader, incident.Id), cancellationToken);
        if (after?.Plan is { Held: not null } plan && plan.Id == turn.Plan)
        {
            throw new TryLaterException(facts.Policy.SampleEvery, "Another plan is still being carried out on the target.");
        }

        await store.WriteAsync((transaction, _) => transaction.CompleteWorkAsync(item), cancellationToken);
    }

    /// <summary>Looks again and again, until the pods are replaced, or nobody waits for them any more.</summary>
    private async Task WatchAsync(WatchRollout watch, Incident incident, WorkItem item, CancellationToken cancellationToken)
    {
        if (incident.PastPlans is [.., { RollsOut: { } service } plan] && plan.Id == watch.Plan)
        {
            var (look, words) = await rollouts.LookAsync(incident.Target, service, cancellationToken);
            var warning = words.IsEmpty ? null : EvidenceRows.Words(incident.Id, words);
            var seen = new RecordRollout(plan.Id, look) { Warning = warning is null ? null : EvidenceRows.IdOf(warning) };
            await dispatcher.RunAsync(
                commandId: null,
                incident.Id,
                seen,
                facts.ForResult(incident.Target),
                async (transaction, _) =>
                {
                    await transaction.EnsureHeldAsync(item);
                    if (warning is not null && (await log.LoadAsync(transaction, incident.Id))?.Rollout?.Warning == seen.Warning)
                    {
                        await transaction.AddEvidenceAsync(warning with { At = transaction.Now }); // what says nothing new isn't kept
                    }
                },
                cancellationToken);
        }

        var isOver = await store.WriteAsync(
            async (transaction, _) =>
            {
                var after = await log.LoadAsync(transaction, incident.Id);
                if (after?.AwaitsRollout(transaction.Now) is true && after.PastPlans[^1].Id == watch.Plan)
                {
                    return false;
                }

                await transaction.CompleteWorkAsync(item);
                return true;
            },
            cancellationToken);
        if (!isOver)
        {
            throw new TryLaterException(facts.Policy.SampleEvery, "The pods are still being replaced.");
        }
    }

    private Task<Answer> ReportAsync(Report report, Incident incident, WorkItem item, CancellationToken cancellationToken) => dispatcher.RunAsync(
        commandId: null,
        incident.Id,
        report.Command,
        facts.ForResult(incident.Target),
        async (transaction, _) =>
        {
            foreach (var evidence in report.Evidence)
            {
                await transaction.AddEvidenceAsync(evidence with { At = transaction.Now });
            }

            await transaction.CompleteWorkAsync(item);
        },
        cancellationToken);
}

/// <summary>What a worker found out.</summary>
/// <param name="Evidence">What the command refers to.</param>
internal sealed record Report(IncidentCommand Command, IReadOnlyList<EvidenceRow> Evidence)
{
    public Report(IncidentCommand command)
        : this(command, [])
    {
    }
}
