using System.Globalization;

namespace ChatBot.Configuration;

/// <summary>Durations as people write them: 500ms, 10s, 30m, 2h, 7d, or .NET's 00:00:10.</summary>
internal static class Duration
{
    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), // before "s" and "m", which it ends or starts with
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    /// <remarks>A bare number is refused: .NET would read "10" as ten days.</remarks>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        foreach (var (suffix, unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                // A large count of days would overflow: TimeSpan ends at 10,675,199 of them.
                var isCount = uint.TryParse(
                    text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count);
                var fits = isCount && count <= TimeSpan.MaxValue / unit;
                duration = fits ? unit * count : default;
                return fits;
            }
        }

        duration = default;
        return text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration);
    }

    /// <returns>In the largest unit that divides it: 90s, 2m.</returns>
    public static string Format(TimeSpan duration)
    {
        var (suffix, unit) = Units.LastOrDefault(u => duration.Ticks % u.Unit.Ticks == 0 && duration >= u.Unit);
        return suffix is null ? "0s" : $"{duration.Ticks / unit.Ticks}{suffix}";
    }
}
