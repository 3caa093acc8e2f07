using System.Text;
using ChatBot.Incidents;
using ChatBot.Slack.Views;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack.Views;

/// <summary>
/// Every message in every state, as it reads. To change a wording: run with UPDATE_GOLDEN=1, then read the difference
/// as somebody would at 3 a.m. on a phone.
/// </summary>
public class GoldenCardTests
{
    [Fact]
    public void The_card_of_every_state_reads_as_agreed() =>
        AssertGolden("golden-cards.txt", Cards.Stories.Select(story => (story.Key, SeenText.Of(Cards.Card(story.Value().Incident)))));

    [Fact]
    public void The_card_where_the_bot_may_not_act_reads_as_agreed() => AssertGolden(
        "golden-cards-limited.txt",
        from context in Cards.Contexts
        where context.Key != "act"
        from story in Cards.Stories
        where story.Key is "deciding" or "awaiting approval"
        select ($"{story.Key}, {context.Key}", SeenText.Of(Cards.Card(story.Value().Incident, context.Value))));

    [Fact]
    public void The_plan_in_every_state_reads_as_agreed() => AssertGolden(
        "golden-plans.txt",
        from story in Cards.Stories
        let drawn = story.Value()
        where drawn.Plan is not null
        from context in Cards.Contexts
        where context.Key == "act" || story.Key == "awaiting approval"
        select (context.Key == "act" ? story.Key : $"{story.Key}, {context.Key}", SeenText.Of(Cards.Plan(drawn, context.Value))));

    [Fact]
    public void Who_holds_the_connections_reads_as_agreed()
    {
        var failed = Deciding.Later(TimeSpan.FromSeconds(30)).Do(new RecordMissingConsumers("orders-db gave no answer within 5 s.")).Incident;

        AssertGolden("golden-consumers.txt",
        [
            ("unknown yet", SeenText.Of(ConsumersView.Render(Diagnosing.Incident, null))),
            ("known", SeenText.Of(ConsumersView.Render(Deciding.Incident, Cards.Consumers))),
            ("nobody", SeenText.Of(ConsumersView.Render(Deciding.Incident, Cards.Nobody))),
            ("many", SeenText.Of(ConsumersView.Render(Deciding.Incident, Cards.Consumers with { Groups = [.. Enumerable.Repeat(Cards.Consumers.Groups[0], 50)] }))),
            ("no answer any more", SeenText.Of(ConsumersView.Render(failed, Cards.Consumers))),
            ("no answer, nothing known", SeenText.Of(ConsumersView.Render(failed, null))),
        ]);
    }

    private static void AssertGolden(string file, IEnumerable<(string Name, string Text)> messages)
    {
        var seen = messages.Aggregate(new StringBuilder(), (all, message) => all.Append("=== ").Append(message.Name).Append('\n').Append(message.Text).Append('\n')).ToString();
        var kept = Path.Combine(SourceTree.Root, "tests", "ChatBot.Tests", "Slack", "Views", file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(kept, seen);
        }

        Assert.Equal(File.ReadAllText(kept), seen);
    }
}
