using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using static ChatBot.Incidents.Mitigations.Outcome;

namespace ChatBot.Incidents;

/// <summary>Decisions about plans: asked for, approved, carried out. Guards stand in the order in which a person would check.</summary>
public static partial class IncidentDecider
{
    /// <summary>More requests than this nobody oversees: 5.</summary>
    public const int QueueAtMost = 5;

    private static Decision Ask(Incident incident, AskForMitigation ask, Facts facts, DateTimeOffset now)
    {
        var busy = incident.State is IncidentState.AwaitingApproval or IncidentState.Executing or IncidentState.Verifying;
        if (!incident.Can(IncidentTrigger.Propose) && !busy)
        {
            return Decision.Refuse($"No mitigation can be chosen now: {Situation(incident)}.");
        }

        if (incident.FindStep(ask.Step) is not { Step.Mitigation: not null } step
            || incident.FindPlan(ask.Plan) is not null || incident.Queue.Any(queued => queued.Plan == ask.Plan))
        {
            return Decision.Refuse("I don't know this mitigation, or this press was used already. Use the newest card.");
        }

        if (facts.Target.Mode is TargetMode.Observe)
        {
            return Decision.Refuse($"I only observe {incident.Target}: its Mode is Observe. Do it by hand, or have the Mode changed.");
        }

        if (!facts.Target.HasApprovers)
        {
            return Decision.Refuse($"Nobody is configured to approve changes of {incident.Target}, so I can't make any. Do it by hand.");
        }

        if (WhyNotThisPerson(facts) is { } stranger)
        {
            return Decision.Refuse(stranger);
        }

        if (facts.Standing is not (Standing.Member or Standing.Approver))
        {
            return Decision.Refuse("I couldn't verify with Slack who you are, so nothing was done. Press again in a moment.");
        }

        if (ask.Choice is { } choice && !ChosenParameters.IsPlain(choice))
        {
            return Decision.Refuse("I can't read what you chose: a value has only letters, digits, dots and hyphens, such as 12, 4h or checkout-api.");
        }

        if (!ask.Anyway && incident.WhyHarmful(step) is { } harm)
        {
            return Decision.Refuse($"It would do harm here: {harm} If you know better, press Do it anyway on the step in the thread.");
        }

        if (incident.Queue.FirstOrDefault(queued => queued.Step == step.Id) is { } same)
        {
            return Decision.Refuse($"<@{same.By.User}> asked for this already; it waits until the change before it is over.");
        }

        switch (incident.Plan)
        {
            case { Stage: PlanStage.DrawnUp } drawn when drawn.PageStep == step.Id:
                return Decision.Refuse("A plan is being drawn up already; it comes in a moment.");
            case { Stage: PlanStage.Proposed, Held: not null } approved when approved.PageStep == step.Id:
                return Decision.Refuse("A plan for this has its approvals and waits for its turn. Withdraw or reject that one first.");
            case { Stage: PlanStage.Proposed } waiting when ask.Anew && waiting.PageStep == step.Id:
                return Decision.Accept(new PlanSuperseded(waiting.Id, ask.By) { At = now }, Asked(ask.Plan, step, ask.By, ask.Anyway, ask.Choice, now));
            case { Stage: PlanStage.Proposed } waiting when waiting.PageStep == step.Id:
                return Decision.Refuse("A plan waits for approval already: see it in this channel. Draw up a new one from the newest card if it is too old.");
            case null when !busy:
                return Decision.Accept(Asked(ask.Plan, step, ask.By, ask.Anyway, ask.Choice, now));
        }

        if (incident.Queue.Length >= QueueAtMost)
        {
            return Decision.Refuse($"{QueueAtMost} requests wait already. Decide on those first.");
        }

        var before = incident.Plan is { } first
            ? first.Digest.Length > 0 ? $"plan {first.Digest} of <@{first.RequestedBy.User}>" : $"the plan of <@{first.RequestedBy.User}>"
            : "the effect of the last change to be measured";
        return new Decision.Accepted(
            [new MitigationQueued(ask.Plan, step.Id, ask.By) { At = now, Anyway = ask.Anyway, Choice = ask.Choice }],
            Plan: null,
            $"One change at a time on {incident.Target}: yours waits for {before}, then I draw it up.");
    }

