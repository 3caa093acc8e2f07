namespace ChatBot.Sandbox.Kubernetes;

/// <summary>A kind of object, as discovery tells of it.</summary>
/// <param name="Group">Empty for the core group.</param>
internal sealed record ResourceType(string Group, string Version, string Kind, string Plural, bool IsNamespaced = true)
{
    public string Singular { get; } = Kind.ToLowerInvariant();

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Beside the object itself: <c>scale</c>, <c>status</c>, <c>log</c>.</summary>
    public IReadOnlyList<string> Subresources { get; init; } = [];

    /// <summary>Listed by <c>kubectl get all</c>.</summary>
    public bool IsInAll { get; init; }

    /// <summary>Its <c>metadata.generation</c> counts the changes of its spec.</summary>
    public bool CountsGenerations { get; init; }

    /// <summary>Nothing is kept: it is posted, and answered.</summary>
    public bool IsQuestion { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>As errors name it: <c>deployments.apps</c>, <c>pods</c>.</summary>
    public string QualifiedName => Qualified(Plural);

    /// <summary>As errors about invalid objects name it: <c>Deployment.apps</c>.</summary>
    public string QualifiedKind => Qualified(Kind);

    public string Path => Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";

    private string Qualified(string name) => Group.Length == 0 ? name : $"{name}.{Group}";
}
