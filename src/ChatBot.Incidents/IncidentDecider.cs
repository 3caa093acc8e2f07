using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using static ChatBot.Incidents.Mitigations.Outcome;

namespace ChatBot.Incidents;

/// <summary>Yes with facts, or no with a reason. Every change of an incident passes here, whoever or whatever asked.</summary>
public static partial class IncidentDecider
{
    /// <param name="incident">Null before it is opened.</param>
    /// <param name="now">The store's time.</param>
    public static Decision Decide(Incident? incident, IncidentCommand command, Facts facts, DateTimeOffset now)
    {
        var alone = DecideAlone(incident, command, facts, now);
        return alone is Decision.Accepted { Events.Count: > 0 } accepted
            ? accepted with { Events = [.. accepted.Events, .. WhatFollows(accepted.Events.Aggregate(incident, Incident.Evolve)!, now)] }
            : alone;
    }

    /// <summary>What is true at once because of what was decided, whatever it was.</summary>
    private static IEnumerable<IncidentEvent> WhatFollows(Incident incident, DateTimeOffset now)
    {
        // While the plan ran, another server took over.
        if (incident is { State: IncidentState.Verifying, PastPlans: [.., { IsUnmeasurable: true }] })
        {
            foreach (var afresh in Afresh(incident, now).ToArray())
            {
                yield return afresh;
                incident = Incident.Evolve(incident, afresh);
            }
        }

        // What was changed for the incident only has stayed as long as it was to; with or without its timer, that is said.
        foreach (var change in incident.FallingDue(now).ToArray())
        {
            var fell = new UndoFellDue(change.Plan) { At = now };
            yield return fell;
            incident = Incident.Evolve(incident, fell);
        }

        // What was changed for the incident only outlives it: its undo becomes the lead's, unless it is somebody's already.
        foreach (var change in incident.IsOpen ? [] : incident.Temporary)
        {
            if (change.PageStep is { } id && incident.FindStep(id) is { Owner: null })
            {
                yield return new FollowUpAssigned(id, incident.Lead, change.Due, By: null) { At = now };
            }
        }

        // Enough is known to choose, or nothing more will be.
        if (incident is { State: IncidentState.Diagnosing, IsPending: false })
        {
            var concluded = new DiagnosisConcluded { At = now };
            yield return concluded;
            incident = Incident.Evolve(incident, concluded);
        }

        // The change before it is over: the next request gets its turn, and the one after it if that has become harmful.
        while (incident is { Plan: null, Queue: [var next, ..] } && incident.Can(IncidentTrigger.Propose))
        {
            var step = incident.FindStep(next.Step)!;
            var asked = Asked(next.Plan, step, next.By, next.Anyway, next.Choice, now);
            yield return asked;
            incident = Incident.Evolve(incident, asked);
            if (!next.Anyway && incident.WhyHarmful(step) is { } harm)
            {
                var not = new MitigationNotPossible(next.Plan, $"While it waited, the diagnosis came to say that it does harm: {harm}") { At = now };
                yield return not;
                incident = Incident.Evolve(incident, not);
            }
        }
    }

