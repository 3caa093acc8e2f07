using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Logs;
using ChatBot.Kubernetes;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>Asks the clusters of a target's services, beside the look at its server. Whatever goes wrong there, the diagnosis goes on without it, and says so.</summary>
internal sealed partial class ClusterQuestion(WorkloadProbe probe, PodLogs logs, Clusters clusters, KubernetesOptions options, TimeProvider clock, ILogger<ClusterQuestion> logger)
{
    /// <summary>Of the time that the page leaves to the diagnosis: the rest is for what the server said.</summary>
    private const double Part = 0.5;

    /// <summary>Of the same time, for the logs: they are asked last, and only of their latest lines.</summary>
    private const double LogsPart = 0.25;

    /// <summary>An API server hands each log on from a node: of one target they are read once in this time.</summary>
    private static readonly TimeSpan LogsEvery = LogPools.Latest / 2;

    private readonly ConcurrentDictionary<string, (DateTimeOffset Since, DateTimeOffset At, LogReading Reading)> _read = new(StringComparer.Ordinal);

    /// <param name="within">How long the page lets the diagnosis take, which nothing that is missing here may spoil.</param>
    /// <returns>No look and no gaps where no cluster is configured for the target.</returns>
    public async Task<(ClusterLook? Cluster, IReadOnlyList<Sentence> Gaps)> AskAsync(TargetOptions target, TimeSpan within, CancellationToken cancellationToken)
    {
        if (!IsToBeAsked(target))
        {
            return (null, []);
        }

        var (look, gap) = await TryAsync(target.Name, "Which pods hold the sessions", within * Part, token => probe.LookAsync(target, token), cancellationToken);
        return (look, look?.Gaps ?? [gap!]);
    }

    /// <summary>What the services' logs said lately, for pools that ran out.</summary>
    /// <param name="after">Older lines say nothing about now.</param>
    /// <param name="within">How long the page lets the diagnosis take.</param>
    /// <returns>No reading and no gap where no cluster is configured for the target.</returns>
    public async Task<(LogReading? Reading, Sentence? Gap)> ReadLogsAsync(TargetOptions target, DateTimeOffset? after, TimeSpan within, CancellationToken cancellationToken)
    {
        if (!IsToBeAsked(target))
        {
            return (null, null);
        }

        var now = clock.GetUtcNow();
        var since = new[] { now - LogPools.Latest, after ?? default }.Max();
        if (_read.TryGetValue(target.Name, out var last) && (now - last.At) < LogsEvery && !(last.Since < after))
        {
            return (last.Reading, null);
        }

        // What isn't read in its time is a gap of the reading, so this gives it up a moment later only.
        var patience = within * LogsPart;
        var (reading, gap) = await TryAsync(
            target.Name, "Whether a pool of the services ran out", patience * 1.5, token => logs.ReadAsync(target, since, new[] { options.LogsWithin, options.CallTimeout, patience }.Min(), token), cancellationToken);
        if (reading is null)
        {
            return (null, gap);
        }

        _read[target.Name] = (since, now, reading);
        return (reading, reading.Gaps is [var first, ..] ? Sentence.Of($"Not every log of the services was read: {first}") : null);
    }

    private bool IsToBeAsked(TargetOptions target) => clusters.IsConfigured && ServiceWorkload.Of(target).Count > 0;

    [SuppressMessage("Design", "CA1031", Justification = "What nobody foresaw is logged, and is still no answer.")]
    private async Task<(T? Answer, Sentence? Gap)> TryAsync<T>(
        string target, string what, TimeSpan within, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        var subject = NamespaceLook.Own(what);
        var patience = new[] { options.CallTimeout, within }.Min();
        using var timeout = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return (await ask(either.Token).WaitAsync(either.Token), null);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, Sentence.Of($"{subject} isn't known: the cluster gave no answer within {patience}."));
        }
        catch (ClusterUnavailableException unavailable)
        {
            return (null, Sentence.Of($"{subject} isn't known: {NamespaceLook.Own(unavailable.Message)}"));
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            LogUnforeseen(target, unforeseen);
            return (null, Sentence.Of($"{subject} isn't known: the cluster answered in a way I don't understand. My log says more."));
        }
    }

    [LoggerMessage(LogLevel.Error, "The cluster of {Target}'s services answered in a way nobody foresaw")]
    private partial void LogUnforeseen(string target, Exception unforeseen);
}
