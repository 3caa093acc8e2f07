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

/// <summary>Every request since the start, oldest first.</summary>
internal sealed class Ledger
{
    private readonly Lock _gate = new();
    private readonly List<ApiCall> _calls = [];

    public IReadOnlyList<ApiCall> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>What clients changed, also when they never got the answer.</summary>
    public IReadOnlyList<ApiCall> Changes => [.. Calls.Where(call => call.IsChange)];

    internal void Note(ApiCall call)
    {
        lock (_gate)
        {
            _calls.Add(call);
        }
    }
}
