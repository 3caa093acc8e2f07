using ChatBot.Incidents;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>Where an open incident stands, and what became of its latest plan.</summary>
internal static class CardSituation
{
    public static Mrkdwn Of(Incident incident, ViewContext context)
    {
        var policy = context.Policy;
        return incident switch
        {
            { State: IncidentState.Opened or IncidentState.Diagnosing } =>
                Diagnosis(incident),
            { State: IncidentState.AwaitingApproval, Plan: { } plan } => Waiting(incident, plan, context),
            { State: IncidentState.Executing, Plan: { } plan } =>
                $"{PlanView.Approvals(plan)} approved plan `{plan.Digest}`. Running: {plan.Steps.Count(step => step.Result is not null)} of {plan.Steps.Length} done.",
            { State: IncidentState.Verifying, Rollout: { Look.IsSettled: false } seen } => RolloutView.UnderWay(seen.Look, context),
            { State: IncidentState.Verifying } =>
                $"Measuring{After(incident, $": ")}. Relieved once it stays below {Spoken.Share(policy.ReliefBelow)} for {Spoken.Duration(policy.ReliefAfter)}.",
            { State: IncidentState.Stabilized, WatchHeld: true } =>
                $"*Relieved{After(incident, $": ")}, and it held for {Spoken.Duration(policy.WatchFor)}.* If what leaks is fixed, resolve it.",
            { State: IncidentState.Stabilized, Relieved: { } relieved } =>
                $"*Relieved{After(incident, $": ")}.* Watching for a refill until {Moment.Of(relieved.At + policy.WatchFor)}.",
            _ => Mrkdwn.Empty,
        };
    }

    /// <summary>That it isn't the server it was, or not one that takes everything; empty otherwise.</summary>
    public static Mrkdwn Server(Incident incident)
    {
        var restricted = incident.Server is { } server && ServerWords.Restricted(server) is { } words ? (Mrkdwn)$":warning: {words}" : Mrkdwn.Empty;
        if (incident.ServerChange is not { } change)
        {
            return restricted;
        }

        var (seen, was) = ServerWords.Changed(change.Former, change.Now);
        var end = restricted.Length > 0 ? (Mrkdwn)$"\n{restricted}" : Mrkdwn.Empty;
        return $":warning: *{seen} since {Moment.Of(change.At, incident)} ({was}).* All numbers here are from then on.{end}";
    }

    private static Mrkdwn Diagnosis(Incident incident)
    {
        var steps = incident.Steps.Where(step => step.Step.Phase is RunbookPhase.Diagnosis).ToArray();
        return $"Diagnosis: {steps.Count(step => step.Stage is not (PageStepStage.Waiting or PageStepStage.Running or PageStepStage.ByHand))} of {steps.Length} steps done; each is in the thread.";
    }

    /// <summary>Requests that wait for their turn, and for whom; who asked can take them back.</summary>
    public static IEnumerable<Block> Queue(Incident incident, ViewContext context) => incident.Queue.Select((queued, at) => new SectionBlock(
        $"Then: {context.TitleOf(queued.Step)}, asked for by {Mrkdwn.User(queued.By.User)}{(at == 0 ? Before(incident) : Mrkdwn.Empty)}.",
        new Button("Withdraw", ButtonIds.Withdraw, ButtonIds.Value(incident.Id, queued.Plan))));

    private static Mrkdwn Before(Incident incident) => incident.Plan is { } plan
        ? $"; it waits for the plan of {Mrkdwn.User(plan.RequestedBy.User)}"
        : (Mrkdwn)$"; it waits until the effect of the last change is measured";

    /// <summary>"93 -> 40 of 97 slots", with what leads to it; empty when one of the two is unknown.</summary>
    public static Mrkdwn After(Incident incident, Mrkdwn lead) => (incident.Before, incident.Latest) switch
    {
        ({ } before, { } now) when now.At > before.At => $"{lead}{before.Usage.Used} -> {Spoken.Slots(now.Usage)}",
        _ => Mrkdwn.Empty,
    };

