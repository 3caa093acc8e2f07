using System.Collections.Immutable;
using ChatBot.Incidents.Runbooks;
using ChatBot.Incidents.Tests;
using ChatBot.Slack.Views;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack.Views;

/// <summary>What card and list promise is what a plan would do: 60 sessions could be ended, the settings allow 50 that are idle for 30 min.</summary>
public class OfferTests
{
    [Theory]
    [InlineData(null, null, "end 50 sessions, longest idle first")]
    [InlineData(null, "5", "end 5 sessions, longest idle first")]
    [InlineData("30m", "50", "end 50 sessions, longest idle first")]
    [InlineData("1s", "5", "end 5 sessions, longest idle first")] // the settings say from which age on
    [InlineData("2h", null, "end at most 50 sessions, idle longer than 2 h, longest idle first")] // nobody counted those
    [InlineData("2h", "5", "end at most 5 sessions, idle longer than 2 h, longest idle first")]
    public void Card_and_list_promise_what_the_page_lets_a_plan_do(string? idleFor, string? max, string promised)
    {
        var context = On(idleFor, max);

        Assert.Contains(promised, SeenText.Of(Cards.Card(Deciding.Incident, context)), StringComparison.Ordinal);
        Assert.Contains(promised, SeenText.Of(StepListView.Render(Deciding.Incident, RunbookPhase.Immediate, context)), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_page_the_settings_are_promised() => Assert.Contains(
        "end 50 sessions, longest idle first", SeenText.Of(Cards.Card(Deciding.Incident, On("2h", "5") with { Page = null })), StringComparison.Ordinal);

    [Fact]
    public void When_nothing_can_be_ended_the_age_of_the_page_is_named() => Assert.Contains(
        "No session is idle longer than 2 h", SeenText.Of(Cards.Card(Cards.Stories["deciding, nothing endable"]().Incident, On("2h", null))), StringComparison.Ordinal);

    private static ViewContext On(string? idleFor, string? max)
    {
        var parameters = new[] { ("idle-for", idleFor), ("max", max) }
            .Where(parameter => parameter.Item2 is not null)
            .ToImmutableSortedDictionary(parameter => parameter.Item1, parameter => parameter.Item2!);
        var page = CardPage.Standard;
        var steps = page.Steps.Select(step => step.Id == ThePages.EndIdle ? step with { Binding = step.Binding! with { Parameters = parameters } } : step);
        return Cards.Context() with { Page = page with { Steps = [.. steps] } };
    }
}
