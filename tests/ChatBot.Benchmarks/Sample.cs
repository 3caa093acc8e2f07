using System.Globalization;

namespace ChatBot.Benchmarks;

/// <summary>Measured values of one round.</summary>
internal sealed class Sample(IEnumerable<double> values)
{
    private readonly double[] _sorted = [.. values.Order()];

    public double Max => _sorted[^1];

    public double Median => At(0.50);

    /// <summary>The value that this part of all values doesn't exceed.</summary>
    public double At(double part) => _sorted[Math.Max(0, (int)Math.Ceiling(part * _sorted.Length) - 1)];

    public static string Row(string name, params double[] cells) => string.Create(
        CultureInfo.InvariantCulture, $"{name,-44}{string.Concat(cells.Select(cell => cell.ToString("0.0", CultureInfo.InvariantCulture).PadLeft(10)))}");
}
