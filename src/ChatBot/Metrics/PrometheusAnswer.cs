using System.Globalization;
using System.Text.Json;

namespace ChatBot.Metrics;

/// <param name="Labels">A stranger's words.</param>
/// <param name="Points">In order; NaN and infinities are left out.</param>
internal sealed record PrometheusSeries(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<(DateTimeOffset At, double Value)> Points);

/// <summary>Reads the answer of a range query.</summary>
internal static class PrometheusAnswer
{
    /// <exception cref="JsonException">It is no such answer.</exception>
    /// <exception cref="MetricsUnavailableException">It is one, and says that there is none.</exception>
    public static IReadOnlyList<PrometheusSeries> Read(ReadOnlyMemory<byte> json, Uri from)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.GetProperty("status").GetString() == "success" && root.GetProperty("data") is var data && data.GetProperty("resultType").GetString() == "matrix"
                ? [.. data.GetProperty("result").EnumerateArray().Select(Series)]
                : throw new MetricsUnavailableException($"Prometheus at {from.Host} gave no series for a query.");
        }
        catch (Exception other) when (other is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("No answer of Prometheus.", other);
        }
    }

    private static PrometheusSeries Series(JsonElement series) => new(
        series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString() ?? "", StringComparer.Ordinal),
        [.. series.GetProperty("values").EnumerateArray().Select(Point).Where(point => double.IsFinite(point.Value))]);

    private static (DateTimeOffset At, double Value) Point(JsonElement point) => (
        DateTimeOffset.UnixEpoch.AddSeconds(point[0].GetDouble()),
        double.TryParse(point[1].GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN);
}
