namespace ChatBot.Slack.BlockKit;

/// <summary>Slack refuses blocks whose ids repeat (<c>invalid_blocks</c>).</summary>
internal static class Unique
{
    /// <exception cref="ArgumentException">One of them repeats. Null stands for "Slack chooses" and may repeat.</exception>
    public static void Check(string what, IEnumerable<string?> ids)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);

        foreach (var id in ids)
        {
            if (id is not null && !seen.Add(id))
            {
                throw new ArgumentException($"Slack wants each {what} once, and '{id}' is there twice.");
            }
        }
    }
}