    private static MitigationAsked Asked(PlanId plan, PageStepProgress step, Person by, bool anyway, string? choice, DateTimeOffset now) =>
        new(plan, step.Step.Mitigation!, by) { At = now, Step = step.Id, Anyway = anyway, Choice = choice };

    private static Decision Propose(Incident incident, ProposePlan propose, Facts facts, DateTimeOffset now)
    {
        if (incident.Plan is not { Stage: PlanStage.DrawnUp } asked || asked.Id != propose.Plan || !incident.IsOpen)
        {
            return Decision.Nothing;
        }

        // While it was drawn up the target may have filled again, and the incident gone back to its diagnosis.
        if (!incident.Can(IncidentTrigger.Propose))
        {
            return Decision.Accept(new MitigationNotPossible(asked.Id, $"The incident moved on meanwhile: {Situation(incident)}.") { At = now });
        }

        if (incident.WhyHarmful(asked) is { } harm)
        {
            return Decision.Accept(new MitigationNotPossible(asked.Id, $"While it was drawn up, the diagnosis came to say that it does harm: {harm}") { At = now });
        }

        if (propose.Mitigation.Steps == 0)
        {
            return Decision.Accept(new MitigationNotPossible(asked.Id, "There is nothing left to do.") { At = now });
        }

        if (propose.Mitigation.Name != asked.Mitigation || propose.Mitigation.Steps > facts.Policy.MostOf(asked.Mitigation))
        {
            return Decision.Accept(new MitigationNotPossible(asked.Id, "What was drawn up is not what was asked for, or more than may be changed at once.") { At = now });
        }

        // It was let through because it would take back what it had changed; somebody else did that meanwhile.
        if (!asked.Anyway && propose.Mitigation.Lasting is not Lasting.Undo && asked.PageStep is { } id && incident.FindStep(id) is { } step
            && incident.WhyHarmfulAnew(step) is { } anew)
        {
            return Decision.Accept(new MitigationNotPossible(asked.Id, $"There is nothing of mine left to take back, and to do it anew would do harm here: {anew}") { At = now });
        }

        var plan = new Plan(
            asked.Id,
            incident.Id,
            incident.Target,
            facts.Target.Environment,
            propose.Mitigation,
            asked.RequestedBy,
            ApprovalRules.Quorum,
            now,
            now + facts.Policy.PlanLifetime);
        var hash = Plan.HashOf(plan.ToBytes());
        var proposed = new PlanProposed(plan.Id, hash, plan.Mitigation.Name, plan.Mitigation.Steps, plan.RequestedBy, plan.Quorum, plan.ExpiresAt)
        {
            At = now,
            Lasting = plan.Mitigation.Lasting,
            UndoDue = plan.Mitigation.UndoDue,
            RollsOut = plan.Mitigation.RollsOut,
        };
        return new Decision.Accepted([proposed], plan);
    }

    private static Decision NotPossible(Incident incident, RecordImpossiblePlan impossible, DateTimeOffset now) =>
        incident.Plan is { Stage: PlanStage.DrawnUp } asked && asked.Id == impossible.Plan && incident.IsOpen
            ? Decision.Accept(new MitigationNotPossible(asked.Id, impossible.Reason) { At = now })
            : Decision.Nothing;

