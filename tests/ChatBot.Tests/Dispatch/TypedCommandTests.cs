using ChatBot.Dispatch;
using ChatBot.Slack.Views;
using ChatBot.Tests.Slack.Views;

namespace ChatBot.Tests.Dispatch;

/// <summary>What people type after /runbook, word by word, on whatever keyboard.</summary>
public class TypedCommandTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("   ", "", 0)]
    [InlineData("start orders-db", "start", 1)]
    [InlineData("  START   orders-db  ", "start", 1)]
    [InlineData("stop orders-db we fail over", "stop", 4)]
    public void A_command_is_its_first_word_and_the_words_after_it(string text, string verb, int words)
    {
        var typed = TypedCommand.Read(text);

        Assert.Equal(verb, typed.Verb);
        Assert.Equal(words, typed.Words.Count);
    }

    [Fact]
    public void A_target_has_no_capital_letters_whatever_the_phone_thinks()
    {
        var typed = TypedCommand.Read("Start Orders-DB");

        Assert.Equal("orders-db", typed.Target(0));
        Assert.Null(typed.Target(1));
    }

    [Theory]
    [InlineData("<@U0ANA>", "U0ANA")]
    [InlineData("<@W0ANA|ana>", "W0ANA")]
    [InlineData("<@U0ANA|>", "U0ANA")]
    [InlineData("@ana", null)]
    [InlineData("U0ANA", null)]
    [InlineData("<@u0ana>", null)]
    [InlineData("<@U0ANA>x", null)]
    [InlineData("<@U0ANA|a<b>", null)]
    [InlineData("<!subteam^S0DBA>", null)]
    [InlineData("<#C0OTHER>", null)]
    [InlineData("", null)]
    public void A_person_is_a_mention_and_nothing_else(string word, string? user) => Assert.Equal(user, TypedCommand.Read($"assign {word}").User(0));

    [Theory]
    [InlineData("7", 7L)]
    [InlineData("F7", 7L)]
    [InlineData("f7", 7L)]
    [InlineData("#7", 7L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775808", null)]
    [InlineData("-7", null)]
    [InlineData("7.0", null)]
    [InlineData("seven", null)]
    [InlineData("F", null)]
    public void A_follow_up_is_its_number_with_or_without_the_letter(string word, long? number) =>
        Assert.Equal(number, TypedCommand.Read($"followup {word} done").FollowUp(0));

    [Theory]
    [InlineData("2026-12-31", "2026-12-31T23:59:59+00:00")]
    [InlineData("2028-02-29", "2028-02-29T23:59:59+00:00")]
    [InlineData("2026-02-29", null)]
    [InlineData("31.12.2026", null)]
    [InlineData("2026-12-1", null)]
    [InlineData("tomorrow", null)]
    public void A_day_lasts_to_its_end(string word, string? end)
    {
        DateTimeOffset? expected = end is null ? null : DateTimeOffset.Parse(end, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(expected, TypedCommand.Read($"followup 7 {word}").Day(1));
    }

    [Fact]
    public void The_rest_is_what_was_said()
    {
        var typed = TypedCommand.Read("stop orders-db we  fail over");

        Assert.Equal("we fail over", typed.Rest(1));
        Assert.Null(typed.Rest(4));
    }

    [Fact]
    public void What_helps_reads_as_agreed() => Golden.AssertSame("golden-help.txt",
    [
        ("something else", CommandHelp.Text(["orders-db", "billing-db"]) + "\n"),
        ("something else about a follow-up", CommandHelp.FollowUp(7) + "\n"),
        ("an unknown target", CommandHelp.NoSuchTarget("order-db", ["orders-db", "billing-db"]) + "\n"),
        ("a target that can't be one", CommandHelp.NoSuchTarget(new string('x', 300), Enumerable.Range(1, 30).Select(number => $"shard-{number:D2}")) + "\n"),
    ]);
}
