using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Tests.Slack.Views;

/// <summary>Commands as somebody pastes them: whole or not at all, filled where it is safe, and what is left is named.</summary>
public class CommandBlocksTests
{
    [Fact]
    public void Each_command_is_a_block_of_its_own_as_it_stands_on_the_page()
    {
        var seen = Seen("First look, then act.", "psql -h <host> -d <database> -c \"SELECT '*_~`<!channel>' AS a & 1;\"", "kubectl get pods -n <namespace>");

        Assert.Equal(
            """
            First look, then act.
                psql -h db.example.com -d orders -c "SELECT '*_~`<!channel>' AS a & 1;"
                kubectl get pods -n shop

            """, seen);
    }

    [Fact]
    public void A_password_is_never_filled_and_what_is_left_is_named_once()
    {
        var seen = Seen("", "mysql -h <host> -u <user> -p<password>", "mysqldump -p<password> <table> <database>");

        Assert.Contains("mysql -h db.example.com -u chatbot -p<password>", seen, StringComparison.Ordinal);
        Assert.EndsWith("(Fill in yourself: `&lt;password&gt;`, `&lt;table&gt;`.)\n", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_a_shell_would_read_is_left_to_the_person()
    {
        var seen = Seen("", Cards.Values with { Service = "x; rm -rf /", Host = "$(reboot)" }, "kubectl logs deployment/<service-name>", "ping <host>");

        Assert.DoesNotContain("rm -rf", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("reboot", seen, StringComparison.Ordinal);
        Assert.EndsWith("(Fill in yourself: `&lt;service-name&gt;`, `&lt;host&gt;`.)\n", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_does_not_fit_is_left_out_whole_and_counted()
    {
        var seen = Seen("", new string('a', 3_001), "echo short", new string('b', 20_000));

        Assert.Equal("    echo short\n(2 more commands don't fit here: see the page.)\n", seen);
        Assert.Equal("    echo short\n(One more command doesn't fit here: see the page.)\n", Seen("", "echo short", new string('b', 3_001)));
    }

    [Fact]
    public void A_hundred_commands_do_not_break_a_message()
    {
        var blocks = CommandBlocks.Of("", [.. Enumerable.Range(1, 100).Select(number => new CommandBlock("bash", $"echo {number}"))], Cards.Values, new MessageRoom([], kept: 900));

        Assert.InRange(blocks.Count, 2, SlackLimits.MessageBlocks.Most);
        Assert.Contains("more commands don't fit here", SeenText.Of(new SlackMessage($"-", blocks)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, "short", "short")]
    [InlineData(10, "exactly 10", "exactly 10")]
    [InlineData(10, "one two three", "one two…")]
    [InlineData(10, "onetwothree", "onetwothr…")]
    [InlineData(10, "&&&", "&…")]
    [InlineData(10, "<<a", "<<a")]
    [InlineData(10, "<<<a", "<<…")]
    [InlineData(4, "ab😀cd", "ab…")]
    [InlineData(10, "Watch it: and more", "Watch it…")]
    public void A_long_text_is_cut_between_words_as_Slack_counts(int most, string text, string cut)
    {
        Assert.Equal(cut, Cut.To(most, text));
        Assert.InRange(Mrkdwn.Escape(Cut.To(most, text)).Length, 0, most);
    }

    private static string Seen(string text, params string[] commands) => Seen(text, Cards.Values, commands);

    private static string Seen(string text, PlaceholderValues values, params string[] commands) => SeenText.Of(new SlackMessage(
        $"-", CommandBlocks.Of(text, [.. commands.Select(command => new CommandBlock("bash", command))], values, new MessageRoom([], kept: 900))));
}