    private static Decision Approve(Incident incident, ApprovePlan approve, Facts facts, DateTimeOffset now)
    {
        if (WhyNotWaiting(incident, approve.Plan, now) is { } late)
        {
            return Decision.Refuse(late);
        }

        var plan = incident.Plan!;
        if (facts.Target.Mode is not TargetMode.Act)
        {
            return Decision.Refuse($"I don't change {incident.Target}: its Mode is {facts.Target.Mode}. Do it by hand.");
        }

        if (!facts.Target.HasApprovers)
        {
            return Decision.Refuse($"Nobody is configured to approve changes of {incident.Target} any more.");
        }

        if (ApprovalRules.WhyNot(plan, approve.By, facts.Standing) is { } reason)
        {
            return Decision.Refuse(reason);
        }

        if (plan.Held is { } before)
        {
            return Decision.Refuse($"{Approvers(plan)} approved already; it waits for the plan of <@{before.For.User}> that is still being carried out on {incident.Target}.");
        }

        if (incident.WhyHarmful(plan) is { } harm)
        {
            return Decision.Refuse(
                $"Since it was asked for, the diagnosis has come to say that it does harm: {harm} Reject it; whoever wants it all the same presses Do it anyway on its step in the thread.");
        }

        var given = new ApprovalGiven(plan.Id, approve.By) { At = now, Via = approve.Via };
        if (plan.Approvals.Length + 1 < plan.Quorum)
        {
            return Decision.Accept(given);
        }

        // This incident runs nothing while it waits, so it is one that was stopped with a step in flight.
        return facts.BeingChanged is { } other
            ? new Decision.Accepted(
                [given, new PlanHeld(plan.Id, other.Plan, other.For) { At = now }],
                Plan: null,
                $"Approved. It waits for the plan of <@{other.For.User}> that is still being carried out on {incident.Target}, and begins by itself.")
            : Decision.Accept(given, new PlanApproved(plan.Id) { At = now });
    }

    private static Decision Release(Incident incident, ReleasePlan release, Facts facts, DateTimeOffset now)
    {
        if (incident is not { State: IncidentState.AwaitingApproval, Plan: { Held: not null } plan } || plan.Id != release.Plan)
        {
            return Decision.Nothing;
        }

        if (now >= plan.ExpiresAt)
        {
            return Decision.Accept(new PlanExpired(plan.Id) { At = now });
        }

        return facts.BeingChanged is null && incident.WhyHarmful(plan) is null
            ? Decision.Accept(new PlanApproved(plan.Id) { At = now })
            : Decision.Nothing;
    }

    private static Decision Reject(Incident incident, RejectPlan reject, Facts facts, DateTimeOffset now)
    {
        if (WhyNotWaiting(incident, reject.Plan, now) is { } late)
        {
            return Decision.Refuse(late);
        }

        var plan = incident.Plan!;
        if (reject.By.IsSameAs(plan.RequestedBy))
        {
            return Decision.Refuse("You asked for this plan; press Withdraw to take it back.");
        }

        return facts.Standing is not Standing.Approver
            ? Decision.Refuse(ApprovalRules.WhyNot(plan, reject.By, facts.Standing) ?? "You have approved this plan already; ask another approver to reject it.")
            : Decision.Accept(new PlanRejected(plan.Id, reject.By) { At = now });
    }

    private static Decision Cancel(Incident incident, CancelPlan cancel, DateTimeOffset now)
    {
        if (incident.Queue.FirstOrDefault(queued => queued.Plan == cancel.Plan) is { } request)
        {
            return request.By == cancel.By
                ? Decision.Accept(new MitigationUnqueued(cancel.Plan, cancel.By) { At = now })
                : Decision.Refuse($"Only <@{request.By.User}>, who asked for it, can take this back.");
        }

        if (WhyNotWaiting(incident, cancel.Plan, now) is { } late)
        {
            return Decision.Refuse(late);
        }

        return cancel.By != incident.Plan!.RequestedBy
            ? Decision.Refuse("Only the person who asked for this plan can withdraw it. An approver can reject it.")
            : Decision.Accept(new PlanCancelled(cancel.Plan, cancel.By) { At = now });
    }

