using System.Globalization;

namespace ChatBot.Configuration;

/// <summary>Words as a person can read them: no control or invisible characters, no space at the ends.</summary>
internal static class PlainText
{
    public static SettingsSection.TryParse<string> UpTo(int maxLength) => (text, out value) =>
    {
        value = text;
        return IsPlain(text, maxLength);
    };

    public static bool IsPlain(string text, int maxLength) =>
        text.Length > 0
        && text.Length <= maxLength
        && text.Trim().Length == text.Length
        && text.EnumerateRunes().All(rune => System.Text.Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
            or UnicodeCategory.Format
            or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator)
            && rune.Value != 0xFFFD);
}
