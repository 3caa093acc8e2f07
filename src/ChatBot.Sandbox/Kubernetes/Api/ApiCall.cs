namespace ChatBot.Sandbox.Kubernetes;

/// <summary>One request that was answered: what auditors of a cluster would read.</summary>
/// <param name="Resource">With its subresource: <c>deployments/scale</c>.</param>
/// <param name="Code">0 when the connection was broken instead of an answer.</param>
internal sealed record ApiCall(DateTimeOffset At, string User, string Verb, string Resource, string Namespace, string Name, int Code)
{
    public string Path { get; init; } = "";

    public string Query { get; init; } = "";

    public string? ContentType { get; init; }

    /// <summary>As it came; empty for reads.</summary>
    public string Body { get; init; } = "";

    public string? FieldManager { get; init; }

    public bool IsDryRun { get; init; }

    /// <summary>Null when nothing was there.</summary>
    public string? VersionBefore { get; init; }

    /// <summary>Null when nothing was written.</summary>
    public string? VersionAfter { get; init; }

    /// <summary>Something is different now.</summary>
    public bool IsChange => !IsDryRun && VersionAfter != VersionBefore && (VersionAfter is not null || Verb == "delete");
}
