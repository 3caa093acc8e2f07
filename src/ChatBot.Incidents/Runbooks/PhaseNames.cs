using System.Text.RegularExpressions;

namespace ChatBot.Incidents.Runbooks;

/// <summary>The phases as pages write them.</summary>
public static partial class PhaseNames
{
    public static string Of(RunbookPhase phase) => phase switch
    {
        RunbookPhase.Diagnosis => "Diagnosis",
        RunbookPhase.Immediate => "Immediate actions",
        RunbookPhase.ShortTerm => "Short-term fixes",
        _ => "Long-term solutions",
    };

    /// <summary>The group of mitigations that a heading or an item begins with its first word; null when it begins none.</summary>
    internal static RunbookPhase? GroupOf(string title) => FirstWord.Match(title) switch
    {
        { Success: false } => null,
        { Groups: var groups } when groups["immediate"].Success => RunbookPhase.Immediate,
        { Groups: var groups } when groups["short"].Success => RunbookPhase.ShortTerm,
        _ => RunbookPhase.LongTerm,
    };

    /// <summary>Nothing but the group's name: "Long-term solutions:".</summary>
    internal static bool IsGroupName(string title) => NameOnly.IsMatch(title);

    // A word processor's hyphens count as hyphens.
    [GeneratedRegex(@"^((?<immediate>immediate(ly)?)|(?<short>short[-‐‑–\s]?term)|(?<long>long[-‐‑–\s]?term))(?!\w)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex FirstWord { get; }

    [GeneratedRegex(@"^(immediate(ly)?|(short|long)[-‐‑–\s]?term)(\s+\w+)?\s*:?$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex NameOnly { get; }
}
