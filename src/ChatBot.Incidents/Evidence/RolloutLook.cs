namespace ChatBot.Incidents.Evidence;

/// <summary>How far the pods of a workload are replaced. Numbers and words of ours only.</summary>
/// <param name="Service">As configured.</param>
/// <param name="Updated">Pods of the newest template.</param>
/// <param name="Ready">Of all pods, those that can do work.</param>
/// <param name="Replicas">As asked for.</param>
/// <param name="Why">Why it doesn't get on, or isn't seen, in a sentence; empty when all is well.</param>
public sealed record RolloutLook(string Service, RolloutStage Stage, int Updated, int Ready, int Replicas, string Why)
{
    /// <summary>How often the cluster gave the warning that explains it best; 0 when there is none. Its own words are evidence.</summary>
    public int Warned { get; init; }

    /// <summary>Nothing more comes by itself.</summary>
    public bool IsSettled => Stage is RolloutStage.Done or RolloutStage.Stuck;
}

/// <summary>Where a rollout stands.</summary>
public enum RolloutStage
{
    Running,

    /// <summary>All pods are of the newest template, and ready.</summary>
    Done,

    /// <summary>The controller gave up waiting for it, or somebody paused it.</summary>
    Stuck,

    /// <summary>The cluster gave no answer.</summary>
    Unseen,
}
