namespace ChatBot.IntegrationTests.Runbooks;

/// <summary>Pages for practice incidents.</summary>
internal static class PracticePages
{
    /// <summary>A team's own page that has never heard of bindings.</summary>
    public static readonly string Unbound = File.ReadAllText(Path.Combine(Root(), "tests", "ChatBot.Incidents.Tests", "Runbooks", "unbound-page.md"));

    /// <summary>The page that the program ships.</summary>
    public static readonly string Shipped = File.ReadAllText(Path.Combine(Root(), "manifests", "runbooks", "database-connection-pool-exhaustion.md"));

    /// <summary>Two changes, one of a single session and one of the rest, so that the second waits for the first.</summary>
    public const string TwoChanges =
        """
        # Two changes

        ## Diagnosis

        1. Count the connections: <!-- step: connection-usage -->
        2. See who holds them: <!-- step: connection-consumers -->

        ## Mitigation

        1. Immediate actions:
           - End one idle connection <!-- step: terminate-idle id=one idle-for=1s max=1 -->
           - End the other idle connections <!-- step: terminate-idle id=rest idle-for=1s max=40 -->
        """;

    /// <summary>A page with one change, whose step is called <c>act</c>.</summary>
    /// <param name="step">What is bound to it, with its parameters: <c>limit-role percent=50</c>.</param>
    public static string Changing(string step) =>
        $"""
        # One change

        ## Diagnosis

        1. Count the connections: <!-- step: connection-usage -->
        2. See who holds them: <!-- step: connection-consumers -->

        ## Mitigation

        1. Immediate actions:
           - Change it <!-- step: {step} id=act -->
        """;

    /// <summary>A page by hand with this many steps of the diagnosis, and as many immediate actions.</summary>
    public static string ByHand(int diagnosis, int immediate, string word = "Look at") =>
        $"""
        # By hand

        ## Diagnosis

        {string.Join("\n", Enumerable.Range(1, diagnosis).Select(step => $"{step}. {word} place {step}"))}

        ## Mitigation

        1. Immediate actions:
        {string.Join("\n", Enumerable.Range(1, immediate).Select(step => $"   - Turn screw {step}"))}
        """;

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChatBot.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder.FullName;
    }
}
