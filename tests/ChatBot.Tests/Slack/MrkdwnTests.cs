using ChatBot.Slack.BlockKit;

namespace ChatBot.Tests.Slack;

public class MrkdwnTests
{
    public static readonly TheoryData<string, string> Foreign = new()
    {
        { "plain words", "plain words" },
        { "<!channel>", "&lt;!channel&gt;" },
        { "<!here|all of you>", "&lt;!here|all of you&gt;" },
        { "<!subteam^S1>", "&lt;!subteam^S1&gt;" },
        { "<@U1>", "&lt;@U1&gt;" },
        { "<#C1|general>", "&lt;#C1|general&gt;" },
        { "<https://evil.test|Approve>", "&lt;https://evil.test|Approve&gt;" },
        { "&amp;", "&amp;amp;" },
        { "&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;" },
        { "```", "``\u200b`" },
        { "``````", "``\u200b``\u200b``" },
        { "a ``` <!here>", "a ``\u200b` &lt;!here&gt;" },
        { "``", "``" },
        { "", "" },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Somebody_elses_words_lose_their_markup(string words, string shown)
    {
        Mrkdwn text = $"*{words}*";

        Assert.Equal(shown, Mrkdwn.Escape(words));
        Assert.Equal($"*{shown}*", text.ToString());
        Assert.DoesNotContain("```", text.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Slack_shows_the_words_as_they_were(string words, string shown)
    {
        var read = shown
            .Replace("\u200b", "", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal);

        Assert.Equal(words, read);
    }

    [Fact]
    public void Source_text_keeps_its_markup()
    {
        Mrkdwn text = $"*bold* ```fence``` <!here>";

        Assert.Equal("*bold* ```fence``` <!here>", text.ToString());
    }

    [Fact]
    public void A_fence_is_not_put_together_from_harmless_pieces()
    {
        var (two, one) = ("``", "`");

        Mrkdwn adjacent = $"{two}{one}";
        Mrkdwn before = $"`{two}";
        Mrkdwn after = $"{two}` and";
        Mrkdwn fenced = $"```{one}x{one}```";

        Assert.Equal("``\u200b`", adjacent.ToString());
        Assert.Equal("`\u200b``", before.ToString());
        Assert.Equal("``\u200b` and", after.ToString());
        Assert.Equal("```\u200b`x`\u200b```", fenced.ToString());
    }

    [Fact]
    public void Markup_inside_markup_is_not_escaped_again()
    {
        Mrkdwn inner = $"<@U1> & {"<!here>"}";
        Mrkdwn outer = $"> {inner}";

        Assert.Equal("> <@U1> & &lt;!here&gt;", outer.ToString());
    }

    [Fact]
    public void Markup_hidden_in_an_object_is_escaped()
    {
        object hidden = new Uri("https://a.test/?a=1&b=<");

        Mrkdwn text = $"{hidden}";

        Assert.Equal("https://a.test/?a=1&amp;b=&lt;", text.ToString());
    }

    [Fact]
    public void Numbers_are_the_same_in_every_country()
    {
        Mrkdwn text = $"{93} of {1234567:N0}, {1.5} a minute, {0.934:P0}";

        Assert.Equal("93 of 1,234,567, 1.5 a minute, 93 %", text.ToString());
    }

    [Theory]
    [InlineData("U024BE7LH", "<@U024BE7LH>")]
    [InlineData("W1", "<@W1>")]
    [InlineData("alertmanager", "alertmanager")]
    [InlineData("U1> <!channel", "U1&gt; &lt;!channel")]
    [InlineData("U1\n", "U1\n")]
    public void A_person_is_mentioned_by_id_and_nothing_else_is(string id, string shown) =>
        Assert.Equal(shown, Mrkdwn.User(id).ToString());

    [Fact]
    public void Groups_and_channels_are_mentioned_by_id()
    {
        Assert.Equal("<!subteam^S1>", Mrkdwn.Group("S1").ToString());
        Assert.Equal("channel", Mrkdwn.Group("channel").ToString());
        Assert.Equal("<#C1>", Mrkdwn.Channel("C1").ToString());
        Assert.Equal("here", Mrkdwn.Channel("here").ToString());
    }

    [Fact]
    public void A_date_has_a_fallback_that_cannot_end_it()
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(1_392_734_382);

        Assert.Equal("<!date^1392734382^{time}|06:39 &gt; UTC>", Mrkdwn.Date(at, "{time}", "06:39 > UTC").ToString());
        Assert.Throws<ArgumentException>(() => Mrkdwn.Date(at, "{time}^https://evil.test", "x"));
    }

    [Fact]
    public void A_link_goes_to_a_web_page_or_is_only_its_text()
    {
        Assert.Equal("<https://a.test/?a=1&amp;b=%7C|a &gt; b>", Mrkdwn.Link(new("https://a.test/?a=1&b=|"), "a > b").ToString());
        Assert.Equal("press", Mrkdwn.Link(new("javascript:alert(1)"), "press").ToString());
        Assert.Equal("press", Mrkdwn.Link(new("/relative", UriKind.Relative), "press").ToString());
    }

    [Fact]
    public void Code_stays_on_one_line_and_keeps_no_backtick()
    {
        Assert.Equal("`select 1 from \u2032a\u2032 where a &lt; 2`", Mrkdwn.Code("select 1\nfrom `a` where a < 2").ToString());
        Assert.Equal("", Mrkdwn.Code("").ToString());
    }

    [Fact]
    public void Joins_with_markup()
    {
        Mrkdwn[] people = [Mrkdwn.User("U1"), $"{"<b>"}"];

        Assert.Equal("<@U1>, &lt;b&gt;", Mrkdwn.Join($", ", people).ToString());
    }

    [Fact]
    public void Once_read_it_does_not_change()
    {
        Mrkdwn text = $"a";
        Mrkdwn same = $"{"a"}";
        Assert.Equal(1, text.Length);

        Assert.Throws<InvalidOperationException>(() => text.AppendLiteral("b"));
        Assert.Equal(same, text);
    }
}
