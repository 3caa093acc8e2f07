using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings;

/// <summary>Our own words with strangers' names between them. Written as an interpolated string: what is a literal is ours, what is a <see cref="ForeignText"/> stays one.</summary>
/// <remarks>The view that shows it escapes each part in its own way; nothing here is markup.</remarks>
[JsonConverter(typeof(SentenceConverter))]
public sealed record Sentence(IReadOnlyList<SentencePart> Parts)
{
    public static readonly Sentence Empty = new([]);

    public static Sentence Of(SentenceBuilder words) => words.Build();

    /// <summary>For logs and tests: as a reader sees it.</summary>
    public override string ToString() => string.Concat(Parts.Select(part => part.Own ?? part.Foreign.Value));

    public bool Equals(Sentence? other) => other is not null && Parts.SequenceEqual(other.Parts);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}

/// <param name="Own">Our own words; null when the part is a stranger's.</param>
/// <param name="Foreign">A stranger's; empty when the part is our own.</param>
public sealed record SentencePart(string? Own, ForeignText Foreign = default);

/// <summary>Collects the parts of an interpolated string. Takes numbers and foreign text; a string only as a constant would slip through, so none is taken.</summary>
[InterpolatedStringHandler]
public readonly ref struct SentenceBuilder
{
    private readonly ImmutableArray<SentencePart>.Builder _parts;

    public SentenceBuilder(int literalLength, int formattedCount)
    {
        _ = literalLength;
        _parts = ImmutableArray.CreateBuilder<SentencePart>((2 * formattedCount) + 1);
    }

    public void AppendLiteral(string words) => Own(words);

    public void AppendFormatted(int number) => Own(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(long number) => Own(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>With its noun, and verb where there is one: <c>{count:pod holds|pods hold}</c>.</summary>
    /// <param name="format">For one, and for any other number.</param>
    public void AppendFormatted(long number, string format) => Own(string.Create(CultureInfo.InvariantCulture, $"{number} {format.Split('|')[number == 1 ? 0 : 1]}"));

    /// <summary>At most one decimal.</summary>
    public void AppendFormatted(double number) => Own(number.ToString("0.#", CultureInfo.InvariantCulture));

    /// <summary>"45 s", "12 min", "3 h".</summary>
    public void AppendFormatted(TimeSpan span) => Own(Say(span));

    public void AppendFormatted(ForeignText words) => _parts.Add(new SentencePart(null, words));

    public void AppendFormatted(Sentence sentence)
    {
        foreach (var part in sentence.Parts)
        {
            _parts.Add(part);
        }
    }

    internal Sentence Build() => new([.. _parts]);

    private void Own(string words)
    {
        if (_parts is [.., { Own: { } before }])
        {
            _parts[^1] = new SentencePart(before + words);
        }
        else
        {
            _parts.Add(new SentencePart(words));
        }
    }

    private static string Say(TimeSpan span) => span switch
    {
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalHours)} h"),
        { TotalMinutes: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalMinutes)} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Math.Floor(span.TotalSeconds))} s"),
    };
}
