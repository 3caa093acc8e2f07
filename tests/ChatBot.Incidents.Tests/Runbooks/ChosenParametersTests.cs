using System.Collections.Immutable;
using ChatBot.Incidents.Runbooks;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests.Runbooks;

/// <summary>What a person chose for one plan takes the place of what the page says, within what the step allows.</summary>
public class ChosenParametersTests
{
    private static readonly StepBinding Page = new(
        new StepType("resize-pool", StepWork.Changes, "sets another pool size")
        {
            Parameters =
            [
                new CountParameter("size", "connections in one pool", 1, 1000),
                new DurationParameter("for", "how long it may stay", TimeSpan.FromMinutes(10), TimeSpan.FromDays(30)),
                new NameParameter("service", "the service", []),
            ],
        },
        ImmutableSortedDictionary<string, string>.Empty.Add("size", "5").Add("timeout", "2m"));

    [Fact]
    public void A_choice_takes_the_place_of_what_the_page_says()
    {
        var chosen = ChosenParameters.Over(Page, "service=checkout-api size=12 for=4h");

        Assert.Equal((12, TimeSpan.FromHours(4), "checkout-api"), (chosen.Count("size"), chosen.Duration("for"), chosen.Name("service")));
        Assert.Equal(TimeSpan.FromMinutes(2), chosen.Timeout); // the page's
    }

    [Theory]
    [InlineData("size=0", "connections in one pool (size) is a whole number from 1 to 1000. You chose 0.")]
    [InlineData("size=many", "connections in one pool (size) is a whole number from 1 to 1000. You chose many.")]
    [InlineData("for=1m", "how long it may stay (for) is a duration from 10m to 30d, such as 500ms, 10s, 30m, 2h or 7d. You chose 1m.")]
    [InlineData("max=50", "This step has no max to choose.")]
    public void What_the_step_does_not_allow_is_refused_with_what_it_does(string choice, string words) =>
        Assert.Equal(words, Assert.Throws<FormatException>(() => ChosenParameters.Over(Page, choice)).Message);

    /// <summary>A choice gets into the log, where no words of strangers are.</summary>
    [Theory]
    [InlineData("size=12", true)]
    [InlineData("service=a.b_c-D size=1", true)]
    [InlineData("", false)]
    [InlineData("size", false)]
    [InlineData("size=", false)]
    [InlineData("size=<!channel>", false)]
    [InlineData("size=1\nfor=2h", false)]
    [InlineData("size=1  for=2h", false)]
    [InlineData("size=ümlaut", false)]
    public void Only_plain_words_are_a_choice(string choice, bool isPlain)
    {
        Assert.Equal(isPlain, ChosenParameters.IsPlain(choice));
        var decision = DecidingOn(ThePages.Standard).Try(Ask() with { Choice = choice });
        Assert.Equal(isPlain, decision is Decision.Accepted { Events.Count: > 0 });
    }

    [Fact]
    public void It_stays_with_the_plan_also_while_it_waits_for_its_turn()
    {
        var story = DecidingOn(ThePages.WithBrake).Do(Ask() with { Choice = "max=2" });
        Assert.Equal("max=2", story.Incident.Plan!.Choice);

        story.Do(Ask(NextPlan, step: ThePages.Another) with { Choice = "percent=40" }).Do(new RecordImpossiblePlan(ThePlan, "No answer."));

        Assert.Equal((NextPlan, "percent=40"), (story.Incident.Plan!.Id, story.Incident.Plan.Choice));
    }
}
