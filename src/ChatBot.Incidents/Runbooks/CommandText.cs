using System.Globalization;
using System.Text;

namespace ChatBot.Incidents.Runbooks;

/// <summary>Text that a person will paste: what they see is all there is.</summary>
internal static class CommandText
{
    /// <summary>20,000 characters.</summary>
    public const int Longest = 20_000;

    /// <summary>Without control and invisible characters, which a shell would obey and a reader doesn't see; lines and tabs stay.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned))
            {
                clean.Append(rune);
            }
        }

        return clean.ToString().TrimEnd('\n', ' ');
    }
}
