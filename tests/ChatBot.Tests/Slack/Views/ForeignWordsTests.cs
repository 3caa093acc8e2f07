using System.Text.RegularExpressions;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Incidents.Tests;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack.Views;

/// <summary>Names that strangers chose stay names: no markup, no mention, no broken table, in whatever message.</summary>
public partial class ForeignWordsTests
{
    public static readonly TheoryData<string> Names =
    [
        "<!channel> evil", "<!here|evil>", "<@U0EVIL>evil", "<https://evil.test|evil>", "&lt;!channel&gt;evil", "*evil*", "_evil_", "~evil~", "`evil`",
        "```evil```", "a``` *evil* ```b", ":evil:", "> evil", "evil\nevil", "evil\r\n\u2028evil", "\u202eevil\u2066", "\u001b[31mevil\u0007", "evil\0",
        "evil  \t  evil", $"evil{new string('x', 10_000)}", "evil👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "ev\u0301\u0301\u0301\u0301\u0301\u0301il", "-", "",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_stays_a_name(string name)
    {
        foreach (var message in MessagesWith(name))
        {
            var ours = References.Replace(SeenText.Markup(message), "");
            Assert.DoesNotContain('<', ours);
            Assert.DoesNotContain('>', ours.Replace("->", "", StringComparison.Ordinal).Replace("\n>", "\n", StringComparison.Ordinal)); // a note is quoted
            Assert.DoesNotContain("```", ours, StringComparison.Ordinal);
            if (name.AsSpan().IndexOfAny("*_~`") >= 0 || name.StartsWith(':'))
            {
                Assert.DoesNotContain("evil", CodeType.Replace(ours, ""), StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Whoever writes pages may use markup in them, but calls nobody and closes no fence.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void The_words_of_a_page_and_of_a_failure_call_nobody(string name)
    {
        foreach (var message in MessagesOnPage(name.ReplaceLineEndings(" ")))
        {
            var ours = References.Replace(SeenText.Markup(message), "");
            Assert.DoesNotContain('<', ours);
            Assert.DoesNotContain("```", ours, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_keeps_its_row(string name)
    {
        var plan = Cards.Plan(DrawingUp.Do(new Incidents.ProposePlan(ThePlan, EndIdleWith(name))))!;
        Assert.Equal(3, SeenText.Rows(plan).Count);

        var consumers = Cards.Step(Deciding, ThePages.Consumers, consumers: ConsumersWith(name));
        Assert.Equal(3, SeenText.Rows(consumers).Count);
        Assert.All(SeenText.Rows(plan).Concat(SeenText.Rows(consumers)), row => Assert.DoesNotContain(row, sign => char.IsControl(sign)));
    }

    [Fact]
    public void Fifteen_groups_with_the_longest_names_fit()
    {
        foreach (var sign in new[] { "W", "\"", "😀", "漢" })
        {
            var name = string.Concat(Enumerable.Repeat(sign, 63));
            var many = ConsumersWith(name) with { Groups = [.. Enumerable.Repeat(ConsumersWith(name).Groups[0], 50)] };

            Assert.Equal(17, SeenText.Rows(Cards.Step(Deciding, ThePages.Consumers, consumers: many)).Count);
            Assert.NotNull(Cards.Card(Deciding.Incident, consumers: many));
        }
    }

    [Theory]
    [InlineData("plain words, 12:30", "plain words, 12:30")]
    [InlineData("checkout-api.v2/3", "checkout-api.v2/3")]
    [InlineData("a & b", "a &amp; b")]
    [InlineData("my_service", "`my_service`")]
    [InlineData("*bold*", "`*bold*`")]
    [InlineData("`code`", "`′code′`")]
    [InlineData("it is :fire: here", "`it is :fire: here`")]
    [InlineData("", "")]
    public void Words_with_signs_of_markup_stand_in_code_type(string words, string shown) =>
        Assert.Equal(shown, Verbatim.Of(ForeignText.From(words, 300)).ToString());

    [Theory]
    [InlineData("<@U0ANA> approved already.", "<@U0ANA> approved already.")]
    [InlineData("in another channel: <#C0OTHER>.", "in another channel: <#C0OTHER>.")]
    [InlineData("<!channel> <!here> <!subteam^S0DBA>", "&lt;!channel&gt; &lt;!here&gt; &lt;!subteam^S0DBA&gt;")]
    [InlineData("<@U0ANA|ana> <@u0ana> <@> <@U0ANA", "&lt;@U0ANA|ana&gt; &lt;@u0ana&gt; &lt;@&gt; &lt;@U0ANA")]
    [InlineData("<https://evil.test|here>", "&lt;https://evil.test|here&gt;")]
    [InlineData("<#U0ANA> <@C0OTHER>", "&lt;#U0ANA&gt; &lt;@C0OTHER&gt;")]
    [InlineData("a < b & c > d", "a &lt; b &amp; c &gt; d")]
    [InlineData("", "")]
    public void An_answer_mentions_people_and_channels_and_nothing_else(string words, string shown) =>
        Assert.Equal(shown, AnswerView.Render(words).ToString());

    [Fact]
    public void A_cell_is_cut_between_characters()
    {
        Assert.Equal(new string('a', 22) + "…", TextTable.Short(new string('a', 22) + "😀😀"));
        Assert.Equal(new string('a', 24), TextTable.Short(new string('a', 24)));
        Assert.Equal(new string('a', 23) + "…", TextTable.Short(new string('a', 25)));
    }

    private static IEnumerable<SlackMessage> MessagesWith(string name)
    {
        yield return Cards.Card(Deciding.Incident, consumers: ConsumersWith(name));
        yield return Cards.Step(Deciding, ThePages.Consumers, consumers: ConsumersWith(name));
        yield return Cards.Step(Deciding.Do(new Incidents.FinishPageStep(ThePages.Manual, Ana, Given.Names)), ThePages.Manual, note: name);
        yield return Cards.Plan(DrawingUp.Do(new Incidents.ProposePlan(ThePlan, EndIdleWith(name))))!;
        yield return IncidentCardView.Render(
            Deciding.Do(new Incidents.AbortIncident(Ana, Reason: null)).Incident, Cards.Consumers, ForeignText.From(name, 300), Cards.Context());
    }

    private static IEnumerable<SlackMessage> MessagesOnPage(string words)
    {
        var page = CardPage.Standard with
        {
            Steps = [.. CardPage.Standard.Steps.Select(step => step with { Title = words.Length > 200 ? words[..200] : words, Text = words, Commands = [new CommandBlock("bash", words)] })],
        };
        var context = Cards.Context() with { Page = page };
        var story = Deciding.Do(new Incidents.RecordFailedPageStep(ThePages.Pooler, 1, words.Length > 300 ? words[..300] : words)).Do(new Incidents.TakePageStepByHand(ThePages.Restart, Boris));
        return Cards.All(story, context).Concat(Cards.All(Cards.TwoPlans, context));
    }

    private static ConnectionConsumers ConsumersWith(string name)
    {
        var text = ForeignText.From(name, 63);
        var group = Cards.Consumers.Groups[0] with { Application = text, User = text, Database = text, Client = text };
        return Cards.Consumers with { Groups = [group, Cards.Consumers.Groups[1]] };
    }

    private static EndIdleSessions EndIdleWith(string name)
    {
        var evil = Session(0) with { Application = ForeignText.From(name, 63), Client = ForeignText.From(name, 63) };
        return EndIdle() with { Sessions = [evil with { Pin = evil.Pin with { User = name, Database = name } }, Session(1)] };
    }

    [GeneratedRegex(@"<(@[UW]|#[CGD]|!subteam\^S|!date\^)[^<>]*>")]
    private static partial Regex References { get; }

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex CodeType { get; }
}
