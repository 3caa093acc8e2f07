using System.Globalization;
using Markdig;
using Markdig.Parsers;
using Markdig.Syntax;

namespace ChatBot.Incidents.Runbooks;

/// <summary>Reads CommonMark, with a bound on what a page can cost.</summary>
/// <remarks>
/// Markdig's time for one paragraph can grow with its square (many open links or comments), so a paragraph that is too
/// long is refused before its words are looked at. Its depth is bounded by Markdig itself, which then throws.
/// </remarks>
internal static class PageMarkdown
{
    /// <summary>4,000 characters.</summary>
    public const int LongestParagraph = 4_000;

    /// <returns>Null, and a mistake, when the page can't be read.</returns>
    public static MarkdownDocument? Parse(PageText page, PageMistakes mistakes)
    {
        var line = 1; // where Markdig is
        var builder = new MarkdownPipelineBuilder().UsePreciseSourceLocation();
        builder.BlockParsers.Insert(0, new LineWatch(at => line = at));
        foreach (var parser in builder.BlockParsers)
        {
            parser.Closed += (_, block) => Bound(block);
        }

        try
        {
            var document = Markdown.Parse(page.Text, builder.Build());
            return mistakes.Any ? null : document;
        }
        catch (ArgumentException)
        {
            // Markdig's name for too deep, and the only one: it gets no argument but the text.
            mistakes.Add(
                new PagePlace(line, 1),
                "This page is nested too deeply.",
                "Lists, quotes, links and emphasis inside each other at most a few levels deep.");
            return null;
        }

        void Bound(Block block)
        {
            if (block is not LeafBlock { ProcessInlines: true } leaf)
            {
                return;
            }

            block.ProcessInlinesBegin += (_, _) => line = block.Line + 1;
            if (leaf.Lines.Lines is { } lines && lines.Take(leaf.Lines.Count).Sum(part => part.Slice.Length + 1) > LongestParagraph)
            {
                leaf.ProcessInlines = false;
                mistakes.Add(
                    page.At(block.Span.Start),
                    "This paragraph is too long.",
                    string.Create(CultureInfo.InvariantCulture, $"At most {LongestParagraph} characters a paragraph; an empty line begins the next one."));
            }
        }
    }

    /// <summary>Takes no text; sees every line that Markdig begins.</summary>
    private sealed class LineWatch(Action<int> begins) : BlockParser
    {
        public override BlockState TryOpen(BlockProcessor processor)
        {
            begins(processor.LineIndex + 1);
            return BlockState.None;
        }
    }
}
