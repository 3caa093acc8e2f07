
namespace ChatBot.Tests.Slack.Views;

/// <summary>
/// Every message in every state, as it reads. To change a wording: run with UPDATE_GOLDEN=1, then read the difference
/// as somebody would at 3 a.m. on a phone.
/// </summary>
public class GoldenCardTests
{
    [Fact]
    public void The_card_of_every_state_reads_as_agreed() =>
        Golden.AssertSame("golden-cards.txt", Cards.Stories.Select(story => (story.Key, SeenText.Of(Cards.Card(story.Value().Incident)))));

    [Fact]
    public void The_card_where_the_bot_may_not_act_reads_as_agreed() => Golden.AssertSame(
        "golden-cards-limited.txt",
        from context in Cards.Contexts
        where context.Key != "act"
        from story in Cards.Stories
        where story.Key is "deciding" or "awaiting approval"
        select ($"{story.Key}, {context.Key}", SeenText.Of(Cards.Card(story.Value().Incident, context.Value))));

    [Fact]
    public void The_plan_in_every_state_reads_as_agreed() => Golden.AssertSame(
        "golden-plans.txt",
        from story in Cards.Stories
        let drawn = story.Value()
        where drawn.Plan is not null
        from context in Cards.Contexts
        where context.Key == "act" || story.Key == "awaiting approval"
        select (context.Key == "act" ? story.Key : $"{story.Key}, {context.Key}", SeenText.Of(Cards.Plan(drawn, context.Value))));
}
