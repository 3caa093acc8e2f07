using ChatBot.Incidents.Mitigations;

namespace ChatBot.Kubernetes;

/// <summary>One change of something in a cluster, if it is still what was approved.</summary>
/// <typeparam name="T">What is looked at before and afterwards.</typeparam>
internal abstract class ObjectChange<T>
    where T : class
{
    /// <returns>Null when it isn't there.</returns>
    /// <exception cref="ClusterUnavailableException">No answer that helps: a sentence says why.</exception>
    public abstract Task<T?> FindAsync(Cluster cluster, CancellationToken cancellationToken);

    /// <summary>Before anything is sent. Null when it may be.</summary>
    public abstract StepResult? WhyNot(T? found);

    /// <summary>Sends it, with all that it stands on.</summary>
    public abstract Task<WriteAnswer> SendAsync(Cluster cluster, T found, CancellationToken cancellationToken);

    /// <summary>What became of it, as the object shows.</summary>
    /// <returns><see cref="Outcome.NotApplied"/> when all is as approved and nothing has happened.</returns>
    public abstract StepResult Became(T? found);
}
