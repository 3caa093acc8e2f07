namespace ChatBot.Kubernetes;

internal enum ClusterFindingLevel
{
    /// <summary>Proven.</summary>
    Works,

    /// <summary>It works without, and would be better with.</summary>
    Advice,

    /// <summary>Something that the bot is for doesn't work.</summary>
    Missing,
}

/// <summary>Something the doctor found about the cluster of a service.</summary>
/// <param name="Words">In our own words: what is so, then what to do. Ends with a colon when a rule follows.</param>
/// <param name="Rule">To paste into a Role; null when there is nothing to paste.</param>
internal sealed record ClusterFinding(ClusterFindingLevel Level, string Words, string? Rule = null);