    /// <summary>It stays on the card until the next plan.</summary>
    public static Mrkdwn LastPlan(Incident incident, ViewContext context)
    {
        if (incident.Plan is { Stage: PlanStage.DrawnUp } drawn)
        {
            return $"{Mrkdwn.User(drawn.RequestedBy.User)} asks for a plan; reading what it would change.";
        }

        if (incident.Plan is not null || incident.PastPlans is not [.., var last])
        {
            return Mrkdwn.Empty;
        }

        return (last.Stage, last.Withdrawn) switch
        {
            (PlanStage.Finished, _) => Ran(incident, last, context),
            (_, WithdrawnBecause.NotPossible) => $"No plan: {last.Problem}",
            (_, WithdrawnBecause.Rejected) => $"Plan `{last.Digest}` was rejected by {Mrkdwn.User(last.WithdrawnBy!.User)}. It can be asked for again.",
            (_, WithdrawnBecause.Cancelled) => $"Plan `{last.Digest}` was withdrawn by {Mrkdwn.User(last.WithdrawnBy!.User)}.",
            (_, WithdrawnBecause.ServerChanged) => $"Plan `{last.Digest}` was withdrawn: what it names is on the former server. Ask again when the diagnosis is done.",
            (_, WithdrawnBecause.Overtaken) => $"Plan `{last.Digest}` was withdrawn: the target was relieved without it.",
            (_, WithdrawnBecause.Expired) => $":warning: Plan `{last.Digest}` expired: nobody approved it in time, and nothing was done. {Mrkdwn.User(last.RequestedBy.User)}, ask again or call somebody.",
            _ => Mrkdwn.Empty,
        };
    }

    private static Mrkdwn Waiting(Incident incident, PlanProgress plan, ViewContext context)
    {
        Mrkdwn name = $"Plan `{plan.Digest}` of {Mrkdwn.User(plan.RequestedBy.User)}";
        return context.Target switch
        {
            _ when incident.WhyHarmful(plan) is { } harm => $":no_entry: {name} can't be approved: the diagnosis has come to say that it does harm. {harm}",
            _ when plan.Held is { } other => $"{name} is approved and waits for the plan of {Mrkdwn.User(other.For.User)}, which is still being carried out.",
            { Mode: TargetMode.Propose } => $"{name} is to be done by hand before {Moment.Of(plan.ExpiresAt)}; I don't (Mode: Propose). Numbers stay live.",
            { Mode: TargetMode.Act, HasApprovers: true } =>
                $"{name} waits for {Approvers.Of(context.Approvers, mention: false)} until {Moment.Of(plan.ExpiresAt)}. Numbers stay live.",
            _ => $"{name} can't be approved any more: the settings of this target changed.",
        };
    }

    /// <summary>What it did, whether that was enough, and what is still to be done by people.</summary>
    private static Mrkdwn Ran(Incident incident, PlanProgress plan, ViewContext context)
    {
        var outcomes = PlanView.Outcomes(plan, context);
        var view = context.ViewOf(plan.Mitigation);
        return incident switch
        {
            _ when plan.IsUnmeasurable => $"*What the last plan brought can't be told: the server changed.* {outcomes}",
            { State: IncidentState.Verifying } => $"{outcomes}{RolloutView.Stuck(incident, context)}",
            { State: IncidentState.Stabilized } => $"{outcomes}{RolloutView.Stuck(incident, context)}{Then(view?.LeftToDo)}",
            { UsageMissing: not null } => $"*Relief unknown, there is no answer.* {outcomes}",
            { Latest: { } latest } when latest.Usage.Ratio < context.Policy.ReliefBelow => $"{outcomes}{After(incident, $" ")}.",

            // The rise counts from the relief, or from the change if it brought none.
            _ when incident.RiseSince > incident.VerifyingSince =>
                $"*It fills up again.*{Then(view?.WhenFullAgain)} Last plan: {outcomes}",
            _ => $"*Not relieved{After(incident, $": ")}.* {outcomes}{RolloutView.Stuck(incident, context)}{Then(view?.WhenNotRelieved)}",
        };
    }

    private static Mrkdwn Then(string? sentence) => sentence is null ? Mrkdwn.Empty : $" {sentence}";
}
