using System.Collections.Immutable;
using System.Globalization;

namespace ChatBot.Incidents.Runbooks;

/// <summary>A step of a page that the bot takes itself, and with which parameters.</summary>
/// <param name="Parameters">As written on the page and found right: name and text. What the page doesn't say isn't here.</param>
public sealed record StepBinding(StepType Type, ImmutableSortedDictionary<string, string> Parameters)
{
    /// <summary>The longest a step may run when its binding has no <c>timeout</c>: 1 minute.</summary>
    public static readonly TimeSpan UsualTimeout = TimeSpan.FromMinutes(1);

    /// <summary>How long the step may run: <c>timeout</c>, every type's parameter.</summary>
    public TimeSpan Timeout => Duration(DurationParameter.Timeout.Name) ?? UsualTimeout;

    /// <summary>Null when the page doesn't say.</summary>
    public TimeSpan? Duration(string name) => Text(name) is { } text ? DurationParameter.Parse(text) : null;

    /// <summary>Null when the page doesn't say.</summary>
    public int? Count(string name) => Text(name) is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    /// <summary>Null when the page doesn't say.</summary>
    public string? Name(string name) => Text(name);

    /// <summary>Null when the page doesn't say.</summary>
    public (int From, int To)? Range(string name) => Text(name) is { } text ? RangeParameter.Parse(text) : null;

    private string? Text(string name) => Parameters.GetValueOrDefault(name);
}
