using System.Text.RegularExpressions;
using ChatBot.Incidents;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Tests;

/// <summary>What the README draws has to be so.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void The_picture_is_the_one_that_the_lifecycle_prints()
    {
        var picture = Mermaid.Match(File.ReadAllText(Path.Combine(Root(), "README.md"))).Groups["picture"].Value;

        Assert.Equal(IncidentLifecycle.Diagram().ReplaceLineEndings("\n").Trim(), picture.Trim());
    }

    [Fact]
    public void Every_file_it_links_to_is_there()
    {
        var root = Root();
        var links = Link.Matches(File.ReadAllText(Path.Combine(root, "README.md"))).Select(link => link.Groups["to"].Value).ToArray();

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(root, link)), $"README.md links to {link}, which isn't there."));
    }

    [Fact]
    public async Task It_counts_the_steps_that_are_a_persons_as_the_page_has_them()
    {
        var types = await ChatBotServices.TypesOfStepsAsync();
        var page = File.ReadAllBytes(Path.Combine(Root(), "manifests", "runbooks", "database-connection-pool-exhaustion.md"));
        var steps = RunbookPage.Read(page, types).Runbook!.Steps;

        Assert.Contains(
            $"* {steps.Count(step => step.Binding is null)} of the page's {steps.Length} steps are still a person's",
            File.ReadAllText(Path.Combine(Root(), "README.md")),
            StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChatBot.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the project's folder.");
        }

        return folder.FullName;
    }

    [GeneratedRegex("```mermaid\n(?<picture>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Mermaid { get; }

    [GeneratedRegex(@"\]\((?<to>[^)#:]+)\)")]
    private static partial Regex Link { get; }
}
