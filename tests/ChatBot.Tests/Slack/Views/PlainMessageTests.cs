using System.Text;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Runbooks;
using ChatBot.Incidents.Tests;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack.Views;

/// <summary>The messages as a terminal shows them. To change a wording: run with UPDATE_GOLDEN=1, then read the difference.</summary>
public class PlainMessageTests
{
    private static readonly string[] Told = ["deciding, full", "deciding, no answer any more", "awaiting approval", "executing", "stopped with words"];

    public static readonly TheoryData<string, string> Cases = new()
    {
        // what a stranger wrote          what the terminal shows
        { "a & b < c > d &amp; e",        "a & b < c > d &amp; e" },
        { "<@U0ANA> <!channel> <!here>",  "<@U0ANA> <!channel> <!here>" },
        { "\u001b[2J\u001b]0;title\u0007", "[2J]0;title" },
        { "\u009b31mred\r\nnext\tcolumn", "31mred\nnextcolumn" },
        { "\u202eevil\u202c \u200bzero\ufeff", "evil zero" },
        { "\ud800 half",                  "\ufffd half" },
        { "```rm -rf```",                 "```rm -rf```" },
        { "2 * 3 * 4, a*b*c",             "2 * 3 * 4, a*b*c" },
    };

    [Fact]
    public void Every_message_reads_on_a_terminal_as_agreed()
    {
        var seen = new StringBuilder();
        foreach (var (name, story) in Cards.Stories.Where(story => Told.Contains(story.Key)))
        {
            Append($"{name}, card", Cards.Card(story().Incident));
            Append($"{name}, consumers", Cards.Step(story(), ThePages.Consumers));
            Append($"{name}, a step by hand", Cards.Step(story(), ThePages.Manual));
            Append($"{name}, choice", StepListView.Render(story().Incident, RunbookPhase.Immediate, Cards.Context()));
            Append($"{name}, plan", Cards.Plan(story()));
        }

        var kept = Path.Combine(SourceTree.Root, "tests", "ChatBot.Tests", "Slack", "Views", "golden-plain.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(kept, seen.ToString());
        }

        Assert.Equal(File.ReadAllText(kept), seen.ToString());

        void Append(string name, SlackMessage? message)
        {
            if (message is not null)
            {
                var plain = PlainMessage.Of(message, user => user == Ana.User ? "ana" : null);
                seen.Append($"=== {name}\n{plain.Text}\n");
                plain.Buttons.ToList().ForEach(button => seen.Append($"[{button.Label}] {button.ActionId}{(button.Question is { } asks ? $" asks \"{asks}\"" : "")}\n"));
                seen.Append('\n');
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Strangers_words_come_through_and_do_nothing(string words, string shown) =>
        Assert.Equal($"They say {shown}.", PlainMessage.TextOf($"They say {words}.", _ => null));

    [Fact]
    public void Our_own_markup_becomes_words()
    {
        var at = new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
        Mrkdwn text = $"*Plan {"a*b"} of {Mrkdwn.User("U0ANA")}* and {Mrkdwn.User("U0BORIS")}, {Mrkdwn.Group("S0DBA")} in {Mrkdwn.Channel("C0INC")} at {Moment.Of(at)}: {Mrkdwn.Code("select '&' <*x*>")} {Mrkdwn.Link(new Uri("https://a.example/?a=1&b=2"), "the <page>")} :warning: :tada: 12:30:59";

        Assert.Equal(
            "*Plan a*b of @ana* and @U0BORIS, @S0DBA in #C0INC at 12:00:00 UTC: `select '&' <*x*>` the <page> (https://a.example/?a=1&b=2) Warning: :tada: 12:30:59",
            PlainMessage.TextOf(text, user => user == "U0ANA" ? "ana" : null));
        Assert.Equal("Bold, and not.", PlainMessage.TextOf($"*Bold,* and not.", _ => null));
    }

    [Fact]
    public void Buttons_beside_a_paragraph_and_in_a_menu_can_be_pressed_and_links_cannot()
    {
        var message = new SlackMessage($"x",
        [
            new SectionBlock($"One", new Button("Skip", "step.skip", "1")),
            new ActionsBlock([new OverflowMenu("step.more", [new Option("By hand", "2"), new Option("Again\u001b[2J", "3")]), new Button("Page", "link", Url: new Uri("https://a.example/"))]),
        ]);

        Assert.Equal(
            [("Skip", "step.skip", "1"), ("By hand", "step.more", "2"), ("Again[2J", "step.more", "3")],
            PlainMessage.Of(message, _ => null).Buttons.Select(button => (button.Label, button.ActionId, button.Value)));
    }

    [Fact]
    public void A_name_from_the_database_cannot_drive_the_terminal()
    {
        var message = new SlackMessage($"x", [new RichTextBlock("pid  name\n1    \u001b]52;c;aGk=\u0007evil"), new ContextBlock($"{ForeignText.From("\u001b[31mred", 63)}")]);

        Assert.Equal("pid  name\n1    ]52;c;aGk=evil\nred", PlainMessage.Of(message, _ => null).Text);
    }
}
