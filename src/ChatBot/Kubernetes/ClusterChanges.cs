using ChatBot.Incidents.Mitigations;

namespace ChatBot.Kubernetes;

/// <summary>How every change of a cluster goes: look, send once, look again. Only <see cref="ApplyAsync"/> sends anything.</summary>
internal sealed class ClusterChanges(Clusters clusters, TimeProvider clock)
{
    /// <summary>So many looks at what became of an unanswered change.</summary>
    private const int LooksAtMost = 20;

    /// <summary>Between two of them: 200 ms.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public async Task<StepResult> ApplyAsync<T>(string context, ObjectChange<T> change, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            var cluster = await clusters.OfAsync(context);
            var found = await change.FindAsync(cluster, cancellationToken);
            return change.WhyNot(found) ?? await SeenAsync(cluster, change, await change.SendAsync(cluster, found!, cancellationToken), cancellationToken);
        }
        catch (ClusterUnavailableException unavailable)
        {
            return new(Outcome.NotApplied, $"Nothing was sent. {unavailable.Message}");
        }
    }

    /// <summary>For recovery: what became of it. Changes nothing.</summary>
    /// <returns><see cref="Outcome.NotApplied"/> only with proof, so that it may be sent once more.</returns>
    public async Task<StepResult> ObserveAsync<T>(string context, ObjectChange<T> change, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await LookAsync(await clusters.OfAsync(context), change, cancellationToken);
        }
        catch (ClusterUnavailableException unavailable)
        {
            return Unseen(unavailable.Message);
        }
    }

    private async Task<StepResult> SeenAsync<T>(Cluster cluster, ObjectChange<T> change, WriteAnswer answer, CancellationToken cancellationToken)
        where T : class
    {
        if (answer.Fate is WriteFate.Refused)
        {
            return new(Outcome.NotApplied, $"Nothing was changed. {answer.Words}");
        }

        var seen = await LookAsync(cluster, change, cancellationToken);
        for (var looks = 1; answer.Fate is WriteFate.Unanswered && seen.Outcome is Outcome.NotApplied or Outcome.Ambiguous && looks < LooksAtMost; looks++)
        {
            await Task.Delay(Pause, clock, cancellationToken);
            seen = await LookAsync(cluster, change, cancellationToken);
        }

        return (answer.Fate, seen.Outcome) switch
        {
            // The answer is proof enough when the object can't be read, or is somebody else's again already.
            (WriteFate.Done, not Outcome.Applied) => new(Outcome.Applied, "The API server did it; the object has moved on since."),
            (WriteFate.Unfit, Outcome.NotApplied or Outcome.Ambiguous) => new(
                Outcome.NotApplied, "Nothing was changed: the API server refused it, by a rule for changes, a limit of the namespace, or because somebody changed the object at the same moment."),
            (WriteFate.Unfit, Outcome.Superseded) => new(Outcome.Drift, seen.Detail),
            (WriteFate.Unanswered, Outcome.NotApplied) => new(Outcome.Ambiguous, $"It isn't seen to have happened, and may happen still. {answer.Words}"),
            _ => seen,
        };
    }

    private static async Task<StepResult> LookAsync<T>(Cluster cluster, ObjectChange<T> change, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return change.Became(await change.FindAsync(cluster, cancellationToken));
        }
        catch (ClusterUnavailableException unavailable)
        {
            return Unseen(unavailable.Message);
        }
    }

    private static StepResult Unseen(string words) => new(Outcome.Ambiguous, $"What became of it can't be seen. {words}");
}
