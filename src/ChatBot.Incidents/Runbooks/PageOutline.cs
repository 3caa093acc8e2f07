using System.Globalization;
using System.Text;
using ChatBot.Incidents.Evidence;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace ChatBot.Incidents.Runbooks;

/// <summary>The sections of a page and the items in them.</summary>
/// <remarks>
/// A block belongs to the last item that began before it, wherever its margin is. Most pages have command blocks at the
/// left margin under a numbered item; to CommonMark such a block ends the list, and to the reader it does not.
/// </remarks>
internal sealed class PageOutline
{
    /// <summary>Items inside items: 6 levels, so that a step's id stays readable.</summary>
    private const int Deepest = 6;

    /// <summary>9999, for the same reason.</summary>
    private const int HighestNumber = 9_999;

    private static readonly string[] Names = ["Meaning", "Impact", "Diagnosis", "Mitigation"];

    private readonly PageText _page;
    private readonly StepTypes _types;
    private readonly PageMistakes _mistakes;
    private readonly Dictionary<string, HeadingBlock> _headings = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>One of <see cref="Names"/>; empty elsewhere.</summary>
    private string _section = "";

    /// <summary>Where new items at the top go: a section, or a group that is a heading.</summary>
    private PageItem? _top;

    private PageItem? _lastTop;
    private PageItem? _current;

    /// <summary>What stands before the next item: "Do all of this on the bastion".</summary>
    private PageContent _ahead = new();

    private PageOutline(PageText page, StepTypes types, PageMistakes mistakes)
    {
        _page = page;
        _types = types;
        _mistakes = mistakes;
    }

    /// <summary>Null when the page has none.</summary>
    public string? Title { get; private set; }

    public List<string> Meaning { get; } = [];

    public List<string> Impact { get; } = [];

    public PageItem Diagnosis { get; } = new(null, RunbookPhase.Diagnosis, [], default);

    public PageItem Mitigation { get; } = new(null, null, [], default);

    public static PageOutline Of(MarkdownDocument document, PageText page, StepTypes types, PageMistakes mistakes)
    {
        var outline = new PageOutline(page, types, mistakes);
        foreach (var block in document)
        {
            outline.Add(block);
        }

        outline.EndSection();
        outline.AddMissing(document);
        return outline;
    }

    private void Add(Block block)
    {
        switch (block)
        {
            case HeadingBlock heading:
                Begin(heading);
                break;
            case ListBlock list when _top is not null:
                AddItems(list, UnderWhom(list));
                break;
            default:
                AddContent(block);
                break;
        }
    }

    private void Begin(HeadingBlock heading)
    {
        var text = PlainText.Of(heading);
        if (heading.Level <= 2)
        {
            EndSection();
        }

        _current = null;
        if (heading.Level == 1)
        {
            Title ??= text.Length > 0 ? text : null;
        }
        else if (heading.Level == 2)
        {
            BeginSection(heading, text.TrimEnd(':', ' '));
        }
        else if (_section == "Mitigation" && PhaseNames.GroupOf(text) is { } phase)
        {
            _top = Begin(Mitigation, phase, Mitigation.LastNumber + 1, heading, text);
            _top.IsGroup = _top.IsHeading = true;
            _lastTop = null;
        }
        else if (_section is "Meaning" or "Impact")
        {
            AddText(text);
        }

        AddComments(heading);
    }

    private void BeginSection(HeadingBlock heading, string text)
    {
        if (Names.FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is not { } name)
        {
            return;
        }

        if (!_headings.TryAdd(name, heading))
        {
            _mistakes.Add(At(heading), $"There are two sections {name}.", "Each section once.");
        }

        _section = name;
        _top = name switch
        {
            "Diagnosis" => Diagnosis,
            "Mitigation" => Mitigation,
            _ => null,
        };
    }

    private void EndSection()
    {
        foreach (var (_, place) in _ahead.Commands)
        {
            _mistakes.Add(place, "This command block belongs to no step.", "Command blocks under an item of a list.");
        }

        _ahead = new PageContent();
        _section = "";
        _top = _lastTop = _current = null;
    }

    /// <summary>A list that a command block at the margin cut off goes on where it was.</summary>
    private PageItem UnderWhom(ListBlock list)
    {
        var isIndented = list.Column >= 2;
        var isBulletsOfGroup = !list.IsOrdered && _lastTop is { IsGroup: true };
        return _lastTop is not null && (isIndented || isBulletsOfGroup) ? _lastTop : _top!;
    }

