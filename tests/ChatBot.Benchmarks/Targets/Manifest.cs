namespace ChatBot.Benchmarks.Targets;

/// <summary>What an administrator runs to let the bot in: <c>manifests/databases</c>.</summary>
internal static class Manifest
{
    public static Task<string> ReadAsync(string name, CancellationToken cancellationToken) => File.ReadAllTextAsync(PathOf(name), cancellationToken);

    /// <exception cref="InvalidOperationException">The program runs outside the repository.</exception>
    public static string PathOf(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChatBot.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The benchmarks run outside the repository.");
        }

        return Path.Combine(folder.FullName, "manifests", "databases", name);
    }
}
