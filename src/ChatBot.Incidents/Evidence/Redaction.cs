namespace ChatBot.Incidents.Evidence;

/// <summary>Hides secrets in text that was stripped before. When in doubt, it hides too much.</summary>
/// <remarks>
/// Every rule is a walk over the text or a regular expression without backtracking, so that no text, however clever,
/// takes more than linear time. The rules find secrets that look like one or are named like one; a password in plain
/// prose is not found.
/// </remarks>
internal static class Redaction
{
    private const char Ellipsis = '…';

    // From the widest to the narrowest: a rule must not cut a piece out of what an earlier one would have hidden whole.
    private static readonly IReadOnlyList<Func<string, string>> Rules =
    [
        PemBlocks.Hide,
        UrlCredentials.Hide,
        NamedSecrets.Hide,
        RandomTokens.Hide,
        TokenShapes.Hide,
        CardNumbers.Hide,
    ];

    public static string Hide(string text) => Hide(text, Rules);

    /// <returns><see cref="ForeignText.WithheldMark"/> when a rule failed.</returns>
    internal static string Hide(string text, IReadOnlyList<Func<string, string>> rules)
    {
        // The ellipsis of an earlier cut isn't the password in "password=…".
        var wasCut = text.EndsWith(Ellipsis);
        var rest = wasCut ? text[..^1] : text;

        try
        {
            rest = rules.Aggregate(rest, (current, hide) => hide(current));
        }
        catch (Exception)
        {
            // Whatever is wrong with a rule, a text that wasn't looked at can't be shown, and must not stop an incident.
            return ForeignText.WithheldMark;
        }

        return wasCut ? rest + Ellipsis : rest;
    }

    public static int CountHidden(string text) => text.AsSpan().Count(ForeignText.HiddenMark);
}
