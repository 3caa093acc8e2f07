using System.Globalization;
using Markdig;
using Markdig.Parsers;
using Markdig.Syntax;

namespace ChatBot.Incidents.Runbooks;

/// <summary>Reads CommonMark, with a bound on what a page can cost.</summary>
/// <remarks>
/// Markdig's time for one paragraph can grow with its square (many open links or comments), so a paragraph that is too
/// long, and a page with too many of them, is refused before its words are looked at. It looks at the depth of lists and quotes only when it has read them all,
/// and then throws; so that is looked at line by line here.
/// </remarks>
internal static class PageMarkdown
{
    /// <summary>4,000 characters.</summary>
    public const int LongestParagraph = 4_000;

    /// <summary>200,000 characters: headings and paragraphs together.</summary>
    public const int MostWords = 200_000;

    /// <summary>Lists, their items and quotes inside each other: 40. A step's item is two levels deeper than the one above it.</summary>
    private const int Deepest = 40;

    /// <returns>Null, and a mistake, when the page can't be read.</returns>
    public static MarkdownDocument? Parse(PageText page, PageMistakes mistakes)
    {
        var line = 1; // where Markdig is
        var words = 0;
        var builder = new MarkdownPipelineBuilder().UsePreciseSourceLocation();
        builder.BlockParsers.Insert(0, new LineWatch(at => line = at));
        builder.BlockParsers.Insert(0, new LineWatch(at => line = at) { OpeningCharacters = ['>'] }); // Markdig asks those that know the character first
        foreach (var parser in builder.BlockParsers)
        {
            parser.Closed += (_, block) => Bound(block);
        }

        try
        {
            var document = Markdown.Parse(page.Text, builder.Build());
            return mistakes.Any ? null : document;
        }
        catch (Exception tooDeep) when (tooDeep is ArgumentException or TooDeepException)
        {
            // The former is Markdig's, of words inside words: it gets no argument but the text.
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
            var length = leaf.Lines.Lines?.Take(leaf.Lines.Count).Sum(part => part.Slice.Length + 1) ?? 0;
            var before = words;
            words += length;
            if (length > LongestParagraph + 1)
            {
                Refuse(
                    leaf,
                    "This paragraph is too long.",
                    string.Create(CultureInfo.InvariantCulture, $"At most {LongestParagraph} characters a paragraph; an empty line begins the next one."));
            }
            else if (words > MostWords)
            {
                leaf.ProcessInlines = false;
                if (before <= MostWords)
                {
                    Refuse(
                        leaf,
                        "The page has too many words.",
                        string.Create(CultureInfo.InvariantCulture, $"At most {MostWords} characters in headings, items and paragraphs, command blocks not counted."));
                }
            }
        }

        void Refuse(LeafBlock leaf, string wrong, string allowed)
        {
            leaf.ProcessInlines = false;
            mistakes.Add(page.At(leaf.Span.Start), wrong, allowed);
        }
    }

    /// <summary>Takes no text; sees every line and every block in it before Markdig begins it.</summary>
    private sealed class LineWatch(Action<int> begins) : BlockParser
    {
        public override BlockState TryOpen(BlockProcessor processor)
        {
            begins(processor.LineIndex + 1);
            var depth = 0;
            for (var block = processor.CurrentContainer; block is not null; block = block.Parent)
            {
                if (++depth > Deepest)
                {
                    throw new TooDeepException();
                }
            }

            return BlockState.None;
        }
    }

    private sealed class TooDeepException : Exception;
}
