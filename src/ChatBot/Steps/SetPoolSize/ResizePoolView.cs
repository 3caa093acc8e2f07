using System.Globalization;
using ChatBot.Incidents;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.SetPoolSize;

/// <summary>The words for another pool size, and for putting the size back.</summary>
internal sealed class ResizePoolView : MitigationView
{
    public override string Button => "Change the pool size";

    public override string? LeftToDo => "Put the pool's size back, or make it the service's own in its source.";

    public override string? WhenNotRelieved => "The pool's size was not what held the requests up, or not enough: see the diagnosis.";

    public override string? WhenFullAgain => "With this pool size it fills again: put it back, or see who holds most.";

    public override string ButtonOf(Incident incident) => IsSet(incident) ? "Put the pool size back" : Button;

    public override MitigationOffer Offer(Incident incident, StepBinding? binding, ViewContext context) => IsSet(incident)
        ? new MitigationOffer(true, $"put the pool's size back to what it was before.")
        : ServiceOffer.WhyNot(incident, context) ?? new MitigationOffer(
            true, $"give {ServiceOffer.NameOf(binding, context)} another pool size for a time, within what the server has room for. Its pods are replaced where the size stands in their template. Can be undone.");

    public override PlanForm? FormOf(Incident incident, StepBinding? binding, ViewContext context)
    {
        var named = binding?.Name(ServiceChoice.ServiceParameter.Name);
        if (IsSet(incident) || context.Diagnosis is not { Look.Usage: var usage, Services: { Attribution.Services: var services, Suspect: var suspect } }
            || services.OrderByDescending(service => service.Service == suspect).FirstOrDefault(service => named is null ? service.Workload?.Pool?.Size is not null : service.Service == named) is not { Workload: { Pool: { Size: { } size } pool } workload }
            || !ServiceChoice.ServiceParameter.Allows(workload.Service))
        {
            return null;
        }

        var (most, peak) = (PoolBudget.LargestFor(workload, usage) ?? size, PoolBudget.PeakOf(workload));
        var processes = workload.Processes > 1 ? $" and {workload.Processes} processes in each" : "";
        return new PlanForm(
            "Pool size",
            $"*{workload.Service}* has a pool of *{size}* ({Verbatim.Of(pool.Place)}). With {WorkloadWords.Pods(peak)} at the busiest moment{processes} it can take {peak * workload.Processes * size} of {usage.Capacity} slots; {usage.Used} are taken now. *{most} is the most* that the server has room for. The plan is drawn up anew, and somebody else approves it.",
            [
                new FormField(ServiceChoice.ServiceParameter.Name, "Service", workload.Service, "As the target's settings call it."),
                new FormField(ResizePoolStep.SizeParameter.Name, "Connections in one pool", Count(Math.Min(most, PoolBudget.Larger(size)), size), $"A whole number, at most {Count(most, size)}."),
                new FormField(ResizePoolStep.ForParameter.Name, "For how long", binding?.Parameters.GetValueOrDefault(ResizePoolStep.ForParameter.Name) ?? ResizePoolStep.ForParameter.Default!, "Such as 4h or 1d: then its undo is due."),
            ]);

        static string Count(int count, int otherwise) => (count > 0 ? count : otherwise).ToString(CultureInfo.InvariantCulture);
    }

    public override Mrkdwn Title(Mitigation mitigation)
    {
        var resize = (ResizePool)mitigation;
        return resize.IsUndo ? (Mrkdwn)$"put the pool size of {resize.Service} back to {resize.To}" : $"set the pool size of {resize.Service} to {resize.To}";
    }

    public override Mrkdwn Harm(Mitigation mitigation)
    {
        var resize = (ResizePool)mitigation;
        var pods = WorkloadWords.Pods(resize.Pods);
        var sum = resize.Slots >= 0
            ? (Mrkdwn)$"With {pods} at the busiest moment they may take up to {WorkloadWords.Slots(resize.Slots)} more."
            : $"With {pods} at the busiest moment they may take up to {WorkloadWords.Slots(-resize.Slots)} fewer.";
        var pace = resize.RollsOut is null
            ? (Mrkdwn)$" *No pod is ended by it:* what runs keeps what it has read until it is restarted."
            : $" *Its pods are replaced*, by its own rollout strategy: old and new ones hold connections at once for a while.";
        var revert = WorkloadWords.Reverter(resize.Reverter) is { Length: > 0 } words ? (Mrkdwn)$"\n:warning:{words} The diff to commit instead: {Place(resize.Setting)}: {resize.From} -> {resize.To}." : Mrkdwn.Empty;
        var undo = resize.Until is { } until ? (Mrkdwn)$"\nUndo: ask for this step once more; it is due {Moment.Of(until)}." : Mrkdwn.Empty;
        return $"{sum}{pace}{revert}{undo}";
    }

    public override PlanDetails Details(Mitigation mitigation, PlanProgress progress)
    {
        var resize = (ResizePool)mitigation;
        var became = progress.Stage is PlanStage.Running or PlanStage.Finished && progress.Steps[0].Result is { } result ? (Mrkdwn)$" *{Word(result.Outcome)}.*" : Mrkdwn.Empty;
        var cluster = resize.Setting.Cluster.Length > 0 ? $", cluster {resize.Setting.Cluster}" : "";
        return new PlanDetails(
            [new SectionBlock($"• {Place(resize.Setting)}, namespace {resize.Setting.Namespace}{cluster}: {resize.From} before, {resize.To} after.{became}")], IsWhole: true);
    }

    public override string Confirm(Mitigation mitigation)
    {
        var resize = (ResizePool)mitigation;
        return $"Pool size of {ServiceOffer.InDialog(resize.Service)}: {resize.From} -> {resize.To}.{(resize.RollsOut is null ? "" : " Its pods are replaced.")}";
    }

    public override Mrkdwn Undo(Mitigation mitigation)
    {
        var resize = (ResizePool)mitigation;
        return $"the pool of {resize.Service} has {resize.To}; before, it had {resize.From}. By hand: put {resize.From} back at {Place(resize.Setting)}, namespace {resize.Setting.Namespace}.";
    }

    public override string Word(Outcome outcome) => WorkloadWords.Of(outcome, "set");

    public override string Done(int effects) => $"{Count(effects)} set";

    public override string Count(int effects) => effects == 1 ? "1 pool size" : $"{effects} pool sizes";

    private static bool IsSet(Incident incident) => incident.TemporaryOf(ResizePool.StoredName) is not null;

    /// <summary>Names are the cluster's, from objects of the configured service.</summary>
    private static Mrkdwn Place(SettingPin setting)
    {
        var parameter = setting.Parameter.Length > 0 ? $"{setting.Parameter} in " : "";
        return setting.Holder is SettingHolder.ConfigMap
            ? (Mrkdwn)$"{parameter}key {SessionList.Name(setting.Key)} of ConfigMap {SessionList.Name(setting.Name)}"
            : $"{parameter}env {SessionList.Name(setting.Key)} of container {SessionList.Name(setting.Container)} of deployment {setting.Name}";
    }
}
