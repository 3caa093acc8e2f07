using System.Globalization;

namespace ChatBot.Reports;

/// <summary>Times and durations as one reads them months later: UTC, to the second.</summary>
internal static class Written
{
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Moment(DateTimeOffset? at) => at is { } known ? Moment(known) : "-";

    public static string TimeOfDay(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The two largest units: "1 h 05 min".</summary>
    public static string Duration(TimeSpan span) => FormattableString.Invariant(span switch
    {
        { TotalSeconds: < 60 } => $"{Math.Max(0, (int)span.TotalSeconds)} s",
        { TotalMinutes: < 60 } => $"{span.Minutes} min {span.Seconds:00} s",
        { TotalHours: < 24 } => $"{span.Hours} h {span.Minutes:00} min",
        _ => $"{(int)span.TotalDays} d {span.Hours:00} h",
    });
}
