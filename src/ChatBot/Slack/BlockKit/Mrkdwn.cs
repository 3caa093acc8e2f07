using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace ChatBot.Slack.BlockKit;

/// <summary>
/// Text in Slack's markup, in which other people's words can do no harm: in <c>$"*{name}* waits"</c> the literal part is
/// markup, and every value is escaped unless it is itself a <see cref="Mrkdwn"/>. There is no way in for a string that
/// was computed: it goes into a hole, and a hole escapes.
/// </summary>
/// <remarks>
/// The compiler builds it piece by piece (an interpolated-string handler); once read it doesn't change any more.
/// See https://docs.slack.dev/messaging/formatting-message-text.
/// </remarks>
[InterpolatedStringHandler]
internal sealed partial class Mrkdwn : IEquatable<Mrkdwn>
{
    /// <summary>Zero width: it parts backticks, so that foreign text can't open or close a fence, and shows as nothing.</summary>
    private const char Wedge = '\u200b';

    private readonly StringBuilder _pieces;
    private string? _text;

    /// <summary>True while the last piece came from a hole.</summary>
    private bool _endsForeign;

    public Mrkdwn(int literalLength, int formattedCount)
    {
        _pieces = new StringBuilder(literalLength + (formattedCount * 16));
    }

    private Mrkdwn(string markup)
    {
        _pieces = new StringBuilder(markup);
    }

    public static Mrkdwn Empty { get; } = new("");

    public int Length => ToString().Length;

    public static Mrkdwn Join(Mrkdwn separator, IEnumerable<Mrkdwn> parts) =>
        new(string.Join(separator.ToString(), parts));

    /// <summary>Only for the compiler: a piece of source text.</summary>
    public void AppendLiteral(string markup) => Append(markup, foreign: false);

    /// <summary>Only for the compiler: markup keeps its meaning.</summary>
    public void AppendFormatted(Mrkdwn? markup) => Append(markup?.ToString() ?? "", foreign: false);

    /// <summary>Only for the compiler: somebody's words.</summary>
    public void AppendFormatted(string? text) => Append(Escape(text ?? ""), foreign: true);

    /// <summary>Only for the compiler: anything else, formatted the same in every country, then escaped.</summary>
    public void AppendFormatted<T>(T value, string? format = null)
    {
        var text = value is IFormattable formattable
            ? formattable.ToString(format, CultureInfo.InvariantCulture)
            : value?.ToString();

        Append(Escape(text ?? ""), foreign: true);
    }

    public override string ToString() => _text ??= _pieces.ToString();

    public bool Equals(Mrkdwn? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as Mrkdwn);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private void Append(string piece, bool foreign)
    {
        if (_text is not null)
        {
            throw new InvalidOperationException("This text was read before and doesn't change any more.");
        }

        if (piece.Length == 0)
        {
            return;
        }

        // Two harmless pieces can make a fence together, or close the one of the source text.
        if ((foreign || _endsForeign) && piece[0] == '`' && _pieces.Length > 0 && _pieces[^1] == '`')
        {
            _pieces.Append(Wedge);
        }

        _pieces.Append(piece);
        _endsForeign = foreign;
    }
}
