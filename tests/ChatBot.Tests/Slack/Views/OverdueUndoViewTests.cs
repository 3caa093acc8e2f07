using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Tests;
using ChatBot.Slack.Views;
using static ChatBot.Incidents.Tests.EveryMitigation;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack.Views;

/// <summary>What the thread says when a change outstays its time, and what becomes of that message.</summary>
public class OverdueUndoViewTests
{
    private static readonly LimitAccount Undo = Limited with { From = 48, To = null, IsUndo = true };

    private static readonly Dictionary<string, Func<Story>> Stories = new()
    {
        ["its time has come"] = () => Overdue,
        ["it may never have come about"] = () => FallDue(LimitOf(Outcome.Ambiguous).Measure(40, 40, 40, 40, 40, 40, 40)),
        ["its step was called done"] = () => Overdue.Do(new FinishPageStep(ThePages.Another, Carl, Note: null)),
        ["the diagnosis runs"] = () => Overdue.Measure(90),
        ["its undo is drawn up"] = () => Overdue.Do(Ask(NextPlan, Carl, ThePages.Another)),
        ["its undo waits for approval"] = () => Asked,
        ["its undo is being carried out"] = () => Asked.Do(new ApprovePlan(NextPlan, Boris)),
        ["its undo waits for another change"] = () => Overdue.Do(Ask(NextPlan)).Do(new ProposePlan(NextPlan, EndIdle())).Do(Ask(NewPlanId(3), Carl, ThePages.Another)),
        ["it was undone"] = () => Carried(Asked, Undo),
        ["it was changed once more"] = () => Carried(Overdue.Do(Ask(NextPlan, Carl, ThePages.Another)).Do(new ProposePlan(NextPlan, Limited)), Limited),
        ["resolved"] = () => Overdue.Do(new AssignIncident(Carl, Carl)).Do(new ResolveIncident(Ana)),
        ["stopped"] = () => Overdue.Do(new AbortIncident(Ana, Reason: null)),
    };

    [Fact]
    public void It_reads_as_agreed_in_every_state() => Golden.AssertSame(
        "golden-overdue-undos.txt", Stories.Select(story => (story.Key, SeenText.Of(Draw(story.Value().Incident)))));

    [Fact]
    public void Where_the_bot_only_observes_by_now_it_names_the_statement_and_has_no_button()
    {
        var message = Draw(Overdue.Incident, Cards.Context(TargetMode.Observe));

        Assert.Empty(SeenText.Buttons(message));
        Assert.Contains("I can't draw up its undo here: do it by hand.", SeenText.Of(message), StringComparison.Ordinal);
        Assert.Contains("ALTER ROLE", SeenText.Of(message), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_that_can_not_be_read_any_more_is_no_reason_to_say_nothing() => Assert.Contains(
        "A change of this incident stays until somebody takes it back.",
        SeenText.Of(OverdueUndoView.Render(Overdue.Incident.FindPlan(ThePlan)!, mitigation: null, Overdue.Incident, Cards.Context())),
        StringComparison.Ordinal);

    [Fact]
    public void The_card_says_so_too() => Assert.Contains(
        ":warning: *It was to be undone by ", SeenText.Of(Cards.Card(Overdue.Incident, Cards.Context() with { ToUndo = [Limited] })), StringComparison.Ordinal);

    private static Story Overdue => FallDue(Limiting);

    private static Story Asked => Overdue.Do(Ask(NextPlan, Carl, ThePages.Another)).Do(new ProposePlan(NextPlan, Undo));

    private static Story FallDue(Story story) => story.Later(ThePolicy.UndoDue).Do(new OfferUndo(ThePlan));

    private static Story Carried(Story proposed, Mitigation mitigation)
    {
        var story = proposed.Do(new ApprovePlan(NextPlan, Boris));
        return story.Do(BeginOf(story, mitigation)).Outcome(1, Outcome.Applied);
    }

    private static BeginStep BeginOf(Story story, Mitigation mitigation) => new(story.Incident.Plan!.Id, 1, story.Incident.Plan.Hash, $"key of {mitigation.Name}", Fence: 1);

    private static ChatBot.Slack.BlockKit.SlackMessage Draw(Incident incident, ViewContext? context = null) =>
        OverdueUndoView.Render(incident.FindPlan(ThePlan)!, Limited, incident, context ?? Cards.Context());
}
