using System.Text.RegularExpressions;

namespace ChatBot.Metrics;

/// <summary>Writes selectors into queries. Names and values are the settings', and are escaped as any stranger's would be.</summary>
internal static partial class PromQl
{
    /// <summary>Stands in a template for the labels that select, with a comma behind them.</summary>
    public const string Selector = "$sel,";

    /// <param name="template">Ours, such as <c>sum(pg_stat_activity_count{$sel,})</c>.</param>
    /// <exception cref="ArgumentException">A label's name is none.</exception>
    public static string Fill(string template, IReadOnlyDictionary<string, string> labels) => template.Replace(
        Selector,
        string.Concat(labels.Select(label => LabelName().IsMatch(label.Key) ? $"{label.Key}=\"{Escape(label.Value)}\"," : throw new ArgumentException($"{label.Key} is no label's name.", nameof(labels)))),
        StringComparison.Ordinal);

    /// <summary>As inside double quotes: https://prometheus.io/docs/prometheus/latest/querying/basics/ (string literals).</summary>
    public static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex LabelName();
}