    private void AddItems(ListBlock list, PageItem under)
    {
        var start = int.TryParse(list.OrderedStart, NumberStyles.None, CultureInfo.InvariantCulture, out var first) ? first : 1;
        foreach (var item in list.OfType<ListItemBlock>())
        {
            if (under.Number.Length >= Deepest)
            {
                _mistakes.Add(At(item), "This item is nested too deeply.", Say($"Items inside items, at most {Deepest} levels."));
                return;
            }

            var number = ReferenceEquals(item, list[0]) && list.IsOrdered ? Math.Max(start, under.LastNumber + 1) : under.LastNumber + 1;
            if (number > HighestNumber)
            {
                _mistakes.Add(At(item), "This item's number is too high.", Say($"Numbers up to {HighestNumber}."));
                return;
            }

            Add(item, under, number);
        }
    }

    private void Add(ListItemBlock block, PageItem under, int number)
    {
        var title = block.Count > 0 && block[0] is ParagraphBlock paragraph ? paragraph : null;
        var text = title is null ? "" : PlainText.Of(title);
        var lineEnd = text.IndexOf('\n');
        var item = Begin(under, under.Phase, number, block, lineEnd < 0 ? text : text[..lineEnd]);
        if (under == Mitigation)
        {
            item.Phase = PhaseNames.GroupOf(item.Title);
            item.IsGroup = item.Phase is not null;
            if (!item.IsGroup)
            {
                _mistakes.Add(
                    At(block),
                    "This item of Mitigation is in none of its three groups.",
                    "Under an item or a heading that begins with Immediate, Short-term or Long-term.");
            }
        }

        if (under == _top)
        {
            _lastTop = item;
        }

        if (lineEnd >= 0)
        {
            AddText(text[(lineEnd + 1)..]);
        }

        if (title is not null)
        {
            AddComments(title);
        }

        var ahead = item.Content.Texts.Count;
        foreach (var child in block.Skip(title is null ? 0 : 1))
        {
            if (child is ListBlock list)
            {
                AddItems(list, item);
            }
            else
            {
                AddContent(child);
            }
        }

        if (item.Title.Length == 0 && item.Content.Texts.Count > ahead)
        {
            item.TakeTitle(ahead); // a line that begins with a comment is no paragraph to Markdown
        }
    }

    private PageItem Begin(PageItem under, RunbookPhase? phase, int number, Block block, string title)
    {
        var item = new PageItem(under, phase, under.Number.Add(number), At(block)) { Title = title };
        under.LastNumber = number;
        under.Items.Add(item);
        _ahead.MoveInFrontOf(item.Content);
        _current = item;
        return item;
    }

    private void AddContent(Block block)
    {
        switch (block)
        {
            case FencedCodeBlock fence:
                AddCommand(fence, fence.Info ?? "");
                break;
            case CodeBlock indented:
                AddIndented(indented);
                break;
            case HtmlBlock html:
                AddHtml(html);
                break;
            case LinkReferenceDefinitionGroup:
                break;
            case LeafBlock leaf:
                AddText(PlainText.Of(leaf));
                AddComments(leaf);
                break;
            case ContainerBlock container:
                foreach (var child in container)
                {
                    AddContent(child);
                }

                break;
        }
    }

    /// <summary>Four spaces too many make code of what was meant as an item or a binding.</summary>
    private void AddIndented(CodeBlock block)
    {
        var text = block.Lines.ToString();
        var looksLikeItem = text.TrimStart() is { Length: > 1 } first && first[1] is ' ' && first[0] is '-' or '*' or '+';
        if (_top is not null && (looksLikeItem || HasBinding(text, out _)))
        {
            var words = block.Span.Start + _page.Text.AsSpan(block.Span.Start).IndexOfAnyExcept(' ', '\t');
            _mistakes.Add(
                _page.At(words),
                "To Markdown this line is code: it is indented by four spaces or more, and no list goes on here.",
                "Items and bindings indented less, or the command block above indented like the text of its item; code between ``` fences.");
            return;
        }

        AddCommand(block, "");
    }

