using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Logs;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>One container's log that is to be read.</summary>
/// <param name="Pod">Its name as the API has it.</param>
internal sealed record ContainerLog(ServiceWorkload Service, string Pod, string Container, bool IsPrevious)
{
    public LogSource Source => new(
        ForeignText.From(Service.Service, WorkloadPods.LongestName), ForeignText.From(Pod, WorkloadPods.LongestName), ForeignText.From(Container, WorkloadPods.LongestName), IsPrevious);

    public Access Access => new("get", "", "pods/log", Service.Namespace);
}

/// <summary>Which logs a service's pods have: of every container that has run, and of what ran before its last restart.</summary>
internal static class LogSourceList
{
    private static readonly bool[] NowAndBefore = [false, true];

    public static IEnumerable<ContainerLog> Of(ServiceWorkload service, IEnumerable<V1Pod> pods) =>
        from pod in pods
        from container in (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? [])
        from isPrevious in NowAndBefore
        where isPrevious ? container.RestartCount > 0 : HasRun(container)
        select new ContainerLog(service, pod.Metadata.Name, container.Name, isPrevious);

    /// <summary>One that waits for its image or its first start has no log.</summary>
    private static bool HasRun(V1ContainerStatus container) =>
        container.State?.Running is not null || container.State?.Terminated is not null || container.LastState?.Terminated is not null || container.RestartCount > 0;
}
