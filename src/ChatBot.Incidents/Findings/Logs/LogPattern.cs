using System.Text.RegularExpressions;

namespace ChatBot.Incidents.Findings.Logs;

/// <summary>What one library or server writes when connections run out, and what that says.</summary>
/// <param name="Stack">Whose words they are, such as HikariCP.</param>
/// <param name="Anchor">Stands in every such line, exactly: what is searched for first, because it is cheap.</param>
/// <param name="Says">The line's sense in our own words, without values.</param>
/// <param name="Shape">Decides; null where the anchor says it all. Its groups <c>max</c>, <c>used</c> and <c>waiting</c> are the pool's own numbers.</param>
public sealed record LogPattern(string Stack, LogSign Sign, string Anchor, string Says, Regex? Shape = null)
{
    /// <summary>Never backtracks: a line is a stranger's.</summary>
    internal static Regex Of(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    internal bool IsIn(ReadOnlySpan<char> line) =>
        line.Contains(Anchor, StringComparison.Ordinal) && Shape?.IsMatch(line) is not false;
}
