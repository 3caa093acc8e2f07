using System.Text.Json;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Tests.Evidence;

public sealed class ForeignTextTests
{
    public static readonly TheoryData<string?, string> OneLine = new()
    {
        { null, "" },
        { "", "" },
        { " \t\r\n ", "" },
        { "checkout-api", "checkout-api" },
        { "Zoë Ñandú 東京 🐘", "Zoë Ñandú 東京 🐘" },

        // decode
        { "a\ud800b", "a\ufffdb" },
        { "\udc00", "\ufffd" },

        // strip
        { "\u001b[31mred\u001b[0m", "red" },
        { "\u001b[38;5;196mred\u009b0mdone", "reddone" },
        { "\u001b]8;;https://evil.example\u0007click\u001b]8;;\u001b\\", "click" },
        { "\u001bP1$tx\u001b\\ok", "ok" },
        { "\u001b]0;never closed\nnext", "next" },
        { "\u001b(Bplain\u001bcdone", "plaindone" },
        { "a\u001b", "a" },
        { "a\0b\u0007c\u0008d\u007fe\u0085f", "abcde f" },
        { "a\u202Eb\u2066c\u200Bd\u200De\uFEFFf\u00ADg\u2060h", "abcdefgh" },
        { "a\u115fb\u3164c\u2800d\ufe0fe\u034ff", "abcdef" },
        { "a\ue000b\U000F0000c\U000E0041d", "abcd" },
        { "e\u0301\u0302\u0303\u0304\u0305x", "e\u0301\u0302\u0303x" },

        // join
        { "  two\u00a0\u2003 \t words\r\nand\u2028more\vthere  ", "two words and more there" },

        // not escaped: that is the view's
        { "<!channel> & ```x```", "<!channel> & ```x```" },
    };

    [Theory]
    [MemberData(nameof(OneLine))]
    public void Leaves_only_what_can_be_seen(string? text, string expected) =>
        Assert.Equal(expected, ForeignText.From(text, 1000).Value);

    [Fact]
    public void Keeps_line_breaks_where_asked_and_blank_lines_nowhere() =>
        Assert.Equal("one\ntwo x\nthree", ForeignText.From("one  \r\n\r\n two  x\n\u0085three\n", 100, keepLines: true).Value);

    [Fact]
    public void Reads_invalid_UTF_8_as_replacement_characters()
    {
        Assert.Equal("a\ufffdb", ForeignText.FromBytes([(byte)'a', 0xC3, (byte)'b'], 100).Value);
        Assert.Equal("é", ForeignText.FromBytes("é"u8, 100).Value);
        Assert.Equal("\ufffd\ufffd\ufffd", ForeignText.FromBytes([0xED, 0xA0, 0x80], 100).Value); // a surrogate
    }

    public static readonly TheoryData<string, int, string> Cuts = new()
    {
        { "abcdef", 6, "abcdef" },
        { "abcdef", 5, "abcd…" },
        { "abcdef", 1, "…" },
        { "abc def", 5, "abc…" }, // no space before the ellipsis
        { "ab🐘d", 4, "ab…" }, // the elephant is two units
        { "abe\u0301\u0302x", 4, "ab…" }, // a letter keeps its marks
        { "password=hunter2 and more", 17, "password=…" }, // one short of the mark
        { "password=hunter2 and more", 18, "password=[hidden]…" },
    };

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Cuts_between_characters_and_never_inside_a_mark(string text, int maxLength, string expected) =>
        Assert.Equal(expected, ForeignText.From(text, maxLength).Value);

    [Fact]
    public void Finds_a_secret_that_colour_codes_or_invisible_characters_split()
    {
        Assert.Equal("password=[hidden]", ForeignText.From("pass\u001b[1mword=hun\u001b[0mter2", 100).Value);
        Assert.Equal("password=[hidden]", ForeignText.From("pass\u200bword=hun\u00adter2", 100).Value);
    }

    [Fact]
    public void Counts_what_is_hidden()
    {
        var text = ForeignText.From("password=a1 token=b2 user=ana", 100);

        Assert.Equal("password=[hidden] token=[hidden] user=ana", text.Value);
        Assert.Equal(2, text.Hidden);
        Assert.Equal(0, default(ForeignText).Hidden);
        Assert.Equal("", default(ForeignText).Value);
    }

    [Fact]
    public void Withholds_everything_when_a_rule_fails()
    {
        Func<string, string>[] rules = [text => text, _ => throw new InvalidOperationException("hunter2")];

        Assert.Equal("[withheld]", Redaction.Hide("password=hunter2", rules));
    }

    [Fact]
    public void Looks_at_64_Ki_characters_and_shows_no_half_word_at_their_end()
    {
        var filler = new string('x', (64 * 1024) - 30);

        Assert.EndsWith("x", ForeignText.From($"{filler} password=hunter2hunter2hunter2hunter2", int.MaxValue).Value, StringComparison.Ordinal);
        Assert.Equal("", ForeignText.From(new string('x', 70_000), 100).Value); // no gap, so nothing is known to be whole
    }

    [Fact]
    public void Is_stored_as_its_text_and_only_stripped_when_read_again()
    {
        var text = ForeignText.From("password=hunter2 from <b>", 100);

        var json = JsonSerializer.Serialize(text);
        var read = JsonSerializer.Deserialize<ForeignText>(json);

        Assert.DoesNotContain("hunter2", json, StringComparison.Ordinal);
        Assert.Equal(text, read);
        Assert.Equal(1, read.Hidden);
        Assert.Equal("ab", JsonSerializer.Deserialize<ForeignText>("\"a\\u202Eb\"").Value);
        Assert.Equal("", JsonSerializer.Deserialize<ForeignText>("null").Value);
    }

    [Fact]
    public void Refuses_a_length_of_nothing() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ForeignText.From("a", 0));
}
