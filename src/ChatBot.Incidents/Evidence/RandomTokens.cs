using System.Text.RegularExpressions;

namespace ChatBot.Incidents.Evidence;

/// <summary>The net under the other rules: long words that look as if drawn by lot, such as keys in hex or base64.</summary>
/// <remarks>
/// Words of people change between small letters, capitals and digits rarely, random ones all the time. Meant to survive:
/// UUIDs, plan digests of 8 digits, names of pods, paths, CamelCase and snake_case. A commit's or an image's full hash
/// doesn't: it can't be told from a key.
/// </remarks>
internal static class RandomTokens
{
    /// <summary>Shorter words aren't looked at: 32 characters.</summary>
    private const int Shortest = 32;

    private const RegexOptions Options =
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static readonly Regex Word = new("[A-Za-z0-9+/_=.~%-]{32,}", Options);
    private static readonly Regex Piece = new("[A-Za-z0-9+_-]{32,}", Options);
    private static readonly Regex Hex = new("[0-9a-f]{32,}", Options);
    private static readonly Regex Group = new("[A-Za-z0-9]{24,}", Options);
    private static readonly Regex Uuid = new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", Options);

    public static string Hide(string text) => Word.Replace(text, word => IsRandom(word.Value)
        ? ForeignText.HiddenMark
        : Piece.Replace(word.Value, piece => IsRandom(piece.Value) ? ForeignText.HiddenMark : piece.Value)); // in a path

    private static bool IsRandom(string word)
    {
        var rest = Uuid.Replace(word, "-");
        return rest.Length >= Shortest && (Hex.IsMatch(rest) || (IsMixedCase(rest) ? LooksDrawn(rest) : HasDrawnGroup(rest)));
    }

    private static bool IsMixedCase(string word) => word.Any(char.IsAsciiLetterUpper) && word.Any(char.IsAsciiLetterLower);

    // Of 62 characters drawn evenly, two neighbours are of different kinds in 62 of 100 places. In CamelCase a capital
    // starts a word, so two of them in a row are rare.
    private static bool LooksDrawn(string word)
    {
        var (letters, digits, changes, capitalPairs) = (0, 0, 0, 0);
        var before = Kind.Other;
        foreach (var character in word)
        {
            var kind = KindOf(character);
            if (kind is Kind.Other)
            {
                continue;
            }

            letters++;
            digits += kind is Kind.Digit ? 1 : 0;
            changes += before is not Kind.Other && kind != before ? 1 : 0;
            capitalPairs += before is Kind.Capital && kind is Kind.Capital ? 1 : 0;
            before = kind;
        }

        var rate = changes / Math.Max(1.0, letters - 1);
        return letters >= 24 && (digits >= 2 ? rate >= 0.35 : rate >= 0.42 && capitalPairs >= 2);
    }

    // One case only: names have separators, keys don't.
    private static bool HasDrawnGroup(string word) => Group.Matches(word).Any(group =>
    {
        var digits = group.ValueSpan.Length - CountLetters(group.ValueSpan);
        return digits >= 3 && digits <= group.Length - 3;
    });

    private static int CountLetters(ReadOnlySpan<char> text)
    {
        var letters = 0;
        foreach (var character in text)
        {
            letters += char.IsAsciiLetter(character) ? 1 : 0;
        }

        return letters;
    }

    private static Kind KindOf(char character) => character switch
    {
        >= 'a' and <= 'z' => Kind.Small,
        >= 'A' and <= 'Z' => Kind.Capital,
        >= '0' and <= '9' => Kind.Digit,
        _ => Kind.Other,
    };

    private enum Kind
    {
        Other,
        Small,
        Capital,
        Digit,
    }
}
