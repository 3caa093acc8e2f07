namespace ChatBot.Configuration;

/// <summary>Section <c>Kubernetes</c>: how the clusters of the services are reached.</summary>
internal sealed record KubernetesOptions
{
    /// <summary>Read again when it changes. Empty: the bot's own cluster, with its service account; and no cluster when the bot runs in none.</summary>
    public string KubeconfigFile { get; init; } = "";

    /// <summary>For one call, and for the silence of a log that is being read: from 100 ms to 2 minutes.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For the logs of all pods of a target: from 100 ms to 10 minutes. What isn't read by then is left out, and named.</summary>
    public TimeSpan LogsWithin { get; init; } = TimeSpan.FromMinutes(1);
}
