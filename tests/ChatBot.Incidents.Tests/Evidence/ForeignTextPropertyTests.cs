using System.Globalization;
using System.Text;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Tests.Evidence;

/// <summary>What holds for every text: drawn at random, but the same ones each time.</summary>
public sealed class ForeignTextPropertyTests
{
    private static readonly string[] Pieces =
    [
        "a", "Z", "7", " ", "  ", "\t", "\n", "\r\n", "é", "e\u0301\u0301\u0301\u0301\u0301", "東", "🐘", "\ud800", "\udfff",
        "\u001b[31m", "\u001b]0;t\u0007", "\u001b", "\u009b", "\0", "\u202e", "\u200b", "\ufe0f", "\ue000", "\uffff", "…",
        "[hidden]", "[withheld]", "[hid", "den]", "password=", "token: ", "secret=\"", "'", "\"", "\\", ";", "&", ",", "=", ":", "@",
        "://", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "-----", "eyJhbGciOi.", "4111111111111111", "12345678",
        "Bearer ", "Basic ", "AKIA", "xoxb-", "abcdefgh", "A1b2C3d4E5f6G7h8", "0123456789abcdef", "/*", "*/", "--", "$$", "$1", "e'",
        "<!channel>", "```", "/", ".", "%3D", "{", "}", "(", ")", "?", "identified by ", "cookie: ", "null",
    ];

    [Fact]
    public void Shows_a_closed_alphabet_within_the_length_and_changes_nothing_the_second_time()
    {
        var chance = new Random(41);
        for (var round = 0; round < 20_000; round++)
        {
            var text = Draw(chance);
            var maxLength = chance.Next(1, 120);

            AssertSound(text, maxLength, once => ForeignText.From(once, maxLength), lines: false);
            AssertSound(text, maxLength, once => ForeignText.From(once, maxLength, keepLines: true), lines: true);
            AssertSound(text, maxLength, once => ForeignText.Query(once, maxLength), lines: false);
        }
    }

    [Fact]
    public void Reads_any_bytes()
    {
        var chance = new Random(42);
        var bytes = new byte[200];
        for (var round = 0; round < 5_000; round++)
        {
            chance.NextBytes(bytes);
            var length = chance.Next(bytes.Length);

            AssertAlphabet(ForeignText.FromBytes(bytes.AsSpan(0, length), 100).Value, 100, lines: false);
        }
    }

    [Fact]
    public void Leaves_no_part_of_a_secret_wherever_it_is_cut()
    {
        var chance = new Random(43);
        var planted = PlantedSecrets.ByShape(chance)
            .SelectMany(secret => PlantedSecrets.Placements.Select(place => (Frame: place, secret.Secret)))
            .Concat(PlantedSecrets.Frames.Select(frame => (Frame: frame, Secret: PlantedSecrets.Password(chance))));

        foreach (var (frame, secret) in planted)
        {
            var text = $"before {string.Format(CultureInfo.InvariantCulture, frame, secret)} after";
            for (var maxLength = 1; maxLength <= text.Length + 1; maxLength++)
            {
                var shown = ForeignText.From(text, maxLength).Value;
                Assert.True(Leak.Of(secret, shown) is null, $"\"{text}\" cut to {maxLength} is shown as \"{shown}\"");
            }
        }
    }

    [Theory]
    [InlineData("password=")]
    [InlineData("password=\"")]
    [InlineData("token token ")]
    [InlineData("secret:[")]
    [InlineData(";pwd=a ")]
    [InlineData("a://b:c@")]
    [InlineData("a:")]
    [InlineData("-----BEGIN ")]
    [InlineData("-----END PRIVATE KEY")]
    [InlineData("Ab1")]
    [InlineData("A1-")]
    [InlineData("4 ")]
    [InlineData("4")]
    [InlineData("eyJabcdef.")]
    [InlineData("\u001b]")]
    [InlineData("/*")]
    [InlineData("$a$b")]
    [InlineData("'")]
    [InlineData("\\'")]
    [InlineData("e\u0301")]
    [InlineData("[hidden]")]
    public void Comes_to_an_end_with_64_Ki_of_spite(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 64 * 1024 / unit.Length));

        AssertAlphabet(ForeignText.From(text, 500).Value, 500, lines: false);
        AssertAlphabet(ForeignText.From(text + " x", int.MaxValue).Value, int.MaxValue, lines: false);
        AssertAlphabet(ForeignText.Query(text, 500).Value, 500, lines: false);
    }

    private static string Draw(Random chance)
    {
        var text = new StringBuilder();
        for (var pieces = chance.Next(1, 14); pieces > 0; pieces--)
        {
            text.Append(Pieces[chance.Next(Pieces.Length)]);
        }

        return text.ToString();
    }

    private static void AssertSound(string text, int maxLength, Func<string, ForeignText> clean, bool lines)
    {
        var once = clean(text);
        AssertAlphabet(once.Value, maxLength, lines);
        Assert.True(once == clean(once.Value), $"\"{Spell(text)}\" is \"{once}\", then \"{clean(once.Value)}\" ({maxLength})");
    }

    private static void AssertAlphabet(string text, int maxLength, bool lines)
    {
        Assert.True(text.Length <= maxLength);
        Assert.DoesNotContain("  ", text, StringComparison.Ordinal);
        var before = '\0';
        foreach (var unit in text)
        {
            Assert.True(!char.IsLowSurrogate(unit) || char.IsHighSurrogate(before));
            before = unit;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            var isVisible = rune.Value == ' ' || (rune.Value == '\n' && lines) || Rune.GetUnicodeCategory(rune)
                is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            Assert.True(isVisible, $"U+{rune.Value:X4} is shown");
        }
    }

    private static string Spell(string text) =>
        string.Concat(text.Select(unit => unit is >= ' ' and <= '~' ? unit.ToString() : $"\\u{(int)unit:x4}"));
}
