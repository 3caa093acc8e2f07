using ChatBot.Incidents.Evidence;

namespace ChatBot.Slack.Views;

/// <summary>Numbers and durations as one would say them at 3 a.m.: two digits that matter, one unit.</summary>
internal static class Spoken
{
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: < 90 } => Text($"{Math.Max(0, Math.Round(span.TotalSeconds))} s"),
        { TotalMinutes: < 90 } => Text($"{Math.Round(span.TotalMinutes)} min"),
        { TotalHours: < 36 } => Text($"{Math.Round(span.TotalHours, 1)} h"),
        _ => Text($"{Math.Round(span.TotalDays, 1)} days"),
    };

    /// <summary>A forecast is no measurement: rounded to 5 s, 1 min or 5 min.</summary>
    public static string About(TimeSpan span) => span switch
    {
        { TotalSeconds: < 90 } => Text($"about {Math.Max(5, Math.Round(span.TotalSeconds / 5) * 5)} s"),
        { TotalMinutes: < 20 } => Text($"about {Math.Round(span.TotalMinutes)} min"),
        _ => $"about {Duration(TimeSpan.FromMinutes(Math.Round(span.TotalMinutes / 5) * 5))}",
    };

    /// <summary>With its sign: <c>+6/min</c>. Never nothing: the slowest change is 0.01 a minute.</summary>
    public static string Rate(double perMinute) => $"{(perMinute < 0 ? "-" : "+")}{Speed(Math.Abs(perMinute))}/min";

    public static string Share(double share) => Text($"{Math.Round(share * 100)} %");

    public static string Sessions(int count) => Counted(count, "session", "sessions");

    public static string Counted(long count, string one, string many) => Text($"{count} {(count == 1 ? one : many)}");

    /// <summary>"93 of 97 slots", as far as that is known.</summary>
    public static string Slots(ConnectionUsage usage) => Text($"{(usage.IsUpperBound ? "at most " : "")}{usage.Used} of {usage.Capacity} slots");

    public static string Times(int count) => count == 1 ? "once" : Text($"{count} times");

    private static string Speed(double perMinute) => perMinute switch
    {
        0 => "0",
        < 0.1 => Text($"{Math.Max(0.01, Math.Round(perMinute, 2))}"),
        < 10 => Text($"{Math.Round(perMinute, 1)}"),
        _ => Text($"{Math.Round(perMinute)}"),
    };

    private static string Text(FormattableString words) => FormattableString.Invariant(words);
}
