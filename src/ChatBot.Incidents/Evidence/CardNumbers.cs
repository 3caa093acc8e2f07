using System.Text;

namespace ChatBot.Incidents.Evidence;

/// <summary>Payment card numbers: 13 to 19 digits from 2 to 6, alone or in groups, with a right check digit.</summary>
/// <remarks>No network starts with 1, as times in milliseconds do. See ISO/IEC 7812-1 for the lengths and the check.</remarks>
internal static class CardNumbers
{
    private const int Shortest = 13;
    private const int Longest = 19;

    public static string Hide(string text)
    {
        var kept = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var isStart = text[at] is >= '2' and <= '6' && (at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1]));
            var length = isStart ? CardLengthAt(text.AsSpan(at)) : 0;
            _ = length > 0 ? kept.Append(ForeignText.HiddenMark) : kept.Append(text[at]);
            at += Math.Max(length, 1);
        }

        return kept.ToString();
    }

    // The longest stretch that ends where a group ends and passes the check.
    private static int CardLengthAt(ReadOnlySpan<char> text)
    {
        Span<int> digits = stackalloc int[Longest];
        var count = 0;
        var longest = 0;
        for (var at = 0; at < text.Length && count < Longest; at++)
        {
            if (char.IsAsciiDigit(text[at]))
            {
                digits[count++] = text[at] - '0';
                var endsGroup = at + 1 == text.Length || !char.IsAsciiLetterOrDigit(text[at + 1]);
                longest = count >= Shortest && endsGroup && IsRight(digits[..count]) ? at + 1 : longest;
            }
            else if (text[at] is not (' ' or '-') || !char.IsAsciiDigit(text[at - 1]))
            {
                break;
            }
        }

        return longest;
    }

    // Luhn: from the right, every second digit doubled, all digits summed up.
    private static bool IsRight(ReadOnlySpan<int> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] * (1 + (i % 2));
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }
}
