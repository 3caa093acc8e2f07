namespace ChatBot.Sandbox;

/// <summary>The shipped pages, with shorter ages: nobody practises for five minutes until a transaction is old.</summary>
internal static class PracticePages
{
    /// <returns>The folder with the pages.</returns>
    public static string WriteTo(string folder)
    {
        var pages = Directory.CreateDirectory(Path.Combine(folder, "runbooks")).FullName;
        foreach (var page in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "runbooks"), "*.md"))
        {
            var text = File.ReadAllText(page)
                .Replace("step: end-transactions idle-for=5m", "step: end-transactions idle-for=3s", StringComparison.Ordinal)
                .Replace("step: cancel-query running-for=30s", "step: cancel-query running-for=3s", StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(pages, Path.GetFileName(page)), text);
        }

        return pages;
    }
}