    private void AddCommand(CodeBlock block, string language)
    {
        var text = CommandText.Clean(block.Lines.ToString());
        if (_top is null)
        {
            AddText(text);
            return;
        }

        if (text.Length > CommandText.Longest)
        {
            _mistakes.Add(At(block), "This command block is too long.", Say($"At most {CommandText.Longest} characters."));
            return;
        }

        (_current?.Content ?? _ahead).Commands.Add((new CommandBlock(PageMistakes.Show(language), text), At(block)));
    }

    private void AddHtml(HtmlBlock html)
    {
        var at = html.Span.Start;
        var end = Math.Min(html.Span.End + 1, _page.Text.Length);
        var (comments, unclosed) = PageComment.In(_page.Text, at, end);
        var rest = new StringBuilder();
        foreach (var comment in comments)
        {
            rest.Append(_page.Text, at, comment.Start - at);
            at = comment.End;
            Add(comment);
        }

        if (unclosed is { } open)
        {
            AddUnclosed(open);
            end = open;
        }

        AddText(TextStripping.Strip(rest.Append(_page.Text, at, end - at).ToString(), keepLines: true));
    }

    private void AddComments(LeafBlock block)
    {
        if (block.Inline is null)
        {
            return;
        }

        var seen = new List<SourceSpan>();
        foreach (var inline in block.Inline.Descendants())
        {
            if (inline is HtmlInline html && PlainText.IsComment(html))
            {
                var comment = PageComment.Of(html, _page.Text, _page.StartOf(block.Line + 1));
                Add(comment);
                seen.Add(new SourceSpan(comment.Start, comment.End - 1));
            }
            else if (inline is CodeInline)
            {
                seen.Add(inline.Span);
            }
        }

        // What Markdown takes for text, and its writer for a binding.
        var piece = _page.Text.AsSpan(0, Math.Min(block.Span.End + 1, _page.Text.Length));
        foreach (var match in PageComment.Openings.EnumerateMatches(piece, block.Span.Start))
        {
            var open = match.Index;
            if (!seen.Any(span => span.Start <= open && open <= span.End))
            {
                AddUnclosed(open);
            }
        }
    }

    private void AddUnclosed(int open) =>
        _mistakes.Add(_page.At(open), "This comment has no end.", "<!-- and -->, with two plain hyphens each.");

    private void Add(PageComment comment)
    {
        switch (comment.KindAmong(_types))
        {
            case CommentKind.Misspelt:
                _mistakes.Add(
                    _page.At(comment.InsideStart + comment.Inside.Length - comment.Inside.TrimStart().Length),
                    "This comment looks like a binding, but does not begin with step:",
                    "<!-- step: TYPE name=value -->; any other comment begins with another word.");
                break;
            case CommentKind.Binding when _current is null:
                _mistakes.Add(_page.At(comment.Start), "This binding belongs to no step.", "Bindings in or after an item under Diagnosis or Mitigation.");
                break;
            case CommentKind.Binding:
                _current.Content.Bindings.Add(comment);
                break;
        }
    }

    private void AddText(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        var texts = _section switch
        {
            "Meaning" => Meaning,
            "Impact" => Impact,
            _ => (_current?.Content ?? _ahead).Texts,
        };
        texts.Add(text);
    }

    private bool HasBinding(string text, out PageComment? binding)
    {
        binding = PageComment.In(text, 0, text.Length).Comments.FirstOrDefault(comment => comment.KindAmong(_types) is not CommentKind.Note);
        return binding is not null;
    }

    private void AddMissing(MarkdownDocument document)
    {
        if (Title is null)
        {
            _mistakes.Add(new PagePlace(1, 1), "The page has no title.", "A first line such as # Database Connection Pool Exhaustion.");
        }

        foreach (var (name, items) in new[] { ("Diagnosis", Diagnosis.Items), ("Mitigation", Mitigation.Items) })
        {
            if (_headings.TryGetValue(name, out var heading))
            {
                if (items.Count == 0)
                {
                    _mistakes.Add(At(heading), $"{name} has no steps.", "A numbered list: 1. What to do");
                }
            }
            else
            {
                var other = document.OfType<HeadingBlock>().FirstOrDefault(heading => PlainText.Of(heading).TrimEnd(':', ' ').Equals(name, StringComparison.OrdinalIgnoreCase));
                _mistakes.Add(other is null ? _page.At(_page.Text.Length) : At(other), $"The page has no section {name}.", $"A heading ## {name}, and the steps below it.");
            }
        }
    }

    private PagePlace At(Block block) => _page.At(block.Span.Start);

    private static string Say(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}