    private static Decision DecideAlone(Incident? incident, IncidentCommand command, Facts facts, DateTimeOffset now)
    {
        if (command is OpenIncident open)
        {
            return Open(incident, open, facts, now);
        }

        return incident is null
            ? Decision.Refuse("I don't know this incident any more.")
            : command switch
            {
                JoinIncident join => Join(incident, join, facts, now),
                AssignIncident assign => Assign(incident, assign, facts, now),
                RunDiagnosisAgain again => RunAgain(incident, again, facts, now),
                RunPageStep run => RunStep(incident, run, facts, now),
                RecordPageStep answer => StepAnswered(incident, answer, now),
                RecordFailedPageStep failed => StepFailed(incident, failed, now),
                TakePageStepByHand take => TakeByHand(incident, take, facts, now),
                FinishPageStep finish => FinishStep(incident, finish, facts, now),
                SkipPageStep skip => SkipStep(incident, skip, facts, now),
                AssignFollowUp followUp => AssignStep(incident, followUp, facts, now),
                RecordUsage measured => Measured(incident, measured, facts.Policy, now),
                RecordMissingUsage missing => NotMeasured(incident, missing, facts.Policy, now),
                RecordConsumers known => ConsumersAnswered(incident, known.Server, new ConsumersMeasured(known.Evidence, known.Sessions, known.Endable) { At = now, Cause = known.Cause }),
                RecordMissingConsumers missing => ConsumersAnswered(incident, server: null, new ConsumersMissing(missing.Reason) { At = now, Evidence = missing.Evidence, Cause = missing.Cause }),
                AskForMitigation ask => Ask(incident, ask, facts, now),
                ProposePlan propose => Propose(incident, propose, facts, now),
                RecordImpossiblePlan impossible => NotPossible(incident, impossible, now),
                ApprovePlan approve => Approve(incident, approve, facts, now),
                ReleasePlan release => Release(incident, release, facts, now),
                RejectPlan reject => Reject(incident, reject, facts, now),
                CancelPlan cancel => Cancel(incident, cancel, now),
                ExpirePlan expire => Expire(incident, expire, now),
                BeginStep begin => Begin(incident, begin, facts, now),
                ResendStep resend => Resend(incident, resend, facts, now),
                RecordOutcome outcome => Finish(incident, outcome, facts.Policy, now),
                RecordRollout rollout => RolledOut(incident, rollout, now),
                OfferUndo offer => FellDue(incident, offer, now),
                ResolveIncident resolve => Resolve(incident, resolve, facts, now),
                AbortIncident abort => Abort(incident, abort, facts, now),
                _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "No decision is written for this command."),
            };
    }

    private static Decision Open(Incident? incident, OpenIncident open, Facts facts, DateTimeOffset now)
    {
        // The card shows names and addresses of production to the whole channel.
        if (WhyNotThisPerson(facts) is { } stranger)
        {
            return Decision.Refuse(stranger);
        }

        return incident is not null
            ? Decision.Nothing
            : Decision.Accept(
                new IncidentOpened(open.Incident, open.Target, facts.Target.Environment, open.Channel, open.By) { At = now },
                new PageChosen(open.Page.Name, open.Page.Hash, open.Page.Steps) { At = now },
                new DiagnosisStarted(Run: 1, By: null) { At = now });
    }

    private static Decision Join(Incident incident, JoinIncident join, Facts facts, DateTimeOffset now)
    {
        if (WhyNotThisPerson(facts) is { } stranger)
        {
            return Decision.Refuse(stranger);
        }

        if (!incident.IsOpen)
        {
            return Decision.Refuse($"It is over already: {Situation(incident)}.");
        }

        var where = join.Channel == incident.Channel ? "see its card in this channel" : $"see its card in <#{incident.Channel}>";
        var note = $"An incident on {incident.Target} is open already, led by <@{incident.Lead.User}>: {where}.";
        return join.By == incident.OpenedBy || incident.Joined.Contains(join.By)
            ? new Decision.Accepted([], Plan: null, note)
            : new Decision.Accepted([new ResponderJoined(join.By, join.Channel) { At = now }], Plan: null, $"{note} You joined it.");
    }

    private static Decision Assign(Incident incident, AssignIncident assign, Facts facts, DateTimeOffset now)
    {
        if (WhyNotThisPerson(facts) is { } stranger)
        {
            return Decision.Refuse(stranger);
        }

        if (!incident.IsOpen)
        {
            return Decision.Refuse($"It is over already: {Situation(incident)}.");
        }

        if (assign.Lead == incident.Lead)
        {
            return Decision.Refuse(assign.Lead == assign.By ? "You lead it already." : $"<@{assign.Lead.User}> leads it already.");
        }

        if (assign.Lead != assign.By && WhyNotNamed(facts, assign.Lead) is { } reason)
        {
            return Decision.Refuse(reason);
        }

        return Decision.Accept(new IncidentAssigned(assign.Lead, assign.By) { At = now });
    }

    /// <summary>Null when the person that the command names can be given something to do.</summary>
    private static string? WhyNotNamed(Facts facts, Person named) => facts.Named switch
    {
        Standing.Approver or Standing.Member => null,
        Standing.Outsider or Standing.Bot or Standing.Deactivated => $"<@{named.User}> isn't a member of this workspace. Name somebody who is.",
        _ => $"I couldn't verify with Slack who <@{named.User}> is, so nothing was done. Try again in a moment.",
    };

    private static Decision RunAgain(Incident incident, RunDiagnosisAgain again, Facts facts, DateTimeOffset now)
    {
        if (WhyNotThisPerson(facts) is { } stranger)
        {
            return Decision.Refuse(stranger);
        }

        if (!incident.Can(IncidentTrigger.Rerun))
        {
            return Decision.Refuse(incident.State is IncidentState.Diagnosing
                ? "The diagnosis is running already."
                : $"The diagnosis can't run again now: {Situation(incident)}.");
        }

        return Decision.Accept(new DiagnosisStarted(incident.Run + 1, again.By) { At = now });
    }

    private static Decision Measured(Incident incident, RecordUsage measured, Policy policy, DateTimeOffset now)
    {
        if (!incident.IsOpen)
        {
            return Decision.Nothing;
        }

        IncidentEvent[] seen = [.. AtAnotherServer(incident, measured.Usage.Server, now), new UsageMeasured(measured.Usage) { At = now }];
        var known = seen.Aggregate(incident, Incident.Evolve);
        return Decision.Accept([.. seen, .. WhatItMeans(known, policy, wasSilent: incident.UsageMissing is not null, now)]);
    }

    /// <summary>Nothing while the same server answers as before.</summary>
    private static IEnumerable<IncidentEvent> AtAnotherServer(Incident incident, AnsweringServer? answering, DateTimeOffset now)
    {
        if (answering is { } other && incident.Server is { } known && other.Life != known.Life)
        {
            var changed = new ServerChanged(known, other) { At = now };
            return [changed, .. Afresh(Incident.Evolve(incident, changed), now)];
        }

        return [];
    }

    /// <summary>At another server nobody can say what a change brought, and the diagnosis begins again. A plan that runs comes to its end first.</summary>
    private static IEnumerable<IncidentEvent> Afresh(Incident incident, DateTimeOffset now)
    {
        if (incident.State is IncidentState.Verifying)
        {
            yield return new ReliefMissing(After: null) { At = now };
        }

        if (incident.State is IncidentState.Verifying or IncidentState.Deciding)
        {
            yield return new DiagnosisStarted(incident.Run + 1, By: null) { At = now };
        }
    }

    /// <summary>What the newest measurement changes, in each state.</summary>
    private static IEnumerable<IncidentEvent> WhatItMeans(Incident incident, Policy policy, bool wasSilent, DateTimeOffset now)
    {
        var latest = incident.Latest!;
        switch (incident.State)
        {
            // The target answers again: learn what was missing. A question that fails on a target that answers
            // waits for a person; asked with every measurement, it would burden the target and never let anybody choose.
            case IncidentState.Deciding when wasSilent && incident.Steps.Any(step => step is { Step.IsEssential: true, Stage: PageStepStage.Failed }):
                yield return new DiagnosisStarted(incident.Run + 1, By: null) { At = now };
                break;

            case IncidentState.AwaitingApproval when now >= incident.Plan!.ExpiresAt:
                yield return new PlanExpired(incident.Plan.Id) { At = now }; // its timer may have been lost to a clock that was set back
                break;

            // To take a change back is no relief, so that it came without it is no reason to leave it.
            case IncidentState.AwaitingApproval when incident.Plan!.Lasting is not Lasting.Undo && ReliefRule.CameMeanwhile(incident.Samples, incident.Plan.ProposedAt, now, policy):
                yield return new PlanOvertaken(incident.Plan.Id) { At = now };
                break;

            // Old pods and new ones are there at once: neither relief nor its absence says anything yet.
            case IncidentState.Verifying when incident.AwaitsRollout(now):
                break;

            case IncidentState.Verifying:
                // A silent target proves nothing: the time starts again when it answers.
                var changed = incident.EffectSince!.Value;
                var since = incident.LastSilence is { } silence && silence > changed ? silence : changed;
                if (ReliefRule.Holds(incident.Samples, since, now, policy))
                {
                    yield return new ReliefVerified(incident.Before?.Usage, latest.Usage) { At = now };
                }
                else if (ReliefRule.Failed(incident.Samples, changed, now, policy))
                {
                    yield return new ReliefMissing(latest.Usage) { At = now };
                }

                break;

            case IncidentState.Stabilized:
                if (RefillRule.Sees(incident, policy))
                {
                    yield return new RefillSeen(latest.Usage) { At = now };
                }
                else if (!incident.WatchHeld && now - incident.Relieved!.At >= policy.WatchFor)
                {
                    yield return new WatchHeld { At = now };
                }

                break;
        }
    }

    private static Decision NotMeasured(Incident incident, RecordMissingUsage missing, Policy policy, DateTimeOffset now)
    {
        if (!incident.IsOpen)
        {
            return Decision.Nothing;
        }

        var fact = new UsageMissing(missing.Reason) { At = now, RefusedLogins = missing.RefusedLogins };
        return incident.State switch
        {
            // A target that stays silent must not hold people off from the next choice.
            IncidentState.Verifying when !incident.AwaitsRollout(now) && ReliefRule.IsOverdue(incident.EffectSince!.Value, now, policy) =>
                Decision.Accept(fact, new ReliefMissing(After: null) { At = now }),
            _ => Decision.Accept(fact),
        };
    }

    private static Decision ConsumersAnswered(Incident incident, AnsweringServer? server, IncidentEvent answer) =>
        incident.IsOpen ? Decision.Accept([.. AtAnotherServer(incident, server, answer.At), answer]) : Decision.Nothing;

    private static Decision Resolve(Incident incident, ResolveIncident resolve, Facts facts, DateTimeOffset now)
    {
        if (WhyNotThisPerson(facts) is { } stranger)
        {
            return Decision.Refuse(stranger);
        }

        if (!incident.Can(IncidentTrigger.Resolve))
        {
            return Decision.Refuse($"It can't be resolved now: {Situation(incident)}.");
        }

        if (incident.Plan is not null)
        {
            return Decision.Refuse("A plan is being drawn up. Wait for it, or stop the incident.");
        }

        return OverRule.WhyNot(incident, facts.Policy) is { } reason
            ? Decision.Refuse($"{reason} Stop the incident if you take over.")
            : Decision.Accept([.. LeftToDo(incident, facts.Policy, now), new IncidentResolved(resolve.By) { At = now }]);
    }

    private static Decision Abort(Incident incident, AbortIncident abort, Facts facts, DateTimeOffset now)
    {
        if (WhyNotThisPerson(facts) is { } stranger)
        {
            return Decision.Refuse(stranger);
        }

        if (!incident.Can(IncidentTrigger.Abort))
        {
            return Decision.Refuse($"It is over already: {Situation(incident)}.");
        }

        // Steps that have not begun never will; one that has begun still reports its outcome.
        var stopped = incident.Plan is { Stage: PlanStage.Running } running
            ? running.Steps
                .Select((step, at) => (step, Number: at + 1))
                .Where(each => !each.step.Intended && each.step.Result is null)
                .Select(each => Outcome(running.Id, each.Number, new StepResult(NotApplied, "The incident was stopped before this step."), now))
            : [];
        IncidentEvent[] happened = [.. stopped, new IncidentAborted(abort.By, abort.Reason) { At = now }];

        // Nothing in flight: no outcome will come any more to say that the plan is over.
        return happened.Aggregate(incident, Incident.Evolve).Plan is { Stage: PlanStage.Running, NextStep: null } over
            ? Decision.Accept([.. happened, Over(over, facts.Policy, now)])
            : Decision.Accept(happened);
    }

    /// <summary>Null unless the person is known to be somebody who has no say here, and nothing to be told either.</summary>
    public static string? WhyNotHeard(Standing? standing) => standing is Standing.Outsider or Standing.Bot or Standing.Deactivated
        ? "Only members of this workspace can do this."
        : null;

    private static string? WhyNotThisPerson(Facts facts) => WhyNotHeard(facts.Standing);

    /// <summary>The long-term steps that nobody did, skipped or took: they become the lead's.</summary>
    private static IEnumerable<IncidentEvent> LeftToDo(Incident incident, Policy policy, DateTimeOffset now) => incident.Steps
        .Where(step => step is { Step.Phase: RunbookPhase.LongTerm, IsClosed: false, Owner: null })
        .Select(step => new FollowUpAssigned(step.Id, incident.Lead, now + policy.FollowUpDue, By: null) { At = now });

    private static string Situation(Incident incident) => incident.State switch
    {
        IncidentState.Opened or IncidentState.Diagnosing => "the diagnosis is running",
        IncidentState.Deciding => "a mitigation is to be chosen",
        IncidentState.AwaitingApproval => "a plan waits for approval",
        IncidentState.Executing => "a plan is being carried out",
        IncidentState.Verifying => "the effect is being measured",
        IncidentState.Stabilized => "the target is relieved and watched",
        IncidentState.Resolved => "the incident is resolved",
        IncidentState.Aborted => "the incident was stopped",
        _ => incident.State.ToString(),
    };
}
