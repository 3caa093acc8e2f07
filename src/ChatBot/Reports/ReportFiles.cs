using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ChatBot.Incidents;

namespace ChatBot.Reports;

/// <summary>The report of one incident as files: the same text as Markdown and as HTML.</summary>
internal static partial class ReportFiles
{
    /// <summary>Slack and mail take a file of this size: 1,000,000 bytes in UTF-8.</summary>
    public const int MostBytes = 1_000_000;

    /// <summary>More rows in one table nobody reads.</summary>
    private const int MostRows = 2_000;

    /// <summary>With so few, whatever happened fits: a row has some thousand characters at most.</summary>
    private const int FewestRows = 4;

    /// <summary>As long as what there is to tell allows; never longer than <see cref="MostBytes"/> each.</summary>
    public static (string Markdown, string Html) Write(IncidentHistory history, ReportSources sources)
    {
        for (var most = MostRows; ; most /= 2)
        {
            var markdown = MarkdownReport.Write(history, sources, most);
            if (Fits(markdown) || most <= FewestRows)
            {
                var html = HtmlReport.Wrap($"Incident on {history.Incident!.Target}, {Written.Day(history.Incident.OpenedAt)}", markdown);
                if (Fits(html) || most <= FewestRows)
                {
                    return (markdown, html);
                }
            }
        }
    }

    /// <summary>"incident-orders-db-20261126-1200", without an ending. A store that somebody changed may hold any name: none leads out of a folder.</summary>
    public static string NameOf(Incident incident) =>
        string.Create(CultureInfo.InvariantCulture, $"incident-{NoLetterOrDigit.Replace(incident.Target, "-")}-{incident.OpenedAt.UtcDateTime:yyyyMMdd-HHmm}");

    [GeneratedRegex("[^A-Za-z0-9-]+")]
    private static partial Regex NoLetterOrDigit { get; }

    private static bool Fits(string text) => Encoding.UTF8.GetByteCount(text) <= MostBytes;
}
