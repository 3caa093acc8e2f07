using System.Globalization;

namespace ChatBot.Slack.Views;

/// <summary>Numbers and durations as one would say them at 3 a.m.: two digits that matter, one unit.</summary>
internal static class Spoken
{
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Math.Round(span.TotalSeconds))} s"),
        { TotalMinutes: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(span.TotalMinutes)} min"),
        { TotalHours: < 36 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(span.TotalHours, 1)} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(span.TotalDays, 1)} days"),
    };

    /// <summary>A forecast is no measurement: rounded to 5 s, 1 min or 5 min.</summary>
    public static string About(TimeSpan span) => span switch
    {
        { TotalSeconds: < 90 } => string.Create(CultureInfo.InvariantCulture, $"about {Math.Max(5, Math.Round(span.TotalSeconds / 5) * 5)} s"),
        { TotalMinutes: < 20 } => string.Create(CultureInfo.InvariantCulture, $"about {Math.Round(span.TotalMinutes)} min"),
        _ => $"about {Duration(TimeSpan.FromMinutes(Math.Round(span.TotalMinutes / 5) * 5))}",
    };

    /// <summary>With its sign: <c>+6/min</c>.</summary>
    public static string Rate(double perMinute) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(perMinute < 0 ? "-" : "+")}{(Math.Abs(perMinute) < 10 ? Math.Round(Math.Abs(perMinute), 1) : Math.Round(Math.Abs(perMinute)))}/min");

    public static string Sessions(int count) => count == 1 ? "1 session" : string.Create(CultureInfo.InvariantCulture, $"{count} sessions");
}
