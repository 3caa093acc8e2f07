namespace ChatBot.Kubernetes;

/// <summary>What the bot writes beside a change, so that it knows its own doing again.</summary>
internal static class Marks
{
    /// <summary>Who fields belong to that the bot has set (managedFields).</summary>
    public const string Manager = "chatbot";

    /// <summary>On the pod template: the plan that restarted the pods. Not kubectl's own, so that a person's restart is told from ours.</summary>
    public const string Restart = "chatbot.example/restart-approval";

    /// <summary>On the deployment: the plan that paused or resumed its rollout last.</summary>
    public const string Pause = "chatbot.example/pause-approval";

    /// <summary>On the object that holds a pool's size: the plan that set it last.</summary>
    public const string PoolSize = "chatbot.example/pool-size-approval";

    /// <summary>The plan that an annotation names; null when there is none, or it is no plan's id: anybody may write there.</summary>
    public static string? PlanIn(IDictionary<string, string>? annotations, string key) =>
        annotations is not null && annotations.TryGetValue(key, out var plan) && Guid.TryParseExact(plan, "N", out _) ? plan : null;

    /// <summary>As a part of a JSON Pointer (RFC 6901).</summary>
    public static string Pointer(string key) => key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