    private static Decision Expire(Incident incident, ExpirePlan expire, DateTimeOffset now) =>
        incident.State is IncidentState.AwaitingApproval && incident.Plan is { } plan && plan.Id == expire.Plan && now >= plan.ExpiresAt
            ? Decision.Accept(new PlanExpired(plan.Id) { At = now })
            : Decision.Nothing;

    /// <summary>Null when the plan waits for a decision; else why this press comes too late or too early.</summary>
    private static string? WhyNotWaiting(Incident incident, PlanId id, DateTimeOffset now)
    {
        if (incident.State is IncidentState.AwaitingApproval && incident.Plan is { } waiting && waiting.Id == id)
        {
            return now >= waiting.ExpiresAt
                ? $"The plan expired at {waiting.ExpiresAt:HH:mm:ss} UTC and nothing was done. Ask for a new one."
                : null;
        }

        return incident.FindPlan(id) switch
        {
            { Stage: PlanStage.Running } running => $"{Approvers(running)} approved already, it is running. Your press changed nothing.",
            { Stage: PlanStage.Finished } done => $"{Approvers(done)} approved already, and it is done. Your press changed nothing.",
            { Withdrawn: WithdrawnBecause.Expired } => "The plan expired and nothing was done. Ask for a new one.",
            { Withdrawn: WithdrawnBecause.Superseded } => "This button belongs to an older plan; a newer one took its place. Your press changed nothing.",
            { Withdrawn: WithdrawnBecause.Overtaken } => "The target was relieved before anybody approved, so the plan was withdrawn. Your press changed nothing.",
            { Withdrawn: WithdrawnBecause.ServerChanged } => "Another server answers by now, so the plan was withdrawn. Your press changed nothing.",
            { Withdrawn: WithdrawnBecause.Rejected } => "The plan was rejected already. Your press changed nothing.",
            { Withdrawn: WithdrawnBecause.Cancelled } => "The person who asked for this plan took it back. Your press changed nothing.",
            { Withdrawn: WithdrawnBecause.IncidentEnded } => $"{char.ToUpperInvariant(Situation(incident)[0])}{Situation(incident)[1..]}. Your press changed nothing.",
            null => "This button belongs to a plan I don't know. Your press changed nothing.",
            _ => $"Nothing waits for approval: {Situation(incident)}.",
        };
    }

    private static string Approvers(PlanProgress plan) =>
        plan.Approvals.IsEmpty ? "Somebody" : string.Join(" and ", plan.Approvals.Select(given => $"<@{given.By.User}>"));

    private static Decision Begin(Incident incident, BeginStep begin, Facts facts, DateTimeOffset now)
    {
        if (incident.State is not IncidentState.Executing || incident.Plan is not { } plan || plan.Id != begin.Plan || plan.NextStep != begin.Step)
        {
            return Decision.Refuse($"Step {begin.Step} is not the next one: {Situation(incident)}.");
        }

        if (plan.Steps[begin.Step - 1].Intended)
        {
            return Decision.Refuse($"Step {begin.Step} has begun already; look at the target before anything is sent again.");
        }

        return WhyNotNow(plan, begin.Hash, facts, now) is { } reason
            ? Decision.Accept(Finished(incident, plan.Id, begin.Step, new StepResult(NotApplied, reason), facts.Policy, now))
            : Decision.Accept(new StepIntended(plan.Id, begin.Step, begin.IdempotencyKey, begin.Fence) { At = now });
    }

