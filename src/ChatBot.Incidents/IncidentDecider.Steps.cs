using ChatBot.Incidents.Runbooks;

namespace ChatBot.Incidents;

/// <summary>Decisions about the steps of the page: run, done by hand, skipped, left for later.</summary>
public static partial class IncidentDecider
{
    /// <summary>A follow-up that is due later than this is not meant: 1 year.</summary>
    private static readonly TimeSpan LatestDue = TimeSpan.FromDays(366);

    private static Decision RunStep(Incident incident, RunPageStep run, Facts facts, DateTimeOffset now)
    {
        if (WhyNotStep(incident, run.Step, facts) is { } reason)
        {
            return Decision.Refuse(reason);
        }

        var step = incident.FindStep(run.Step)!;
        if (!step.CanRun)
        {
            return Decision.Refuse("I can't run this step by myself; it is done by hand, or by a plan.");
        }

        return step.Stage is PageStepStage.Running
            ? Decision.Refuse("It is running already.")
            : Decision.Accept(new PageStepStarted(step.Id, step.Attempt + 1, run.By) { At = now });
    }

    private static Decision StepAnswered(Incident incident, RecordPageStep answer, DateTimeOffset now) =>
        incident.Awaits(answer.Step, answer.Attempt)
            ? Decision.Accept(new PageStepAnswered(answer.Step, answer.Attempt, answer.Evidence, answer.Files) { At = now })
            : Decision.Nothing;

    private static Decision StepFailed(Incident incident, RecordFailedPageStep failed, DateTimeOffset now) =>
        incident.Awaits(failed.Step, failed.Attempt)
            ? Decision.Accept(new PageStepFailed(failed.Step, failed.Attempt, failed.Reason) { At = now })
            : Decision.Nothing;

    private static Decision TakeByHand(Incident incident, TakePageStepByHand take, Facts facts, DateTimeOffset now)
    {
        if (WhyNotStep(incident, take.Step, facts) is { } reason)
        {
            return Decision.Refuse(reason);
        }

        var step = incident.FindStep(take.Step)!;
        if (step.Stage is PageStepStage.ByHand)
        {
            return Decision.Refuse($"<@{step.By!.User}> is at it already; see the thread.");
        }

        return incident.Plan is { Stage: PlanStage.Running } plan && plan.PageStep == step.Id
            ? Decision.Refuse($"Plan {plan.Digest} is doing this right now. Wait for its outcome.")
            : Decision.Accept(new PageStepTakenByHand(step.Id, take.By) { At = now });
    }

    private static Decision FinishStep(Incident incident, FinishPageStep finish, Facts facts, DateTimeOffset now)
    {
        if (WhyNotClose(incident, finish.Step, facts) is { } reason)
        {
            return Decision.Refuse(reason);
        }

        return incident.FindStep(finish.Step) is { Stage: PageStepStage.Running }
            ? Decision.Refuse("I am at it. Press \"Do by hand\" first if you do it.")
            : Decision.Accept(new PageStepDone(finish.Step, finish.By, finish.Note) { At = now });
    }

    private static Decision SkipStep(Incident incident, SkipPageStep skip, Facts facts, DateTimeOffset now) =>
        WhyNotClose(incident, skip.Step, facts) is { } reason
            ? Decision.Refuse(reason)
            : Decision.Accept(new PageStepSkipped(skip.Step, skip.By, skip.Note) { At = now });

    private static Decision AssignStep(Incident incident, AssignFollowUp assign, Facts facts, DateTimeOffset now)
    {
        if (WhyNotThisPerson(facts) is { } stranger)
        {
            return Decision.Refuse(stranger);
        }

        // One that has an owner is somebody's already: an undo that outlives the incident.
        if (incident.FindStep(assign.Step) is not { } step || (step.Step.Phase is not RunbookPhase.LongTerm && step.Owner is null))
        {
            return Decision.Refuse("Only the long-term steps of the page can be followed up.");
        }

        if (step.IsClosed)
        {
            return Decision.Refuse($"<@{step.By!.User}> closed it already.");
        }

        if (assign.Due is { } day && (day <= now || day - now > LatestDue))
        {
            return Decision.Refuse("The date has to be in the future, and within a year.");
        }

        if (assign.Owner is { } named && named != assign.By && WhyNotNamed(facts, named) is { } reason)
        {
            return Decision.Refuse(reason);
        }

        var owner = assign.Owner ?? step.Owner ?? assign.By;
        var due = assign.Due ?? step.Due ?? (now + facts.Policy.FollowUpDue);
        return Decision.Accept(new FollowUpAssigned(step.Id, owner, due, assign.By) { At = now });
    }

    /// <summary>Null when the person may do something about this step of an open incident.</summary>
    private static string? WhyNotStep(Incident incident, string id, Facts facts) =>
        WhyNotThisPerson(facts)
        ?? (incident.FindStep(id) is null ? "The page of this incident has no such step. Use the newest message."
            : incident.IsOpen ? null
            : $"It is over already: {Situation(incident)}.");

    /// <summary>Null when the person may say that this step needs nothing more. Follow-ups outlive the incident.</summary>
    private static string? WhyNotClose(Incident incident, string id, Facts facts) => incident.FindStep(id) switch
    {
        { IsFollowUp: true } when !incident.IsOpen => WhyNotThisPerson(facts),
        { IsClosed: true } closed => $"<@{closed.By!.User}> {(closed.Stage is PageStepStage.Done ? "did" : "skipped")} it already.",
        not null when incident.Plan?.PageStep == id || incident.Queue.Any(queued => queued.Step == id) =>
            "A plan for this step is drawn up, waits or runs. Decide on the plan first.",
        _ => WhyNotStep(incident, id, facts),
    };
}
