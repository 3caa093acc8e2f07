using System.Collections.Immutable;
using System.Globalization;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Runbooks;

/// <summary>The mistakes found so far on one page.</summary>
internal sealed class PageMistakes
{
    /// <summary>More than this nobody reads in one go: 100.</summary>
    public const int AtMost = 100;

    /// <summary>A word of the page is shown up to so many characters: 60.</summary>
    private const int WordLength = 60;

    private readonly List<PageMistake> _found = [];

    public bool Any => _found.Count > 0;

    public void Add(PagePlace place, string wrong, string allowed) => _found.Add(new PageMistake(place.Line, place.Column, wrong, allowed));

    /// <summary>A word of the page, fit to stand in a sentence.</summary>
    public static string Show(string word)
    {
        var clean = TextStripping.Strip(word, keepLines: false);
        return clean.Length <= WordLength ? clean : string.Concat(clean.AsSpan(0, WordLength), "…");
    }

    /// <summary>In the page's order; the last one says how many were left out.</summary>
    public ImmutableArray<PageMistake> ToImmutable()
    {
        var ordered = _found.OrderBy(mistake => mistake.Line).ThenBy(mistake => mistake.Column).ToList();
        if (ordered.Count <= AtMost)
        {
            return [.. ordered];
        }

        var next = ordered[AtMost - 1];
        var more = string.Create(CultureInfo.InvariantCulture, $"And {ordered.Count - AtMost + 1} more mistakes from here on.");
        return [.. ordered.Take(AtMost - 1), next with { Wrong = more, Allowed = "Mend the ones above, then check the page again." }];
    }
}
