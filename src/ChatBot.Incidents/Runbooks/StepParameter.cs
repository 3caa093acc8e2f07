using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ChatBot.Incidents.Runbooks;

/// <summary>One thing a page can set in a binding: <c>name=value</c>.</summary>
/// <param name="Summary">What it sets, for <c>runbook check</c>.</param>
public abstract record StepParameter(string Name, string Summary)
{
    /// <summary>What is allowed, for the person who wrote something else: "a duration from 1 s to 7 d, such as 30m".</summary>
    public abstract string Allowed { get; }

    /// <summary>What applies when the page says nothing, in words; null when nothing does.</summary>
    public string? Default { get; init; }

    public abstract bool Allows(string text);
}

/// <summary>A whole number.</summary>
public sealed record CountParameter(string Name, string Summary, int Least, int Most) : StepParameter(Name, Summary)
{
    public override string Allowed => string.Create(CultureInfo.InvariantCulture, $"a whole number from {Least} to {Most}");

    public override bool Allows(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= Least && count <= Most;
}

/// <summary>A number and a unit: <c>500ms</c>, <c>10s</c>, <c>30m</c>, <c>2h</c>, <c>7d</c>.</summary>
public sealed partial record DurationParameter(string Name, string Summary, TimeSpan Least, TimeSpan Most) : StepParameter(Name, Summary)
{
    /// <summary>Every step type has it.</summary>
    public static readonly DurationParameter Timeout = new("timeout", "how long the step may run", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)) { Default = "1m" };

    public override string Allowed => $"a duration from {Say(Least)} to {Say(Most)}, such as 500ms, 10s, 30m, 2h or 7d";

    public override bool Allows(string text) => Parse(text) is { } span && span >= Least && span <= Most;

    /// <returns>Null when it is no duration.</returns>
    public static TimeSpan? Parse(string text)
    {
        if (Shape.Match(text) is not { Success: true } match
            || !int.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return match.Groups["unit"].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => TimeSpan.FromDays(number),
        };
    }

    private static string Say(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } when span.Ticks % TimeSpan.TicksPerDay == 0 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays}d"),
        { TotalHours: >= 1 } when span.Ticks % TimeSpan.TicksPerHour == 0 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours}h"),
        { TotalMinutes: >= 1 } when span.Ticks % TimeSpan.TicksPerMinute == 0 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes}m"),
        { TotalSeconds: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds}ms"),
    };

    [GeneratedRegex("^(?<number>[0-9]{1,6})(?<unit>ms|s|m|h|d)$", RegexOptions.CultureInvariant)]
    private static partial Regex Shape { get; }
}

/// <summary>A word: one of a few, or any of small letters, digits, dots, hyphens and underscores, at most 63.</summary>
/// <param name="Choices">Empty: any name.</param>
public sealed partial record NameParameter(string Name, string Summary, ImmutableArray<string> Choices) : StepParameter(Name, Summary)
{
    public override string Allowed => Choices.IsEmpty
        ? "a name of small letters, digits, dots, hyphens and underscores, at most 63"
        : $"one of {string.Join(", ", Choices)}";

    public override bool Allows(string text) => Choices.IsEmpty ? AnyName.IsMatch(text) : Choices.Contains(text);

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex AnyName { get; }
}

/// <summary>Two whole numbers, the first not above the second: <c>5..100</c>.</summary>
public sealed partial record RangeParameter(string Name, string Summary, int Least, int Most) : StepParameter(Name, Summary)
{
    public override string Allowed => string.Create(CultureInfo.InvariantCulture, $"two whole numbers from {Least} to {Most}, such as {Least}..{Most}");

    public override bool Allows(string text) => Parse(text) is var (from, to) && from <= to && from >= Least && to <= Most;

    /// <returns>Null when it is no range.</returns>
    public static (int From, int To)? Parse(string text) =>
        Shape.Match(text) is { Success: true } match
            ? (int.Parse(match.Groups["from"].ValueSpan, CultureInfo.InvariantCulture), int.Parse(match.Groups["to"].ValueSpan, CultureInfo.InvariantCulture))
            : null;

    [GeneratedRegex(@"^(?<from>[0-9]{1,9})\.\.(?<to>[0-9]{1,9})$", RegexOptions.CultureInvariant)]
    private static partial Regex Shape { get; }
}
