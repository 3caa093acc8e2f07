using System.Text;
using ChatBot.Incidents.Evidence;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace ChatBot.Incidents.Runbooks;

/// <summary>The words of a page without its Markdown.</summary>
internal static class PlainText
{
    /// <summary>Hard line breaks as \n, soft ones as spaces; comments are left out. Clean, but not cut.</summary>
    public static string Of(LeafBlock block)
    {
        var text = new StringBuilder();
        if (block.Inline is { } inlines)
        {
            Append(text, inlines);
        }

        return TextStripping.Strip(text.ToString(), keepLines: true);
    }

    /// <summary>Other HTML than comments is text: <c>&lt;host&gt;</c> is one of our placeholders.</summary>
    public static bool IsComment(HtmlInline html) => html.Tag.StartsWith("<!--", StringComparison.Ordinal);

    private static void Append(StringBuilder text, ContainerInline inlines)
    {
        foreach (var inline in inlines)
        {
            switch (inline)
            {
                case LiteralInline literal:
                    text.Append(literal.Content.AsSpan());
                    break;
                case CodeInline code:
                    text.Append(code.Content);
                    break;
                case LineBreakInline lineBreak:
                    text.Append(lineBreak.IsHard ? '\n' : ' ');
                    break;
                case HtmlEntityInline entity:
                    text.Append(entity.Transcoded.AsSpan());
                    break;
                case AutolinkInline link:
                    text.Append(link.Url);
                    break;
                case HtmlInline html when !IsComment(html):
                    text.Append(html.Tag);
                    break;
                case LinkInline link:
                    Append(text, link);
                    break;
                case ContainerInline container:
                    Append(text, container);
                    break;
            }
        }
    }

    private static void Append(StringBuilder text, LinkInline link)
    {
        var from = text.Length;
        Append(text, (ContainerInline)link);
        var words = text.ToString(from, text.Length - from);
        if (link.Url is { Length: > 0 } url && url != words)
        {
            text.Append(words.Length > 0 ? $" ({url})" : url);
        }
    }
}
