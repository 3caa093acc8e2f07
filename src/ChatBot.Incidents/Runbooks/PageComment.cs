using System.Text.RegularExpressions;
using Markdig.Syntax.Inlines;

namespace ChatBot.Incidents.Runbooks;

/// <summary>What an HTML comment of a page is to the bot.</summary>
internal enum CommentKind
{
    /// <summary>A note to other readers.</summary>
    Note,

    Binding,

    /// <summary>Meant as a binding, but it isn't written as one.</summary>
    Misspelt,
}

/// <param name="Start">Where its <c>&lt;!--</c> stands in the page's text.</param>
/// <param name="Inside">What stands between <c>&lt;!--</c> and <c>--&gt;</c>, as on the page.</param>
internal sealed partial record PageComment(int Start, string Inside)
{
    private const string Open = "<!--";
    private const string Close = "-->";
    private const string Word = "step";

    /// <summary>Right after its <c>--&gt;</c>.</summary>
    public required int End { get; init; }

    /// <summary>Where <see cref="Inside"/> begins.</summary>
    public int InsideStart => Start + Open.Length;

    /// <summary>The closed comments in a piece of the page, and where one begins that is never closed: null if none does.</summary>
    public static (List<PageComment> Comments, int? Unclosed) In(string page, int from, int end)
    {
        var comments = new List<PageComment>();
        var piece = page.AsSpan(0, end);
        for (var at = from; ;)
        {
            var open = piece[at..].IndexOf(Open);
            if (open < 0)
            {
                return (comments, null);
            }

            open += at;
            var close = piece[(open + 2)..].IndexOf(Close); // <!--> is a whole comment
            if (close < 0)
            {
                return (comments, open);
            }

            close += open + 2;
            comments.Add(new PageComment(open, page[Math.Min(open + Open.Length, close)..close]) { End = close + Close.Length });
            at = close + Close.Length;
        }
    }

    /// <summary>A comment among words.</summary>
    /// <remarks>Markdig mistakes the place of what stands in a heading with a tab after its #; then this is the next comment's.</remarks>
    /// <param name="from">Where the line begins in which the words begin.</param>
    public static PageComment Of(HtmlInline html, string page, int from)
    {
        var start = Math.Clamp(html.Span.Start, 0, page.Length);
        if (In(page, start, Math.Clamp(html.Span.End + 1, start, page.Length)).Comments is [var comment, ..] && comment.Start == start)
        {
            return comment;
        }

        var found = Math.Max(from, page.IndexOf(Open, from, StringComparison.Ordinal));
        return new PageComment(found, html.Tag.Length < Open.Length + Close.Length ? "" : html.Tag[Open.Length..^Close.Length]) { End = found + html.Tag.Length };
    }

    public CommentKind KindAmong(StepTypes types)
    {
        if (Beginning.IsMatch(Inside))
        {
            return CommentKind.Binding;
        }

        return Meant.Match(Inside) is { Success: true } meant && IsMeantAsBinding(meant, types) ? CommentKind.Misspelt : CommentKind.Note;
    }

    private static bool IsMeantAsBinding(Match meant, StepTypes types)
    {
        var word = meant.Groups["word"].Value.ToLowerInvariant();
        var hasColon = meant.Groups["colon"].Success;
        var readsLikeBinding = Arguments.IsMatch(meant.Groups["rest"].Value);
        if (word == Word)
        {
            return hasColon || readsLikeBinding;
        }

        // "stop" and "stem" are words of their own; "stpe", "stp" and "steps" are not, or hardly.
        return readsLikeBinding
            && Spelling.Distance(word, Word) switch
            {
                1 => (hasColon && (word.Length != Word.Length || word.Order().SequenceEqual(Word.Order()))) || NamesType(meant, types),
                2 => NamesType(meant, types),
                _ => false,
            };
    }

    private static bool NamesType(Match meant, StepTypes types) =>
        types.Find(meant.Groups["rest"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0]) is not null;

    /// <summary>What begins a binding, also with the dashes that a word processor makes of hyphens.</summary>
    [GeneratedRegex(@"<!\s?[-–—]{1,3}\s{0,9}step\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    public static partial Regex Openings { get; }

    [GeneratedRegex(@"^\s*step:", RegexOptions.CultureInvariant)]
    private static partial Regex Beginning { get; }

    [GeneratedRegex(@"^\s*(?<word>[A-Za-z]{2,8})(?![A-Za-z])\s*(?<colon>[:=])?(?<rest>.*)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Meant { get; }

    /// <summary>A type and parameters.</summary>
    [GeneratedRegex(@"^\s*[A-Za-z][A-Za-z0-9-]*(\s+[A-Za-z-]+=\S*)*\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Arguments { get; }
}
