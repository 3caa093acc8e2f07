using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Logs;

namespace ChatBot.Kubernetes;

/// <summary>Reads the logs of all pods of a target's services, all containers, also of what ran before a restart, several at a time.</summary>
/// <remarks>
/// A log is looked through while it streams by, in bounded memory. What can't be read is a gap, and the rest is told. See
/// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ (read log of the specified Pod).
/// </remarks>
internal sealed class PodLogs(Clusters clusters, KubernetesOptions options)
{
    /// <summary>The API server hands every log on from a node; more at once would be felt by others.</summary>
    private const int AtOnce = 8;

    /// <summary>Of one container: 512 MiB. The oldest lines come first.</summary>
    private const long BytesAtMost = 512L * 1024 * 1024;

    /// <summary>More sentences than these about single logs nobody reads; the rest are counted.</summary>
    private const int GapsAtMost = 20;

    /// <inheritdoc cref="ReadAsync(IReadOnlyList{ServiceWorkload}, DateTimeOffset, TimeSpan, CancellationToken)"/>
    public Task<LogReading> ReadAsync(TargetOptions target, DateTimeOffset since, TimeSpan within, CancellationToken cancellationToken) =>
        ReadAsync(ServiceWorkload.Of(target), since, within, cancellationToken);

    /// <param name="since">Older lines are not read.</param>
    /// <param name="within">What isn't read by then is a gap.</param>
    /// <exception cref="ClusterUnavailableException">Nothing at all could be read: a sentence says why.</exception>
    public async Task<LogReading> ReadAsync(IReadOnlyList<ServiceWorkload> services, DateTimeOffset since, TimeSpan within, CancellationToken cancellationToken)
    {
        var gaps = new LogGaps(GapsAtMost);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(within);
        var (logs, trouble) = await ListAsync(services, gaps, deadline.Token);
        cancellationToken.ThrowIfCancellationRequested();
        if (logs.Count == 0 && trouble is not null)
        {
            throw trouble;
        }

        var tally = new LogTally(LogTally.KeptOfAll);
        var queue = new ConcurrentQueue<(Cluster Cluster, ContainerLog Log)>(logs);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, logs.Count)).Select(_ => Task.Run(() => ReadQueueAsync(queue, since, tally, gaps, deadline.Token), CancellationToken.None)));
        cancellationToken.ThrowIfCancellationRequested();
        return tally.Reading(since) with { Gaps = gaps.ToSentences() };
    }

    /// <param name="cancellationToken">What isn't listed by its end is a gap, too.</param>
    private async Task<(IReadOnlyList<(Cluster Cluster, ContainerLog Log)> Logs, ClusterUnavailableException? Trouble)> ListAsync(IReadOnlyList<ServiceWorkload> services, LogGaps gaps, CancellationToken cancellationToken)
    {
        var logs = new List<(Cluster, ContainerLog)>();
        ClusterUnavailableException? trouble = null;
        foreach (var group in services.GroupBy(service => (service.Context, service.Namespace)))
        {
            try
            {
                var cluster = await clusters.OfAsync(group.Key.Context);
                var space = await NamespaceLook.ReadAsync(cluster, group.Key.Namespace, group.Select(service => service.Kind), autoscalers: false, cancellationToken);
                foreach (var gap in space.Gaps)
                {
                    gaps.Add(gap);
                }

                foreach (var service in group)
                {
                    trouble = await ListAsync(cluster, space, service, logs, gaps, cancellationToken) ?? trouble;
                }
            }
            catch (ClusterUnavailableException unavailable)
            {
                trouble = unavailable;
                gaps.Add(NamespaceLook.Own(unavailable.Message));
            }
            catch (OperationCanceledException)
            {
                trouble = new ClusterUnavailableException(ClusterTrouble.TimedOut, $"Which logs there are in namespace {group.Key.Namespace} was not told in time (Kubernetes:LogsWithin).");
                gaps.Add(NamespaceLook.Own(trouble.Message));
            }
        }

        return (logs, trouble);
    }

    /// <returns>Null when nothing is missing. What is missing of one service is nothing to its neighbours.</returns>
    private static async Task<ClusterUnavailableException?> ListAsync(
        Cluster cluster, NamespaceLook space, ServiceWorkload service, List<(Cluster, ContainerLog)> logs, LogGaps gaps, CancellationToken cancellationToken)
    {
        try
        {
            var workload = await WorkloadObject.ReadAsync(cluster, service, cancellationToken);
            if (space.PartsOf(service.Kind, workload.Metadata) is not var (_, pods))
            {
                throw new ClusterUnavailableException(ClusterTrouble.Forbidden, space.Unknown(service).ToString());
            }

            logs.AddRange(LogSourceList.Of(service, pods).Select(log => (cluster, log)));
            return null;
        }
        catch (ClusterUnavailableException unavailable)
        {
            gaps.Add(NamespaceLook.Own(unavailable.Message));
            return unavailable;
        }
    }

    private async Task ReadQueueAsync(ConcurrentQueue<(Cluster Cluster, ContainerLog Log)> queue, DateTimeOffset since, LogTally all, LogGaps gaps, CancellationToken cancellationToken)
    {
        var window = new LogWindow();
        while (queue.TryDequeue(out var next))
        {
            if (cancellationToken.IsCancellationRequested)
            {
                gaps.Unread();
                continue;
            }

            var tally = new LogTally(LogTally.KeptOfOne);
            if (await ReadOneAsync(next.Cluster, next.Log, since, window, tally, cancellationToken) is { } gap)
            {
                gaps.Add(gap);
            }
            else
            {
                tally.CountContainer();
            }

            lock (all)
            {
                all.Add(tally);
            }
        }
    }

    /// <returns>Null when it was read to its end; else what is missing.</returns>
    private async Task<Sentence?> ReadOneAsync(Cluster cluster, ContainerLog log, DateTimeOffset since, LogWindow window, LogTally tally, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var (response, status) = await cluster.OpenAsync(log.Access, PathOf(log, since), silence.Token);
            if (response is null)
            {
                return LogGaps.Of(log.Source, status, cluster.Words.Of(status, log.Access).Message);
            }

            using (response)
            {
                await using var stream = await response.Content.ReadAsStreamAsync(silence.Token);
                var total = await window.ReadAsync(log.Source, tally, ReadNextAsync, BytesAtMost);
                return total < BytesAtMost ? null : LogGaps.TooLong(log.Source);

                async ValueTask<int> ReadNextAsync(Memory<byte> bytes)
                {
                    silence.CancelAfter(options.CallTimeout);
                    return await stream.ReadAsync(bytes, silence.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return cancellationToken.IsCancellationRequested ? LogGaps.TimeUp(log.Source) : LogGaps.Silent(log.Source, options.CallTimeout);
        }
        catch (IOException)
        {
            return LogGaps.BrokenOff(log.Source);
        }
        catch (ClusterUnavailableException unavailable)
        {
            return LogGaps.Of(log.Source, HttpStatusCode.ServiceUnavailable, unavailable.Message);
        }
    }

    private static string PathOf(ContainerLog log, DateTimeOffset since)
    {
        var path = $"api/v1/namespaces/{Uri.EscapeDataString(log.Service.Namespace)}/pods/{Uri.EscapeDataString(log.Pod)}/log";
        var moment = since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{path}?container={Uri.EscapeDataString(log.Container)}&sinceTime={Uri.EscapeDataString(moment)}&timestamps=true&limitBytes={BytesAtMost}{(log.IsPrevious ? "&previous=true" : "")}");
    }
}
