using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;

namespace ChatBot.Reports;

/// <summary>Each event in words that somebody understands who wasn't there.</summary>
internal sealed class EventWords(Incident incident, IncidentHistory history, ReportSources sources)
{
    private const string Bot = "ChatBot";

    public MarkdownText Who(IncidentEvent happened) => sources.Name(IncidentHistory.PressedBy(happened), Bot);

    public MarkdownText What(HistoryLine line) => line.Event switch
    {
        IncidentOpened opened => $"opened the incident on {opened.Target}, {opened.Environment}",
        PageChosen chosen => $"follows the page {chosen.Name} ({chosen.Steps.Count} steps, hash {chosen.Hash[..Math.Min(8, chosen.Hash.Length)]})",
        ResponderJoined => $"came to the incident",
        IncidentAssigned assigned => assigned.Lead == assigned.By ? (MarkdownText)$"leads from now on" : $"made {sources.Name(assigned.Lead)} lead",
        DiagnosisStarted { Run: 1 } => $"began the diagnosis",
        DiagnosisStarted started => $"ran the diagnosis again (run {started.Run})",
        UsageMeasured measured => Measured(measured),
        UsageMissing missing => $"could not count the connections: {missing.Reason}",
        ServerChanged changed => Changed(changed),
        ConsumersMeasured known => $"knows who holds the connections: {known.Sessions} sessions, {known.Endable} of them long idle{Cause(known.Cause)}",
        ConsumersMissing missing => $"could not see who holds the connections: {missing.Reason}{Cause(missing.Cause)}",
        DiagnosisConcluded => $"a mitigation can be chosen",
        PageStepStarted { Attempt: > 1 } again => $"ran step {sources.Title(again.Step)} (attempt {again.Attempt})",
        PageStepStarted started => $"ran step {sources.Title(started.Step)}",
        PageStepAnswered answered => $"step {sources.Title(answered.Step)} has an answer{Files(answered)}",
        PageStepFailed failed => $"step {sources.Title(failed.Step)} failed: {failed.Reason}",
        PageStepTakenByHand taken => $"does step {sources.Title(taken.Step)} by hand",
        PageStepDone done => $"did step {sources.Title(done.Step)}{sources.Words(done.Note, $": ")}",
        PageStepSkipped skipped => $"skipped step {sources.Title(skipped.Step)}{sources.Words(skipped.Note, $": ")}",
        FollowUpAssigned followUp => $"{sources.Title(followUp.Step)} is for {sources.Name(followUp.Owner)} to do until {Written.Day(followUp.Due)}",
        MitigationAsked asked => $"asked for: {sources.Called(asked.Mitigation)}",
        MitigationQueued queued => $"asked for {sources.Title(queued.Step)}, to come after the change under way",
        MitigationUnqueued => $"took the waiting request back",
        MitigationNotPossible not => $"drew up no plan: {not.Reason}",
        PlanProposed proposed => $"plan {Digest(proposed.Hash)} is fixed: {sources.Called(proposed.Mitigation)}, {proposed.Steps} single changes; it needs {proposed.Quorum} approval{(proposed.Quorum == 1 ? "" : "s")} before {Written.Moment(proposed.ExpiresAt, incident)}",
        ApprovalGiven given => $"approved plan {Digest(given.Plan)} {Through(given.Via)}",
        PlanHeld held => $"plan {Digest(held.Plan)} waits for the change that {sources.Name(held.For)} asked for and that is still being carried out",
        PlanApproved approved => $"began to carry out plan {Digest(approved.Plan)}",
        PlanRejected rejected => $"rejected plan {Digest(rejected.Plan)}; nothing was done",
        PlanCancelled cancelled => $"withdrew plan {Digest(cancelled.Plan)}; nothing was done",
        PlanExpired expired => $"plan {Digest(expired.Plan)} expired: nobody approved it in time; nothing was done",
        PlanOvertaken overtaken => $"plan {Digest(overtaken.Plan)} was withdrawn: the target was relieved without it; nothing was done",
        PlanSuperseded superseded => $"asked for a fresh plan instead of {Digest(superseded.Plan)}; nothing of it was done",
        StepIntended intended => $"plan {Digest(intended.Plan)}: about to do change {intended.Step}",
        StepResent resent => $"plan {Digest(resent.Plan)}: change {resent.Step} was proven not to have happened, and sent once more",
        StepFinished finished => $"plan {Digest(finished.Plan)}: change {finished.Step}: {finished.Detail}",
        MitigationFinished finished => Finished(finished),
        RolloutSeen seen => $"{RolledOut(seen.Look)}{sources.Words(seen.Warning, $"; the cluster says: ")}",
        UndoFellDue fell => $"what plan {Digest(fell.Plan)} changed was to be undone by now, and was not",
        ReliefVerified relief => relief.Before is { } before
            ? $"**relieved**: {before.Used} → {relief.After.Used} of {relief.After.Capacity} slots"
            : (MarkdownText)$"**relieved**: {relief.After.Used} of {relief.After.Capacity} slots",
        ReliefMissing { After: { } after } => $"not relieved: {after.Used} of {after.Capacity} slots",
        ReliefMissing => $"relief unknown: the target gave no answer, or another server did",
        RefillSeen refill => $"**fills up again**: {refill.Usage.Used} of {refill.Usage.Capacity} slots",
        WatchHeld => $"the relief held for as long as it was watched",
        IncidentResolved => $"**resolved** the incident",
        IncidentAborted aborted => $"**stopped** the incident and took over{sources.Words(aborted.Reason, $": ")}",
        _ => $"{line.Event.GetType().Name}",
    };

