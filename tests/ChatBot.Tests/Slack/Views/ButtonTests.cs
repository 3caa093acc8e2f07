using System.Text.Json.Nodes;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Tests;
using ChatBot.Slack;
using ChatBot.Slack.Views;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack.Views;

/// <summary>A button that is drawn can be pressed, and brings what it says.</summary>
public class ButtonTests
{
    public static readonly TheoryData<string, string> Shown =
    [
        .. from story in Cards.Stories.Keys
           from context in Cards.Contexts.Keys
           select (story, context),
    ];

    [Theory]
    [MemberData(nameof(Shown))]
    public void A_drawn_button_is_read_and_accepted(string state, string mode)
    {
        var (story, context) = (Cards.Stories[state](), Cards.Contexts[mode]);
        var facts = Facts(mode: context.Target.Mode, hasApprovers: context.Target.HasApprovers);

        foreach (var button in ButtonsOf(story, context))
        {
            var id = (string)button["action_id"]!;
            var about = ButtonIds.Read((string?)button["value"]);
            Assert.Equal(story.Incident.Id, about!.Incident);
            var by = id switch
            {
                ButtonIds.Withdraw => story.Incident.Queue.FirstOrDefault(queued => queued.Plan == about.Plan)?.By ?? story.Incident.Plan!.RequestedBy,
                ButtonIds.TakeOver => Dora,
                _ => Boris,
            };
            var press = new Delivery("press:1", DeliveryKind.Press, by, Channel) { ActionId = id, Value = (string?)button["value"], MessageTs = "1764158400.000100" };
            if (id.EndsWith(ButtonIds.NoteSuffix, StringComparison.Ordinal))
            {
                Assert.NotNull(NoteModal.For(press));
                press = press with { ActionId = id[..^ButtonIds.NoteSuffix.Length] };
            }

            var command = DeliveryHandler.CommandOf(press, about, story.Incident, note: null);
            Assert.True(command is not null, $"Nobody reads {id}.");
            var decision = story.Try(command, facts);
            Assert.True(decision is Decision.Accepted { Events.Count: > 0 }, $"{id} in {state}: {(decision as Decision.Refused)?.Reason ?? "nothing happens"}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_new_plan_of_what_does_harm_is_drawn_up_only_for_who_was_told_so(bool isTheOneOnTheCard)
    {
        var harmful = new KnownCause(Cause.LockPileUp, [new StepWorth("terminate-idle", Worth.Harmful, "They come back at once.")]);
        var story = Deciding.Do(new RecordConsumers(Names, 92, Endable: 2) { Cause = harmful })
            .Do(Ask() with { Anyway = true })
            .Do(new ProposePlan(ThePlan, EndIdle()));
        var button = ButtonsOf(story, Cards.Context()).Single(button => (string)button["action_id"]! == ButtonIds.NewPlan);
        Assert.Contains("They come back at once.", (string?)button["confirm"]!["text"]!["text"], StringComparison.Ordinal);

        var shown = isTheOneOnTheCard ? (string)button["value"]! : ButtonIds.Value(story.Incident.Id, NextPlan);
        var press = new Delivery("press:1", DeliveryKind.Press, Boris, Channel) { ActionId = ButtonIds.NewPlan, Value = shown };
        var command = DeliveryHandler.CommandOf(press, ButtonIds.Read(shown)!, story.Incident, note: null)!;

        Assert.Equal(isTheOneOnTheCard, story.Try(command, Facts()) is Decision.Accepted);
    }

    [Theory]
    [MemberData(nameof(Shown))]
    public void A_card_has_at_most_five_buttons_and_one_stop_while_it_is_open(string state, string mode)
    {
        var (story, context) = (Cards.Stories[state](), Cards.Contexts[mode]);
        var card = SeenText.Buttons(Cards.Card(story.Incident, context));

        Assert.InRange(card.Count, story.Incident.IsOpen ? 1 : 0, story.Incident.IsOpen ? 5 : 0); // Slack folds away a sixth
        Assert.Equal(story.Incident.IsOpen ? 1 : 0, card.Count(button => (string)button["action_id"]! == ButtonIds.Stop + ButtonIds.NoteSuffix));
        Assert.InRange(Cards.Plan(story, context) is { } plan ? SeenText.Buttons(plan).Count : 0, 0, 3);
    }

    [Fact]
    public void What_cannot_be_undone_asks_once_more()
    {
        var buttons = ButtonsOf(AwaitingApproval, Cards.Context());

        Assert.DoesNotContain(buttons, button => (string)button["action_id"]! == ButtonIds.Stop); // only the one that asks why
        var dialog = buttons.Single(button => (string)button["action_id"]! == ButtonIds.Approve)["confirm"]!;
        Assert.Equal("PRODUCTION orders-db", (string?)dialog["title"]!["text"]);
        Assert.Contains("End 3 sessions", (string?)dialog["text"]!["text"], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_button_there_is_is_drawn_somewhere()
    {
        var drawn = Cards.Stories.Values.SelectMany(story => ButtonsOf(story(), Cards.Context()))
            .Select(button => ((string)button["action_id"]!).Replace(ButtonIds.NoteSuffix, "", StringComparison.Ordinal));
        var known = typeof(ButtonIds).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Where(id => id is not (ButtonIds.NoteSuffix or ButtonIds.FormSuffix));

        Assert.Equal(known.Order(StringComparer.Ordinal), drawn.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("01936c5e0000700080000000000000aa.")]
    [InlineData("01936c5e0000700080000000000000aa.01936c5e000070008000000000000001.")]
    [InlineData("01936c5e-0000-7000-8000-0000000000aa")]
    [InlineData(" 01936c5e0000700080000000000000aa")]
    [InlineData("01936c5e0000700080000000000000a")]
    [InlineData("01936c5e0000700080000000000000aa.step.")]
    [InlineData("01936c5e0000700080000000000000aa.step.A")]
    [InlineData("01936c5e0000700080000000000000aa.step.a\n")]
    [InlineData("01936c5e0000700080000000000000aa.step.a.b")]
    [InlineData("01936c5e0000700080000000000000aa.step.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_value_that_is_not_ours_is_nobodys(string? value) => Assert.Null(ButtonIds.Read(value));

    [Fact]
    public void A_value_is_read_as_it_was_written()
    {
        Assert.Equal(new ButtonValue(TheIncident, null, null), ButtonIds.Read(ButtonIds.Value(TheIncident)));
        Assert.Equal(new ButtonValue(TheIncident, ThePlan, null), ButtonIds.Read(ButtonIds.Value(TheIncident, ThePlan)));
        Assert.Equal(new ButtonValue(TheIncident, null, "mitigation-1-2"), ButtonIds.Read(ButtonIds.Value(TheIncident, "mitigation-1-2")));
        Assert.Equal(new ButtonValue(TheIncident, null, new string('a', 60)), ButtonIds.Read(ButtonIds.Value(TheIncident, new string('a', 60))));
    }

    private static List<JsonObject> ButtonsOf(Story story, ViewContext context) => [.. Cards.All(story, context).SelectMany(SeenText.Buttons)];
}
