using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Reports;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Reports;

/// <summary>A stranger names a service or writes a note; the report shows the words and does nothing else with them.</summary>
public sealed class HostileWordsTests
{
    /// <summary>A reader of Markdown that makes a link, a picture or HTML of everything it can.</summary>
    private static readonly MarkdownPipeline Eager = new MarkdownPipelineBuilder().UseAdvancedExtensions().UseEmojiAndSmiley().Build();

    public static readonly TheoryData<string> Hostile =
    [
        "[approve](http://evil.example/)", "![x](http://evil.example/x.png)", "<http://evil.example/>", "http://evil.example/", "www.evil.example",
        "mailto:a@evil.example", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "# heading", "## heading ##", "- item", "* item", "1. item", "12) item",
        "> quote", "```js", "~~~", "`code`", "``x", "| a | b |", "a|b", "|---|---|", "---", "===", "***bold***", "__bold__", "_soft_", "~~gone~~", "$x^2$", "\\", "\\|", "a\\",
        "&lt;b&gt;", "&#60;b&#62;", "&amp;", "[ref]: http://evil.example/", "[^1]", "[x]", "{#id .class}", "{onclick=alert(1)}", ":smile:", ":---:", "a\u202eb", "line\nbreak\r\n\r\n# two", "\u2028# x",
        "\"quoted\" 'name'", "a  \nb", "+ plus", "=", "-", "javascript:alert(1)", "*|*|*", "@channel", "::: div", "^^^", "\"\"", "--", "...", "==mark==", "++ins++", "H~2~O", "[ ] task",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Words_stay_words_in_a_sentence_in_a_cell_and_at_the_start_of_a_line(string words)
    {
        var document = new ReportDocument(most: 100);
        document.Paragraph($"{words}");
        document.Paragraph($"before {words} after");
        document.List([$"{words}"]);
        document.Table([$"a", $"b"], [[$"{words}", $"{words}"], [$"x", MarkdownText.Code(words)]]);

        var parsed = Markdown.Parse(document.ToString(), Eager);

        Assert.Equal(["ParagraphBlock", "ParagraphBlock", "ListBlock", "Table"], parsed.Select(block => block.GetType().Name));
        Assert.All(parsed.Descendants<Inline>(), inline => Assert.True(
            inline is LiteralInline or ContainerInline { FirstChild: LiteralInline } or CodeInline or HtmlEntityInline || inline.GetType() == typeof(ContainerInline),
            $"{inline.GetType().Name} in {document}"));
        Assert.DoesNotContain(parsed.Descendants(), part => part is LinkInline or AutolinkInline or HtmlInline or HtmlBlock or EmphasisInline or HeadingBlock or CodeBlock or QuoteBlock);
        var cells = parsed.Descendants<Markdig.Extensions.Tables.TableCell>().ToArray();
        Assert.Equal(6, cells.Length);
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void What_is_shown_is_what_was_said(string words)
    {
        var clean = ForeignText.From(words, 500).Value;
        var document = new ReportDocument(most: 100);
        document.Paragraph($"{clean}");

        Assert.Equal(clean.Trim(), string.Concat(Markdown.Parse(document.ToString()).Descendants<LiteralInline>().Select(literal => literal.Content.ToString())));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_report_full_of_them_has_no_link_no_picture_and_no_HTML_of_theirs(string words)
    {
        var story = Told.WholeStory();
        var sources = Told.WholeSources(story);
        var hostile = ForeignText.From(words, 500);
        var full = sources with
        {
            Page = sources.Page! with { Title = words, Impact = words, Steps = [.. sources.Page.Steps.Select(step => step with { Title = words })] },
            Names = new Dictionary<Person, ForeignText> { [Ana] = hostile, [Boris] = hostile },
            Evidence = sources.Evidence.ToDictionary(
                pair => pair.Key,
                pair => pair.Value with
                {
                    Words = pair.Value.Words is null ? null : hostile,
                    File = pair.Value.File is null ? null : words,
                    Consumers = pair.Value.Consumers is null ? null : Told.Holders(Told.Group(words, 3)),
                    Found = pair.Value.Found.Count == 0 ? [] : [words, $"• {words}"],
                }),
        };

        var (markdown, html) = ReportFiles.Write(Told.History(story.Events), full);
        var (expected, _) = ReportFiles.Write(Told.History(story.Events), sources);

        Assert.Equal(Shape(expected), Shape(markdown));
        Assert.Equal(Tags(ReportFiles.Write(Told.History(story.Events), sources).Html).Where(IsStructure), Tags(html).Where(IsStructure));
        Assert.All(Tags(html), tag => Assert.DoesNotMatch("(?i)^</?(a|img|script|iframe|svg|form|input|object|embed|base)[ />]", tag));
    }

    /// <summary>Headings and tables with their rows; a list's items depend on the lines of what was found.</summary>
    private static IEnumerable<string> Shape(string markdown) => Markdown.Parse(markdown, Eager)
        .Where(block => block is not ListBlock)
        .Select(block => block switch
        {
            HeadingBlock heading => $"h{heading.Level}",
            Markdig.Extensions.Tables.Table table => $"table {string.Join(',', table.OfType<Markdig.Extensions.Tables.TableRow>().Select(row => row.Count))}",
            _ => block.GetType().Name,
        });

    private static IEnumerable<string> Tags(string html) => System.Text.RegularExpressions.Regex.Matches(html, "<[^>]*>").Select(match => match.Value);

    private static bool IsStructure(string tag) => tag is not ("<li>" or "</li>" or "<code>" or "</code>");
}
