using System.Globalization;
using ChatBot.Incidents;

namespace ChatBot.Reports;

/// <summary>Times and durations as one reads them months later: UTC, to the second.</summary>
internal static class Written
{
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The day is left out when it is the one on which the incident was opened; empty when there is no moment.</summary>
    public static string Moment(DateTimeOffset? at, Incident of) => at switch
    {
        null => "",
        { } same when same.UtcDateTime.Date == of.OpenedAt.UtcDateTime.Date => same.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        { } other => Moment(other),
    };

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
