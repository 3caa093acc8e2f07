using System.Text.RegularExpressions;

namespace ChatBot.Tests;

/// <summary>What a card cites can be looked up.</summary>
public partial class DecisionTableTests
{
    private static readonly string Findings = Path.Combine(SourceTree.Root, "src", "ChatBot.Incidents", "Findings");

    [Fact]
    public void Every_row_that_is_cited_is_in_the_table()
    {
        var rows = Row.Matches(File.ReadAllText(Path.Combine(Findings, "README.md"))).Select(row => row.Groups["row"].Value).ToHashSet();
        var cited = Directory.EnumerateFiles(Findings, "*.cs", SearchOption.AllDirectories)
            .SelectMany(path => Citation.Matches(File.ReadAllText(path)).Select(citation => citation.Groups["row"].Value))
            .ToHashSet();

        Assert.Superset(new HashSet<string> { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10" }, cited);
        Assert.Subset(rows, cited);
    }

    [GeneratedRegex(@"^\| (?<row>\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Row { get; }

    [GeneratedRegex(@"decision table, rows? (?<row>\d+)")]
    private static partial Regex Citation { get; }
}
