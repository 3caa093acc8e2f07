using System.Text.Json;
using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Workloads;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Kubernetes;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.RestartPods;

/// <summary>Restarts the pods of the suspected service, or of the one that holds most; where its new pods would find no slot, ends idle sessions first.</summary>
internal sealed class RestartServiceStep(
    ServiceChoice services, TargetServers servers, DeploymentRestarter restarter, PodLogs logs, ChatBotOptions options, KubernetesOptions kubernetes) : IChangingStep
{
    /// <summary>Of the step's time, for the logs: the rest is for the questions before, and for storing.</summary>
    private const double LogsPart = 0.5;

    /// <summary>Of the lines that are kept, all together: 1 Mi characters.</summary>
    private const int MatchesAtMost = 1024 * 1024;

    /// <summary>As the step that reads them stores its own.</summary>
    private const string LogsKind = "log-reading/1";

    private const string SessionsKind = "sessions-before/1";

    public StepType Type { get; } = new("restart-service", StepWork.Changes, "restarts the pods of the suspected service, or of the one that holds most connections")
    {
        Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm],
        Mitigation = RestartService.StoredName,
        Parameters = [ServiceChoice.ServiceParameter],
    };

    public MitigationKind Kind => RestartService.Kind;

    public MitigationView View { get; } = new RestartServiceView();

    public async Task<Mitigation> DrawUpAsync(StepRequest request, CancellationToken cancellationToken)
    {
        var scene = await services.LookAsync(request, cancellationToken);
        var workload = ServiceChoice.Named(request, scene.Cluster) ?? scene.First
            ?? throw new ImpossiblePlanException(ServiceChoice.Unread(scene.Cluster) ?? "No session leads back to a pod of the target's services, so nobody knows whom to restart. Look at who holds the connections.");
        var byHand = WorkloadWords.Command("rollout restart", workload);
        await services.RequireAsync(request, workload, byHand, cancellationToken);
        if (WhyNot(workload) is { } reason)
        {
            throw new ImpossiblePlanException(reason);
        }

        var held = scene.HeldBy(workload);
        var need = RestartNeed.Of(workload, scene.Server.Usage, held) ?? throw new ImpossiblePlanException(
            $"Nobody knows how many connections a pod of {workload.Service} takes: set Targets:{request.Target.Name}:Services:{workload.Service}:PoolSize. By hand: {byHand}");

        // Where old pods may end before their successors are there, the restart makes its own room.
        var slots = need.MayWait ? 0 : need.Slots;
        var first = slots > need.Free ? await MakeRoomAsync(request.Target.Name, need, workload, byHand, cancellationToken) : null;
        return new RestartService(
            WorkloadPin.Of(workload),
            workload.Service,
            workload.Replicas,
            workload.Strategy ?? new RolloutStrategy(0, 1, IsRecreate: false),
            need.PerPod,
            slots,
            first,
            await KeepAsync(request, scene, workload, cancellationToken));
    }

    public async Task<StepResult> ApplyAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var restart = (RestartService)plan.Mitigation;
        if (!restart.IsRestart(number))
        {
            return await servers[plan.Target].ActAsync(SessionAct.EndIdle, restart.First!.Server, restart.First.Sessions[number - 1].Pin, idempotencyKey, cancellationToken);
        }

        return await services.WhyNotNowAsync(plan.Target, restart.Service, cancellationToken)
            ?? await WhyNoRoomAsync(plan.Target, restart, cancellationToken)
            ?? await restarter.RestartAsync(restart.Workload, plan.Id.ToString(), cancellationToken);
    }

    public Task<StepResult> ObserveAsync(Plan plan, int number, string idempotencyKey, CancellationToken cancellationToken)
    {
        var restart = (RestartService)plan.Mitigation;
        return restart.IsRestart(number)
            ? restarter.ObserveAsync(restart.Workload, plan.Id.ToString(), cancellationToken)
            : servers[plan.Target].ObserveAsync(SessionAct.EndIdle, restart.First!.Server, restart.First.Sessions[number - 1].Pin, idempotencyKey, cancellationToken);
    }

    private static string? WhyNot(WorkloadLook workload) => workload switch
    {
        { IsPaused: true } => $"The rollout of {workload.Service} is paused, so no pod would be replaced. Resume it first: {WorkloadWords.Command("rollout resume", workload)}",
        { IsRollingOut: true } => $"A rollout of {workload.Service} is under way. Let it end, or undo it: {WorkloadWords.Command("rollout undo", workload)}",
        { Replicas: 0 } => $"{workload.Service} is scaled to 0, so there is no pod to restart.",
        _ => null,
    };

    /// <summary>Before the old pods are gone the new ones want their connections. The plan stops when the ends of these sessions don't make that room.</summary>
    private async Task<MakeRoom> MakeRoomAsync(string target, RestartNeed need, WorkloadLook workload, string byHand, CancellationToken cancellationToken)
    {
        var server = servers[target];
        if (await server.WhyNotAsync(ServerRight.EndSessions, cancellationToken) is { } lacks)
        {
            throw new ImpossiblePlanException($"A restart of {workload.Service} needs {WorkloadWords.Slots(need.Missing)} more than are free, and I may not end sessions to make room. {lacks}");
        }

        var ages = options.EndIdleSessions.AllAges();
        var most = options.EndIdleSessions.MaxSessions;
        var found = await server.FindSessionsAsync(new SessionChoice(SessionState.Idle, ages[^1], Math.Min(need.ToEnd, most)), cancellationToken);
        if (found.Sessions.Count < need.Missing)
        {
            var why = need.Missing > most ? $"one plan may end {most} at most" : $"only {found.Sessions.Count} sessions are idle for {Spoken.Duration(ages[^1])} and may be ended";
            throw new ImpossiblePlanException(
                $"A restart of {workload.Service} would stand still: no old pod may go before a new one is ready, new ones need {WorkloadWords.Slots(need.Missing)} more than are free, and {why}. Free slots first, or by hand: {byHand}");
        }

        return new MakeRoom(found.Server, ages.Where(age => found.Sessions.All(session => session.For >= age)).DefaultIfEmpty(ages[^1]).First(), found.Sessions);
    }

    /// <summary>What ends with the pods: their sessions, and the logs that the cluster keeps only as long as them.</summary>
    private async Task<IReadOnlyList<SavedEvidence>> KeepAsync(StepRequest request, ServiceScene scene, WorkloadLook workload, CancellationToken cancellationToken)
    {
        var saved = new List<SavedEvidence>
        {
            new(SavedKind.Sessions, scene.Server.Consumers.Sessions, request.Kept.Keep(SessionsKind, JsonSerializer.Serialize(scene.Server.Consumers, StoredJson.Options))),
        };
        try
        {
            var within = new[] { kubernetes.LogsWithin, request.Binding.Timeout * LogsPart }.Min();
            var reading = await logs.ReadAsync(
                [.. ServiceWorkload.Of(request.Target).Where(one => one.Service == workload.Service)], RiseRule.LogsSince(request.Incident, RiseRule.UsualBefore), within, cancellationToken);
            var kept = request.Kept.Keep(LogsKind, JsonSerializer.Serialize(reading.WithMatchesOf(MatchesAtMost), StoredJson.Options));
            saved.Add(new SavedEvidence(SavedKind.Logs, reading.Containers, kept));
        }
        catch (ClusterUnavailableException)
        {
            // The plan then doesn't say that logs were saved; whoever approves reads that.
        }

        return saved;
    }

    private async Task<StepResult?> WhyNoRoomAsync(string target, RestartService restart, CancellationToken cancellationToken)
    {
        if (restart.Slots == 0)
        {
            return null;
        }

        try
        {
            var usage = await servers[target].CountAsync(cancellationToken);
            return usage.Free >= restart.Slots
                ? null
                : new StepResult(Outcome.NotApplied, $"Nothing was restarted: {WorkloadWords.Slots(usage.Free)} free, and the new pods may take {restart.Slots} before old ones end. Free more, and ask for a new plan.");
        }
        catch (TargetUnavailableException unavailable)
        {
            return new StepResult(Outcome.NotApplied, $"Nothing was restarted: whether there is room for new pods isn't known. {unavailable.Message}");
        }
    }
}
