using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Tests.Slack.Views;

/// <summary>The longest words that a page may have: each message can be drawn, or nobody could press its buttons.</summary>
public sealed class LongPageTests
{
    public static readonly TheoryData<string> Signs = ["x", "&", "\"", "\\", "漢", "😀", "<host> ", "\n"];

    [Theory]
    [MemberData(nameof(Signs))]
    public void Every_message_of_a_page_as_long_as_can_be_is_drawn(string sign)
    {
        var context = Cards.Context();
        context = context with { Page = context.Page! with { Steps = [.. context.Page.Steps.Select(step => Long(step, sign))] } };
        IReadOnlyList<Mrkdwn> found = [.. Enumerable.Range(0, 20).Select(_ => (Mrkdwn)$"{new string('x', 900)}")];

        foreach (var name in (string[])["a page by hand", "taken by hand, then planned", "all steps done by hand", "resolved, with follow-ups"])
        {
            var incident = Cards.Stories[name]();
            foreach (var step in incident.Incident.Steps)
            {
                Assert.True(Draws(() => Cards.Step(incident, step.Id, context, found, new string('&', 500))), $"{name}, {step.Id}, {step.Stage}");
            }

            Assert.True(Draws(() => Cards.All(incident, context).Count()), name);
        }
    }

    private static bool Draws(Func<object> draw)
    {
        try
        {
            return draw() is not null;
        }
        catch (ArgumentException broken)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(broken.Message);
            return false;
        }
    }

    private static RunbookStep Long(RunbookStep step, string sign) => step with
    {
        Title = Times(sign, 200),
        Text = Times(sign, 10_000),
        Commands = [.. Enumerable.Repeat(new CommandBlock("bash", Times(sign, 1_400)), 8)],
    };

    private static string Times(string sign, int length) => string.Concat(Enumerable.Repeat(sign, length / sign.Length));
}
