using System.Text;
using System.Text.RegularExpressions;

namespace ChatBot.Incidents.Evidence;

/// <summary>Keys and certificates between BEGIN and END lines; either line may lie outside of the excerpt.</summary>
internal static class PemBlocks
{
    private static readonly Regex Marker = new(
        @"-{4,5} ?(?:BEGIN|END) [A-Z0-9 ]*(?:KEY|CERTIFICATE|REQUEST|MESSAGE|BLOCK|PARAMETERS|PKCS7|CMS|CRL)[A-Z0-9 ]*-{0,5}",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public static string Hide(string text)
    {
        if (!text.Contains("----", StringComparison.Ordinal))
        {
            return text;
        }

        var kept = new StringBuilder();
        var shownUpTo = 0; // everything before is in kept, or hidden
        var isOpen = false;
        foreach (Match marker in Marker.Matches(text))
        {
            var begins = marker.Value.Contains("BEGIN", StringComparison.OrdinalIgnoreCase);
            if (begins && !isOpen)
            {
                kept.Append(text, shownUpTo, marker.Index - shownUpTo).Append(ForeignText.HiddenMark);
            }
            else if (!begins && !isOpen)
            {
                kept.Clear().Append(ForeignText.HiddenMark); // its BEGIN lies before the excerpt: hide upwards
            }

            isOpen = begins;
            shownUpTo = marker.Index + marker.Length;
        }

        return isOpen ? kept.ToString() : kept.Append(text, shownUpTo, text.Length - shownUpTo).ToString();
    }
}
