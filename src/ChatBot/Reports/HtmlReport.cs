using System.Text.Encodings.Web;
using Markdig;
using Markdig.Parsers.Inlines;

namespace ChatBot.Reports;

/// <summary>A Markdown report as one HTML file: nothing in it is fetched from anywhere, nothing in it runs.</summary>
internal static class HtmlReport
{
    private const string Style =
        """
        :root { color-scheme: light dark; --ink: #1d2433; --paper: #fff; --line: #d5dae3; --soft: #f4f6f9; }
        @media (prefers-color-scheme: dark) { :root { --ink: #dfe4ec; --paper: #14181f; --line: #364050; --soft: #1d232d; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1rem; max-width: 76rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
        h1 { font-size: 1.6rem; line-height: 1.2; }
        h2 { font-size: 1.25rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
        h3 { font-size: 1.05rem; }
        div.table { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .875rem; }
        th, td { border: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top; min-width: 2.5rem; }
        td:last-child { min-width: 9rem; }
        thead th { background: var(--soft); }
        thead th:empty { padding: 0; border: 0; }
        code { font: .8125rem ui-monospace, monospace; background: var(--soft); overflow-wrap: anywhere; }
        @media print {
          :root { color-scheme: light; --ink: #000; --paper: #fff; --line: #999; --soft: #fff; }
          body { max-width: none; padding: 0; font-size: 9pt; }
          table { font-size: 7.5pt; }
          code { font-size: 6.5pt; }
          div.table { overflow: visible; }
          tr { break-inside: avoid; }
          thead { display: table-header-group; }
          h2, h3 { break-after: avoid; }
        }
        """;

    private static readonly MarkdownPipeline Pipeline = Build();

    /// <param name="title">Of the window; anybody's words.</param>
    public static string Wrap(string title, string markdown)
    {
        var body = Markdown.ToHtml(markdown, Pipeline)
            .Replace("<table>", "<div class=\"table\"><table>", StringComparison.Ordinal)
            .Replace("</table>", "</table></div>", StringComparison.Ordinal);
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>{HtmlEncoder.Default.Encode(title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            {body}</body>
            </html>

            """.ReplaceLineEndings("\n");
    }

    /// <summary>A report has no links, no pictures and no HTML of its own: what looks like one is somebody's words.</summary>
    private static MarkdownPipeline Build()
    {
        var builder = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml();
        builder.InlineParsers.TryRemove<LinkInlineParser>();
        builder.InlineParsers.TryRemove<AutolinkInlineParser>();
        return builder.Build();
    }
}