    private static Decision Resend(Incident incident, ResendStep resend, Facts facts, DateTimeOffset now)
    {
        if (incident.Plan is not { Stage: PlanStage.Running } plan || plan.Id != resend.Plan
            || plan.Step(resend.Step) is not { Intended: true, Result: null } step)
        {
            return Decision.Refuse($"Step {resend.Step} has nothing to repeat: {Situation(incident)}.");
        }

        // The proof that it did not happen is an outcome as well, also when the incident was stopped meanwhile.
        var reason = step.Resent ? "It was sent twice and did not happen; no third try without a new plan."
            : !incident.IsOpen ? "It did not happen, and the incident was stopped before a second try."
            : WhyNotNow(plan, resend.Hash, facts, now);
        return reason is null
            ? Decision.Accept(new StepResent(plan.Id, resend.Step, resend.Fence) { At = now })
            : Decision.Accept(Finished(incident, plan.Id, resend.Step, new StepResult(NotApplied, reason), facts.Policy, now));
    }

    /// <summary>The rules of the approval once more, right before the effect: approved is not for ever.</summary>
    private static string? WhyNotNow(PlanProgress plan, string hash, Facts facts, DateTimeOffset now)
    {
        if (hash != plan.Hash)
        {
            return "The stored plan is not the one that was approved.";
        }

        if (now >= plan.ExpiresAt)
        {
            return "The plan expired before this step.";
        }

        if (plan.Steps.Length > facts.Policy.MostOf(plan.Mitigation))
        {
            return "The configuration now allows fewer changes in one plan.";
        }

        if (facts.Target.Mode is not TargetMode.Act || !facts.Target.HasApprovers)
        {
            return "The configuration no longer lets me change this target.";
        }

        return facts.ApproversStillStand switch
        {
            Standing.Approver => null,
            Standing.Unverified => "Slack could not confirm that the approver may still approve.",
            _ => "The approver may no longer approve, so the approval is void.",
        };
    }

    private static Decision Finish(Incident incident, RecordOutcome outcome, Policy policy, DateTimeOffset now)
    {
        if (incident.Plan is not { Stage: PlanStage.Running } plan || plan.Id != outcome.Plan || plan.Step(outcome.Step) is not { Result: null } step)
        {
            return Decision.Nothing;
        }

        // A worker may find before the intent that there is nothing to do; what happened, or may have, was begun first.
        return !step.Intended && outcome.Result.Outcome is Applied or Ambiguous
            ? Decision.Refuse($"Step {outcome.Step} was never begun, so nothing can have come of it.")
            : Decision.Accept(Finished(incident, plan.Id, outcome.Step, outcome.Result, policy, now));
    }

    private static IncidentEvent[] Finished(Incident incident, PlanId plan, int step, StepResult result, Policy policy, DateTimeOffset now)
    {
        var finished = Outcome(plan, step, result, now);
        return Incident.Evolve(incident, finished).Plan is { NextStep: null } over ? [finished, Over(over, policy, now)] : [finished];
    }

    /// <summary>What stays at the target is due to be taken back.</summary>
    private static MitigationFinished Over(PlanProgress plan, Policy policy, DateTimeOffset now) => new(plan.Id)
    {
        At = now,
        UndoDue = plan is { Lasting: Lasting.UntilUndone, MayHaveTakenEffect: true } ? plan.UndoDue ?? (now + policy.UndoDue) : null,
    };

    private static Decision RolledOut(Incident incident, RecordRollout rollout, DateTimeOffset now) =>
        incident.AwaitsRollout(now) && incident.PastPlans[^1].Id == rollout.Plan && incident.Rollout?.Look != rollout.Look
            ? Decision.Accept(new RolloutSeen(rollout.Plan, rollout.Look) { At = now, Warning = rollout.Warning })
            : Decision.Nothing;

    private static Decision FellDue(Incident incident, OfferUndo offer, DateTimeOffset now) => incident.FallingDue(now).Any(change => change.Plan == offer.Plan)
        ? Decision.Accept(new UndoFellDue(offer.Plan) { At = now })
        : Decision.Nothing;

    private static StepFinished Outcome(PlanId plan, int step, StepResult result, DateTimeOffset now) =>
        new(plan, step, result.Outcome, result.Detail) { At = now };
}
