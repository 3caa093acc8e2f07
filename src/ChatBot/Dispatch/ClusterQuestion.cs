using System.Diagnostics.CodeAnalysis;
using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Kubernetes;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>Asks the clusters of a target's services, beside the look at its server. Whatever goes wrong there, the diagnosis goes on without it, and says so.</summary>
internal sealed partial class ClusterQuestion(WorkloadProbe probe, Clusters clusters, KubernetesOptions options, TimeProvider clock, ILogger<ClusterQuestion> logger)
{
    /// <summary>Of the time that the page leaves to the diagnosis: the rest is for what the server said.</summary>
    private const double Part = 0.5;

    /// <param name="within">How long the page lets the diagnosis take, which nothing that is missing here may spoil.</param>
    /// <returns>No look and no gaps where no cluster is configured for the target.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "What nobody foresaw is logged, and is still no answer.")]
    public async Task<(ClusterLook? Cluster, IReadOnlyList<Sentence> Gaps)> AskAsync(TargetOptions target, TimeSpan within, CancellationToken cancellationToken)
    {
        if (!clusters.IsConfigured || ServiceWorkload.Of(target).Count == 0)
        {
            return (null, []);
        }

        var patience = new[] { options.CallTimeout, within * Part }.Min();
        using var timeout = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var look = await probe.LookAsync(target, either.Token).WaitAsync(either.Token);
            return (look, look.Gaps);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, [Sentence.Of($"The cluster gave no answer within {patience}, so which pods hold the sessions isn't known.")]);
        }
        catch (ClusterUnavailableException unavailable)
        {
            return (null, [Sentence.Of($"Which pods hold the sessions isn't known: {NamespaceLook.Own(unavailable.Message)}")]);
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            LogUnforeseen(target.Name, unforeseen);
            return (null, [Sentence.Of($"The cluster answered in a way I don't understand, so which pods hold the sessions isn't known. My log says more.")]);
        }
    }

    [LoggerMessage(LogLevel.Error, "The cluster of {Target}'s services answered in a way nobody foresaw")]
    private partial void LogUnforeseen(string target, Exception unforeseen);
}
