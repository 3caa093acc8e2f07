namespace ChatBot.Slack.BlockKit;

/// <summary>
/// One of Slack's limits, named as its message names it. A text's length is counted in UTF-16 units after escaping,
/// which is never less than what Slack counts.
/// </summary>
/// <param name="What">Such as <c>a button's text</c>.</param>
internal sealed record Limit(string What, int Most, int Least = 0)
{
    /// <exception cref="ArgumentException">Too long or too short.</exception>
    public string Check(string text)
    {
        Check(text.Length, "characters");
        return text;
    }

    /// <returns>A copy that nobody else can change.</returns>
    /// <exception cref="ArgumentException">Too many or too few.</exception>
    public IReadOnlyList<T> Check<T>(IEnumerable<T> items)
    {
        IReadOnlyList<T> copy = [.. items];
        Check(copy.Count, "entries");
        return copy;
    }

    /// <exception cref="ArgumentException">Too many or too few.</exception>
    public void Check(int count, string unit)
    {
        if (count > Most)
        {
            throw new ArgumentException($"Slack allows at most {Most} {unit} in {What}, and this has {count}.");
        }

        if (count < Least)
        {
            throw new ArgumentException($"Slack wants at least {Least} {unit} in {What}, and this has {count}.");
        }
    }
}
