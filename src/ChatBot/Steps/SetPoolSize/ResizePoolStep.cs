using System.Globalization;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Kubernetes;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.SetPoolSize;

/// <summary>Sets another size for a service's pool where the service keeps it, for a time; asked for once more, it puts the size back.</summary>
internal sealed class ResizePoolStep(ServiceChoice services, WorkloadProbe probe, PoolSizeSetting setting, TimeProvider clock) : IChangingStep
{
    private static readonly TimeSpan UsualTime = TimeSpan.FromDays(1);

    public static readonly CountParameter SizeParameter = new("size", "connections in one pool", 1, 1000) { Default = "what fits the server" };

    public static readonly DurationParameter ForParameter =
        new("for", "how long it may stay, until its undo is due", TimeSpan.FromMinutes(10), TimeSpan.FromDays(30)) { Default = "1d" };

    public StepType Type { get; } = new("resize-pool", StepWork.Changes, "sets another size for a service's pool for a time; asked for again, it puts it back")
    {
        Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm],
        Mitigation = ResizePool.StoredName,
        Parameters = [ServiceChoice.ServiceParameter, SizeParameter, ForParameter],
    };

    public MitigationKind Kind => ResizePool.Kind;

    public MitigationView View { get; } = new ResizePoolView();

    public async Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var scene = await services.LookAsync(request, cancellationToken);
        var undo = request.ToUndo?.Mitigation as ResizePool;
        var workload = undo is null ? Chosen(request, scene) : scene.Cluster.Workloads.FirstOrDefault(one => one.Service == undo.Service) ?? Chosen(request, scene);
        var found = await probe.FindPoolAsync(ServiceWorkload.Of(request.Target).Single(one => one.Service == workload.Service), cancellationToken);
        if (found.Setting is not { Size: { } size } || (found.Pin is null && found.WhyNot.Length == 0))
        {
            var where = found.Setting is { } known ? $"The pool size of {workload.Service} stands at: {known.Place}. {found.WhyNot}" : found.Gaps.Select(gap => gap.ToString()).FirstOrDefault() ?? $"Nobody knows where {workload.Service} keeps its pool size.";
            throw new ImpossiblePlanException($"{where} Change it by hand, or set Targets:{request.Target.Name}:Services:{workload.Service}:PoolSize.");
        }

        var back = undo is { From: var former, To: var set } && set == size && IsSamePlace(undo.Setting, found.Pin) ? former : default(int?);
        var to = back ?? SizeFor(request, scene, workload, size);
        if (found.Pin is not { } pin)
        {
            throw new ImpossiblePlanException($"{found.WhyNot} By hand, at {found.Setting.Place}: {size} -> {to}.");
        }

        // A ConfigMap is not the workload, but whoever keeps one keeps the other.
        await services.RequireAsync(request, workload, $"at {found.Setting.Place}: {size} -> {to}", cancellationToken);
        var peak = PoolBudget.PeakOf(workload);
        return new ResizePool(
            pin,
            workload.Service,
            size,
            to,
            back is null ? Milliseconds(clock.GetUtcNow() + (request.Binding.Duration(ForParameter.Name) ?? UsualTime)) : null,
            peak,
            (to - size) * peak * workload.Processes,
            workload.Owner,
            IsUndo: back is not null);
    }

    public async Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var resize = (ResizePool)plan.Mitigation;
        return await services.WhyNotNowAsync(plan.Target, resize.Service, cancellationToken)
            ?? await setting.ChangeAsync(resize.Setting, resize.From, resize.To, plan.Id.ToString(), cancellationToken);
    }

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var resize = (ResizePool)plan.Mitigation;
        return setting.ObserveAsync(resize.Setting, resize.From, resize.To, plan.Id.ToString(), cancellationToken);
    }

    private static WorkloadLook Chosen(StepRequest request, ServiceScene scene) => ServiceChoice.Named(request, scene.Cluster) ?? scene.First
        ?? throw new ImpossiblePlanException(ServiceChoice.Unread(scene.Cluster) ?? "No session leads back to a pod of the target's services. Name the service on the page.");

    /// <summary>Smaller where all pools together don't fit the server; else larger, as far as there is room.</summary>
    private static int SizeFor(StepRequest request, ServiceScene scene, WorkloadLook workload, int size)
    {
        var usage = scene.Server.Usage;
        var most = PoolBudget.LargestFor(workload, usage) ?? size;
        var budget = PoolBudget.Of(scene.Cluster, usage.Capacity, request.Target.Services.Keys);
        var wanted = request.Binding.Count(SizeParameter.Name)
            ?? (budget.Fits ? Math.Min(most, PoolBudget.Larger(size)) : budget.Services.FirstOrDefault(service => service.Service == workload.Service)?.Fitting ?? size);
        return wanted switch
        {
            _ when wanted > most => throw new ImpossiblePlanException(string.Create(
                CultureInfo.InvariantCulture,
                $"A pool of {wanted} for {workload.Service} doesn't fit: {usage.Used} of {usage.Capacity} slots are taken, and with {WorkloadWords.Pods(PoolBudget.PeakOf(workload))} at the busiest moment {most} is the most.")),
            _ when wanted == size => throw new ImpossiblePlanException(string.Create(
                CultureInfo.InvariantCulture, $"The pool of {workload.Service} has {size}, and the server has no room for a larger one: {usage.Used} of {usage.Capacity} slots are taken.")),
            _ => wanted,
        };
    }

    private static bool IsSamePlace(SettingPin set, SettingPin? now) => now is not null
        && (set.Uid, set.Container, set.Key, set.Parameter) == (now.Uid, now.Container, now.Key, now.Parameter);

    /// <summary>As plans keep times.</summary>
    private static DateTimeOffset Milliseconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
}
