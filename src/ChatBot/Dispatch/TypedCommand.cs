using System.Globalization;
using System.Text.RegularExpressions;

namespace ChatBot.Dispatch;

/// <summary>What a person typed after /runbook.</summary>
/// <param name="Verb">In small letters; empty when nothing was typed.</param>
/// <param name="Words">What follows it, word by word.</param>
internal sealed partial record TypedCommand(string Verb, IReadOnlyList<string> Words)
{
    public static TypedCommand Read(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new TypedCommand(words is [var verb, ..] ? verb.ToLowerInvariant() : "", [.. words.Skip(1)]);
    }

    /// <summary>A target's name. A phone's keyboard likes to begin with a capital letter; names of targets have none.</summary>
    /// <returns>Null when there is no such word.</returns>
    public string? Target(int at) => Words.ElementAtOrDefault(at)?.ToLowerInvariant();

    /// <summary>The account that a word mentions.</summary>
    /// <returns>Null when it mentions nobody. See https://docs.slack.dev/interactivity/implementing-slash-commands (escaping).</returns>
    public string? User(int at) => Mention.Match(Words.ElementAtOrDefault(at) ?? "") is { Success: true } match ? match.Groups["id"].Value : null;

    /// <summary>The number of a follow-up, with or without its F.</summary>
    /// <returns>Null when it is none.</returns>
    public long? FollowUp(int at) => long.TryParse((Words.ElementAtOrDefault(at) ?? "").TrimStart('F', 'f', '#'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : null;

    /// <summary>The end of a day, in UTC.</summary>
    /// <returns>Null when the word is no date such as 2026-12-07.</returns>
    public DateTimeOffset? Day(int at) => DateOnly.TryParseExact(Words.ElementAtOrDefault(at), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? new DateTimeOffset(day.ToDateTime(new TimeOnly(23, 59, 59)), TimeSpan.Zero)
        : null;

    /// <summary>The words from this one on; null when there are none.</summary>
    public string? Rest(int from) => Words.Count > from ? string.Join(' ', Words.Skip(from)) : null;

    [GeneratedRegex(@"\A<@(?<id>[UW][A-Z0-9]{1,30})(?:\|[^<>]*)?>\z", RegexOptions.CultureInvariant)]
    private static partial Regex Mention { get; }
}