    private MarkdownText Measured(UsageMeasured measured)
    {
        var usage = measured.Usage;
        var states = usage.SeesEverything ? $"; {usage.Idle} idle, {usage.IdleInTransaction} idle in a transaction, {usage.Active} active" : "";
        var refused = usage.RefusedLogins > 0 ? $"; the bot itself was refused {usage.RefusedLogins} times" : "";
        var peak = ReferenceEquals(usage, history.PeakUsage?.Usage) ? (MarkdownText)$" (**the peak**)" : MarkdownText.Empty;
        return $"{Slots(usage)}{peak}{states}{refused}";
    }

    private static MarkdownText Changed(ServerChanged changed)
    {
        var (seen, was) = ServerWords.Changed(changed.Former, changed.Now);
        return $"**{seen}** ({was}): the diagnosis begins again, and no plan gets credit for what changed";
    }

    private static MarkdownText Slots(ConnectionUsage usage) => $"counted {(usage.IsUpperBound ? "at most " : "")}{usage.Used} of {usage.Capacity} slots in use";

    private MarkdownText Files(PageStepAnswered answered)
    {
        var names = answered.Files.Select(file => sources.Evidence.GetValueOrDefault(file)?.File).OfType<string>().Select(name => (MarkdownText)$"{name}").ToArray();
        return names.Length == 0 ? MarkdownText.Empty : $", and made {MarkdownText.Join($", ", names)}";
    }

    private static MarkdownText RolledOut(RolloutLook look)
    {
        var pods = $"{look.Updated} of {look.Replicas} pods of {look.Service} are new, {look.Ready} ready";
        return look.Stage switch
        {
            RolloutStage.Done => $"all {look.Replicas} pods of {look.Service} are replaced and ready",
            RolloutStage.Stuck => $"**the rollout of {look.Service} doesn't get on**: {look.Why} {pods}",
            RolloutStage.Unseen => $"how far the rollout of {look.Service} is can't be seen: {look.Why}",
            _ when look.Why.Length > 0 => $"{pods}: {look.Why}",
            _ => $"{pods}",
        };
    }

    private MarkdownText Finished(MitigationFinished finished)
    {
        var outcomes = incident.FindPlan(finished.Plan) is { } plan ? sources.Outcomes(plan) : MarkdownText.Empty;
        return $"carried out plan {Digest(finished.Plan)}: {outcomes}";
    }

    private MarkdownText Digest(PlanId plan) => incident.FindPlan(plan) is { Hash.Length: > 0, Digest: var digest } ? $"{digest}" : (MarkdownText)$"{plan.Digits}";

    private static MarkdownText Digest(string hash) => $"{hash[..Math.Min(8, hash.Length)]}";

    private static MarkdownText Through(Door door) => $"{(door is Door.Terminal ? "at the terminal" : "in Slack")}";

    private static string Cause(KnownCause? known) => known is null ? "" : $"; cause: {CauseNames.Of(known.Cause)}";
}
