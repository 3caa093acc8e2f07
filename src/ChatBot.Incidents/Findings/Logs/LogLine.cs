using System.Globalization;

namespace ChatBot.Incidents.Findings.Logs;

/// <summary>A line as Kubernetes hands it out when asked for time stamps: the moment it was written, a space, and what was written.</summary>
internal static class LogLine
{
    /// <summary>"2026-11-23T04:48:17Z" at least, "2026-11-23T04:48:17.123456789+02:00" at most.</summary>
    private const int ShortestStamp = 20, LongestStamp = 35;

    /// <summary>Without its time stamp, and without the carriage return of other systems.</summary>
    public static ReadOnlySpan<char> Content(ReadOnlySpan<char> line) => line[StampOf(line)..].TrimEnd('\r');

    /// <summary>Null when it bears none.</summary>
    public static DateTimeOffset? At(ReadOnlySpan<char> line) =>
        StampOf(line) is > 0 and var length
        && DateTimeOffset.TryParse(line[..(length - 1)], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : null;

    /// <returns>How long the time stamp is, its space included; 0 when there is none.</returns>
    private static int StampOf(ReadOnlySpan<char> line)
    {
        var space = line[..Math.Min(line.Length, LongestStamp + 1)].IndexOf(' ');
        return space >= ShortestStamp && line[4] == '-' && line[7] == '-' && line[10] == 'T' && char.IsAsciiDigit(line[0]) ? space + 1 : 0;
    }
}
