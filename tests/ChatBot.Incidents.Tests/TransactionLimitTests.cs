using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>How many transactions one plan may end is its own setting, asked once more right before the effect.</summary>
public sealed class TransactionLimitTests
{
    private static readonly EndTransactions Two = EveryMitigation.OpenTransactions with
    {
        Sessions = [EveryMitigation.OpenTransactions.Sessions[0], EveryMitigation.OpenTransactions.Sessions[0]],
    };

    private static Story Asked => DecidingOn(ThePages.Page(
        [.. ThePages.Standard.Steps, ThePages.Ends(ThePages.Another) with { Type = "end-transactions", Mitigation = EndTransactions.StoredName }]))
        .Do(Ask(step: ThePages.Another));

    [Theory]
    [InlineData(1, typeof(MitigationNotPossible))]
    [InlineData(2, typeof(PlanProposed))]
    public void A_plan_with_more_is_not_proposed(int most, Type happens) =>
        Assert.IsType(happens, Assert.Single(Assert.IsType<Decision.Accepted>(Asked.Try(new ProposePlan(ThePlan, Two), Most(most))).Events));

    [Theory]
    [InlineData(1, typeof(StepFinished))]
    [InlineData(2, typeof(StepIntended))]
    public void A_step_of_a_plan_with_more_than_are_allowed_by_now_is_not_begun(int most, Type happens)
    {
        var story = Asked.Do(new ProposePlan(ThePlan, Two)).Do(new ApprovePlan(ThePlan, Boris));

        Assert.IsType(happens, Assert.IsType<Decision.Accepted>(story.Try(story.BeginOf(1), Most(most))).Events[0]);
    }

    private static Facts Most(int transactions) => Facts() with { Policy = ThePolicy with { MaxTransactions = transactions } };
}
