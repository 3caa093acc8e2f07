using System.Globalization;
using System.Text;
using ChatBot.Incidents;

namespace ChatBot.Reports;

/// <summary>The report of one incident as files: the same text as Markdown and as HTML.</summary>
internal static class ReportFiles
{
    /// <summary>Slack and mail take a file of this size: 1,000,000 bytes in UTF-8.</summary>
    public const int MostBytes = 1_000_000;

    /// <summary>More rows in one table nobody reads.</summary>
    private const int MostRows = 2_000;

    /// <summary>A table of its first and its last row says least.</summary>
    private const int FewestRows = 2;

    /// <summary>HTML says the same in up to six times as many signs, and its tables in some more.</summary>
    private const int MostBytesWhenCut = MostBytes / 10;

    /// <summary>As long as what there is to tell allows; never longer than <see cref="MostBytes"/> each.</summary>
    public static (string Markdown, string Html) Write(IncidentHistory history, ReportSources sources)
    {
        for (var most = MostRows; most >= FewestRows; most /= 2)
        {
            var markdown = MarkdownReport.Write(history, sources, most);
            if (Fits(markdown) && HtmlOf(history, markdown) is var html && Fits(html))
            {
                return (markdown, html);
            }
        }

        // Too many plans or findings, a table each: then the end is missing, where the proofs are.
        var cut = Cut(MarkdownReport.Write(history, sources, FewestRows));
        return (cut, HtmlOf(history, cut));
    }

    /// <summary>"incident-orders-db-20261126-1200", without an ending.</summary>
    public static string NameOf(Incident incident) =>
        string.Create(CultureInfo.InvariantCulture, $"incident-{incident.Target}-{incident.OpenedAt.UtcDateTime:yyyyMMdd-HHmm}");

    private static string HtmlOf(IncidentHistory history, string markdown) =>
        HtmlReport.Wrap($"Incident on {history.Incident!.Target}, {Written.Day(history.Incident.OpenedAt)}", markdown);

    private static string Cut(string markdown)
    {
        var (kept, bytes) = (new StringBuilder(), 0);
        foreach (var line in markdown.Split('\n'))
        {
            bytes += Encoding.UTF8.GetByteCount(line) + 1;
            if (bytes > MostBytesWhenCut)
            {
                break;
            }

            kept.Append(line).Append('\n');
        }

        return kept.Append("\n**This report was too long, so it ends here.** The record has all of it.\n").ToString();
    }

    private static bool Fits(string text) => Encoding.UTF8.GetByteCount(text) <= MostBytes;
}
