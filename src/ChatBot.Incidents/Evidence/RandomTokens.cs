using System.Buffers;
using System.Text;

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

    /// <summary>One case only: names have separators, keys don't. 24 characters without one aren't a name.</summary>
    private const int LongestGroup = 23;

    private const int UuidLength = 36;

    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> InWord = SearchValues.Create(Alphanumeric + "+/_=.~%-");
    private static readonly SearchValues<char> InPiece = SearchValues.Create(Alphanumeric + "+_-"); // of a path
    private static readonly SearchValues<char> InGroup = SearchValues.Create(Alphanumeric);
    private static readonly SearchValues<char> InHex = SearchValues.Create("0123456789abcdefABCDEF");

    public static string Hide(string text)
    {
        var kept = new StringBuilder(text.Length);
        HideWords(text, InWord, word => HideIn(word, kept), kept);
        return kept.ToString();
    }

    private static void HideIn(string word, StringBuilder kept)
    {
        if (IsRandom(word))
        {
            kept.Append(ForeignText.HiddenMark);
            return;
        }

        HideWords(
            word,
            InPiece,
            piece => kept.Append(IsRandom(piece) ? ForeignText.HiddenMark : piece),
            kept);
    }

    private static void HideWords(string text, SearchValues<char> letters, Action<string> onLong, StringBuilder kept)
    {
        var at = 0;
        foreach (var word in Runs(text, letters, Shortest))
        {
            kept.Append(text, at, word.Start.Value - at);
            onLong(text[word]);
            at = word.End.Value;
        }

        kept.Append(text, at, text.Length - at);
    }

    private static bool IsRandom(string word)
    {
        var rest = WithoutUuids(word);
        return rest.Length >= Shortest
            && (Runs(rest, InHex, Shortest).Count > 0 || (IsMixedCase(rest) ? LooksDrawn(rest) : HasDrawnGroup(rest)));
    }

    private static string WithoutUuids(string word)
    {
        var rest = new StringBuilder(word.Length);
        for (var at = 0; at < word.Length;)
        {
            var isUuid = at + UuidLength <= word.Length
                && word[at + 8] is '-'
                && Guid.TryParseExact(word.AsSpan(at, UuidLength), "D", out _);
            rest.Append(isUuid ? '-' : word[at]);
            at += isUuid ? UuidLength : 1;
        }

        return rest.ToString();
    }

    // Stretches of these characters, as long as they go, that have at least so many.
    private static List<Range> Runs(string text, SearchValues<char> characters, int atLeast)
    {
        var runs = new List<Range>();
        for (var at = 0; at < text.Length;)
        {
            var skipped = text.AsSpan(at).IndexOfAny(characters);
            if (skipped < 0)
            {
                break;
            }

            at += skipped;
            var length = text.AsSpan(at).IndexOfAnyExcept(characters);
            var end = length < 0 ? text.Length : at + length;
            if (end - at >= atLeast)
            {
                runs.Add(at..end);
            }

            at = end;
        }

        return runs;
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

    private static bool HasDrawnGroup(string word) => Runs(word, InGroup, LongestGroup + 1).Any(group =>
    {
        var letters = word[group].Count(char.IsAsciiLetter);
        var digits = word[group].Length - letters;
        return digits >= 3 && letters >= 3;
    });

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
