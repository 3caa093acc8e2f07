using System.Globalization;
using System.Text;

namespace ChatBot.Incidents.Evidence;

/// <summary>Leaves only characters that a person can see, and single spaces between them.</summary>
/// <remarks>
/// Invisible characters are removed, not marked: a secret with a zero-width space inside must become whole again
/// before the redaction looks at it.
/// </remarks>
internal static class TextStripping
{
    /// <summary>More text than this is never looked at: 64 Ki characters.</summary>
    public const int MaxInput = 64 * 1024;

    /// <summary>Vietnamese needs two marks on a letter; towers of them cover the lines above: 3.</summary>
    private const int MaxMarks = 3;

    private const char Escape = '\u001b';

    /// <summary>Visible to Unicode, but drawn as nothing: fillers, blank braille, variation selectors and the like.</summary>
    /// <remarks>See https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point.</remarks>
    private static bool IsDrawnAsNothing(int rune) => rune is
        0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164 or 0xFFA0
        or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0000 and <= 0xE0FFF);

    /// <summary>At most <see cref="MaxInput"/> characters; a longer text loses its tail and the word that was cut.</summary>
    public static string Decode(ReadOnlySpan<byte> utf8)
    {
        // A character has at most four bytes. A byte more tells Strip that something was left out.
        var bounded = utf8[..Math.Min(utf8.Length, (4 * MaxInput) + 4)];
        return Encoding.UTF8.GetString(bounded);
    }

    /// <returns>Clean characters, white space joined. Twice is the same as once.</returns>
    public static string Strip(string text, bool keepLines)
    {
        var bounded = Bound(text);
        var clean = new StringBuilder(bounded.Length);
        var gap = Gap.None;
        var marks = 0;

        for (var at = 0; at < bounded.Length;)
        {
            var sequence = EscapeSequence.LengthAt(bounded[at..]);
            if (sequence > 0)
            {
                at += sequence;
                continue;
            }

            Rune.DecodeFromUtf16(bounded[at..], out var rune, out var consumed); // a lone surrogate becomes U+FFFD
            at += consumed;

            if (IsLineBreak(rune.Value))
            {
                gap = Gap.Line;
            }
            else if (rune.Value == '\t' || Rune.IsWhiteSpace(rune))
            {
                gap = gap is Gap.Line ? Gap.Line : Gap.Space;
            }
            else if (IsVisible(rune, ref marks))
            {
                if (clean.Length > 0 && gap is not Gap.None)
                {
                    clean.Append(gap is Gap.Line && keepLines ? '\n' : ' ');
                }

                gap = Gap.None;
                clean.Append(rune);
            }
        }

        return clean.ToString();
    }

    private static ReadOnlySpan<char> Bound(string text)
    {
        if (text.Length <= MaxInput)
        {
            return text;
        }

        // The last word may be half a secret.
        var bounded = text.AsSpan(0, MaxInput);
        var lastGap = bounded.LastIndexOfAny(" \t\r\n");
        return lastGap < 0 ? [] : bounded[..lastGap];
    }

    private static bool IsLineBreak(int rune) => rune is (>= '\n' and <= '\r') or 0x85 or 0x2028 or 0x2029;

    private static bool IsVisible(Rune rune, ref int marks)
    {
        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.Control:
            case UnicodeCategory.Format:
            case UnicodeCategory.PrivateUse:
            case UnicodeCategory.OtherNotAssigned:
            case UnicodeCategory.Surrogate:
                return false;
            case UnicodeCategory.NonSpacingMark:
            case UnicodeCategory.SpacingCombiningMark:
            case UnicodeCategory.EnclosingMark:
                return !IsDrawnAsNothing(rune.Value) && ++marks <= MaxMarks;
            default:
                if (IsDrawnAsNothing(rune.Value))
                {
                    return false;
                }

                marks = 0;
                return true;
        }
    }

    private enum Gap
    {
        None,
        Space,
        Line,
    }

    /// <summary>What a terminal would act on instead of showing. See ECMA-48, 5.4 and 8.3.</summary>
    private static class EscapeSequence
    {
        /// <returns>0 when no sequence starts here.</returns>
        public static int LengthAt(ReadOnlySpan<char> text) => text[0] switch
        {
            '\u009b' => 1 + Control(text[1..]),
            '\u0090' or '\u0098' or '\u009d' or '\u009e' or '\u009f' => 1 + StringUntilEnd(text[1..]),
            Escape when text.Length == 1 => 1,
            Escape => text[1] switch
            {
                '[' => 2 + Control(text[2..]),
                ']' or 'P' or 'X' or '^' or '_' => 2 + StringUntilEnd(text[2..]),
                _ => 1 + Short(text[1..]),
            },
            _ => 0,
        };

        // Parameters, intermediates, one final character. What breaks off earlier ends there.
        private static int Control(ReadOnlySpan<char> rest)
        {
            var at = 0;
            while (at < rest.Length && rest[at] is >= ' ' and <= '?')
            {
                at++;
            }

            return at < rest.Length && rest[at] is >= '@' and <= '~' ? at + 1 : at;
        }

        // A title, a link, a picture. One that never ends takes no more than its line with it.
        private static int StringUntilEnd(ReadOnlySpan<char> rest)
        {
            var end = rest.IndexOfAny("\a\u009c\u001b\r\n");
            return end switch
            {
                < 0 => rest.Length,
                _ when rest[end] is '\r' or '\n' => end,
                _ when rest[end] is Escape => end + 1 < rest.Length && rest[end + 1] is '\\' ? end + 2 : end,
                _ => end + 1,
            };
        }

        private static int Short(ReadOnlySpan<char> rest)
        {
            var at = 0;
            while (at < rest.Length && rest[at] is >= ' ' and <= '/')
            {
                at++;
            }

            return at < rest.Length && rest[at] is >= '0' and <= '~' ? at + 1 : at;
        }
    }
}
