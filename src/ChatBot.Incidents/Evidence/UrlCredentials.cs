using System.Buffers;
using System.Text;

namespace ChatBot.Incidents.Evidence;

/// <summary>The password in <c>scheme://user:password@host</c> and in <c>user:password@host</c>.</summary>
internal static class UrlCredentials
{
    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \n\"'`<>");

    // Inside a word without a scheme these are more likely punctuation than part of a password.
    private static readonly SearchValues<char> PartEnds = SearchValues.Create(",;()[]{}|");

    public static string Hide(string text)
    {
        if (!text.Contains('@', StringComparison.Ordinal))
        {
            return text;
        }

        var kept = new StringBuilder(text.Length);
        for (var start = 0; start < text.Length;)
        {
            var length = text.AsSpan(start).IndexOfAny(WordEnds);
            var end = length < 0 ? text.Length : start + length;
            HideInWord(text.AsSpan(start, end - start), kept);
            if (end < text.Length)
            {
                kept.Append(text[end]);
            }

            start = end + 1;
        }

        return kept.ToString();
    }

    private static void HideInWord(ReadOnlySpan<char> word, StringBuilder kept)
    {
        var scheme = word.IndexOf("://");
        if (scheme >= 0)
        {
            var authority = scheme + 3;
            kept.Append(word[..authority]);
            HideInAuthority(word[authority..], kept);
            return;
        }

        while (word.Length > 0)
        {
            var length = word.IndexOfAny(PartEnds);
            var part = length < 0 ? word : word[..length];
            HideInAuthority(part, kept);
            kept.Append(word[part.Length..Math.Min(word.Length, part.Length + 1)]);
            word = word[Math.Min(word.Length, part.Length + 1)..];
        }
    }

    // A password may hold any character, a slash and another @ included, so it ends at the last one.
    private static void HideInAuthority(ReadOnlySpan<char> text, StringBuilder kept)
    {
        var colon = text.IndexOfAny(":/?#");
        var at = text.LastIndexOf('@');
        if (colon < 0 || text[colon] is not ':' || at <= colon + 1)
        {
            kept.Append(text);
            return;
        }

        kept.Append(text[..(colon + 1)]).Append(ForeignText.HiddenMark).Append(text[at..]);
    }
}
