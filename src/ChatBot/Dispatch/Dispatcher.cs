using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>One command, one decision, one transaction: its answer, the new events, the work they cause and the read model.</summary>
internal sealed class Dispatcher(IncidentStore store, IncidentLog log)
{
    /// <param name="commandId">
    /// Derived from the delivery, so that a repeat finds its answer; null for a worker's result, which its lease makes unique.
    /// </param>
    /// <param name="also">What else belongs into the same transaction: marking the delivery or the work as done.</param>
    /// <exception cref="LeaseLostException">Another worker has the work: nothing was stored.</exception>
    public async Task<Answer> RunAsync(
        string? commandId,
        IncidentId id,
        IncidentCommand command,
        Facts facts,
        Func<StoreTransaction, Answer, Task> also,
        CancellationToken cancellationToken)
    {
        try
        {
            var (answer, after) = await store.WriteAsync<(Answer, Incident?)>(
                async (transaction, _) =>
                {
                    if (commandId is not null && await transaction.FindAnswerAsync(commandId) is { } answered)
                    {
                        var same = Answer.FromJson(answered);
                        await also(transaction, same);
                        return (same, null);
                    }

                    var (answer, after) = await DecideAsync(transaction, id, command, facts);
                    if (commandId is not null)
                    {
                        await transaction.AddCommandAsync(commandId, after is null ? null : id.ToString(), CommandNames.Of(command), answer.ToJson());
                    }

                    await also(transaction, answer);
                    return (answer, after);
                },
                cancellationToken);

            if (after is not null)
            {
                log.Keep(after);
            }

            return answer;
        }
        catch
        {
            log.Forget(id);
            throw;
        }
    }

    private async Task<(Answer Answer, Incident? After)> DecideAsync(
        StoreTransaction transaction,
        IncidentId id,
        IncidentCommand command,
        Facts facts)
    {
        // A second start on a target doesn't open a second incident: it comes to the first.
        if (command is OpenIncident open && await transaction.FindOpenIncidentAsync(open.Target) is { } other && other.Id != id.ToString())
        {
            (id, command) = (new IncidentId(Guid.ParseExact(other.Id, "N")), new JoinIncident(open.By, open.Channel));
        }

        var row = await transaction.LockIncidentAsync(id.ToString());
        var incident = await log.LoadAsync(transaction, id);
        if (command is ApprovePlan or ReleasePlan && incident is not null)
        {
            facts = facts with { BeingChanged = await ChangeUnderWayAsync(transaction, incident.Target) };
        }

        return IncidentDecider.Decide(incident, command, facts, transaction.Now) switch
        {
            Decision.Refused refused => (new Answer(refused.Reason), incident),
            Decision.Accepted { Events: [], Note: var note } => (Answer.Accepted with { Note = note }, incident),
            Decision.Accepted accepted => (
                Answer.Accepted with { Note = accepted.Note },
                await StoreAsync(transaction, id, incident, accepted, facts.Policy, row)),
            _ => throw new InvalidOperationException("A decision is accepted or refused."),
        };
    }

    private async Task<ChangeUnderWay?> ChangeUnderWayAsync(StoreTransaction transaction, string target)
    {
        if (await transaction.FindUnfinishedExecutionAsync(target) is not { } execution
            || await transaction.ReadPlanAsync(execution.PlanId) is not { } plan)
        {
            return null;
        }

        var holder = await log.LoadAsync(transaction, new IncidentId(Guid.ParseExact(plan.IncidentId, "N")));
        var id = new PlanId(Guid.ParseExact(execution.PlanId, "N"));
        return holder?.FindPlan(id) is { } progress ? new ChangeUnderWay(id, progress.RequestedBy) : null;
    }

    private static async Task<Incident> StoreAsync(
        StoreTransaction transaction,
        IncidentId id,
        Incident? before,
        Decision.Accepted decision,
        Policy policy,
        IncidentRow? row)
    {
        var after = decision.Events.Aggregate(before, Incident.Evolve)!;

        // The row first: it holds the one-open-incident-per-target rule.
        await transaction.SaveIncidentAsync(new IncidentRow(
            id.ToString(),
            after.Target,
            after.State.ToString(),
            after.IsOpen,
            after.Version,
            after.Channel,
            row?.OpenedAt ?? after.OpenedAt,
            transaction.Now));
        await transaction.AppendAsync(id.ToString(), before?.Version ?? 0, [.. decision.Events.Select(EventCodec.Write)]);

        if (decision.Plan is { } plan)
        {
            var bytes = plan.ToBytes();
            await transaction.AddPlanAsync(new PlanRow(
                plan.Id.ToString(), id.ToString(), bytes, Convert.FromHexString(Plan.HashOf(bytes)), plan.ExpiresAt));
        }

        var incident = before;
        foreach (var happened in decision.Events)
        {
            incident = Incident.Evolve(incident, happened);
            await Guards.StoreAsync(transaction, happened, incident);
            foreach (var effect in Effects.Of(happened, incident, policy))
            {
                await transaction.AddWorkAsync(WorkFor(effect, incident, transaction.Now));
            }
        }

        return after;
    }

    private static NewWork WorkFor(Effect effect, Incident incident, DateTimeOffset now) => new(
        EffectCodec.NameOf(effect),
        incident.Id.ToString(),
        effect switch
        {
            Show { Part: IncidentPart.Card or IncidentPart.Plan } => Lanes.Slack(incident.Channel),
            Show or ShareFile or ShareReport => Lanes.Thread(incident.Id),
            _ => null,
        },
        effect switch
        {
            // One chain of measurements per incident, and one drawing of each part at a time.
            ProbeUsage => $"usage:{incident.Id}",
            ProbeConsumers => $"consumers:{incident.Id}",
            Show show => Slots.MergeKey(incident.Id, Slots.Of(show)),
            _ => null,
        },
        EffectCodec.Write(effect),
        effect.Due ?? now);
}
