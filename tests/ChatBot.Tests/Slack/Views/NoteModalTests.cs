using System.Text.Json.Nodes;
using ChatBot.Incidents;
using ChatBot.Slack;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Tests.Slack.Views;

/// <summary>The words that go with a press: asked for by some buttons, and with where the button stands.</summary>
public class NoteModalTests
{
    private const string Value = "01936c5e0000700080000000000000aa.3";
    private const string Ts = "1764158400.000100";

    public static readonly TheoryData<string, string, string> Buttons = new()
    {
        { "incident.stop", "Stop the incident", "Why? (goes into the log)" },
        { "step.done", "Done", "What did you do, what came out?" },
        { "step.skip", "Skip this step", "Why?" },
    };

    [Theory]
    [MemberData(nameof(Buttons))]
    public void A_button_that_asks_opens_its_question(string action, string title, string question)
    {
        var view = NoteModal.For(Press(action + ".note"))!.ToJson();

        Assert.Equal(action, (string?)view["callback_id"]);
        Assert.Equal(title, (string?)view["title"]!["text"]);
        Assert.Equal(question, (string?)view["blocks"]![0]!["label"]!["text"]);
        Assert.Equal($"C0INCIDENTS|{Ts}|{Value}", (string?)view["private_metadata"]);
    }

    [Theory]
    [InlineData("incident.stop")]
    [InlineData("incident.stop.notes")]
    [InlineData("incident.resolve.note")]
    [InlineData(".note")]
    [InlineData("")]
    public void Any_other_press_is_a_press(string action) => Assert.Null(NoteModal.For(Press(action)));

    [Fact]
    public void Only_a_press_in_a_message_of_a_channel_opens_one()
    {
        var press = Press("step.done.note");

        Assert.Null(NoteModal.For(press with { Kind = DeliveryKind.Submission }));
        Assert.Null(NoteModal.For(press with { Kind = DeliveryKind.Command }));
        Assert.Null(NoteModal.For(press with { MessageTs = null }));
        Assert.Null(NoteModal.For(press with { Channel = "C1|1.0" }));
    }

    [Fact]
    public void It_is_one_optional_input()
    {
        var view = NoteModal.Render("step.done", "Done", "What came out?", "Send", $"C1|{Ts}|v").ToJson();

        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse($$"""
                    {"type":"modal","callback_id":"step.done","private_metadata":"C1|{{Ts}}|v",
                     "title":{"type":"plain_text","text":"Done","emoji":false},
                     "submit":{"type":"plain_text","text":"Send","emoji":false},
                     "close":{"type":"plain_text","text":"Cancel","emoji":false},
                     "blocks":[{"type":"input","block_id":"note","optional":true,
                       "label":{"type":"plain_text","text":"What came out?","emoji":false},
                       "element":{"type":"plain_text_input","action_id":"note","multiline":true,"min_length":0,"max_length":500} }]}
                    """),
                view),
            view.ToJsonString());
    }

    [Fact]
    public void What_Slack_would_refuse_is_not_made()
    {
        Assert.Throws<ArgumentException>(() => Render(title: new string('t', 25)));
        Assert.Throws<ArgumentException>(() => Render(submit: new string('s', 25)));
        Assert.Throws<ArgumentException>(() => Render(callback: new string('c', 256)));
        Assert.Throws<ArgumentException>(() => Render(question: new string('q', 2_001)));
        Assert.NotNull(Render(new string('c', 255), new string('t', 24), new string('q', 2_000), new string('s', 24)));
    }

    [Fact]
    public void Metadata_is_read_as_it_was_written()
    {
        Assert.Equal(("C0INCIDENTS", Ts, Value), NoteModal.Read(NoteModal.Metadata("C0INCIDENTS", Ts, Value)));
        Assert.Equal(("D1", Ts, "a|b"), NoteModal.Read(NoteModal.Metadata("D1", Ts, "a|b")));
        Assert.Equal(("G12", Ts, ""), NoteModal.Read(NoteModal.Metadata("G12", Ts, "")));
        Assert.Equal(2_000, NoteModal.Read(NoteModal.Metadata("C1A", Ts, new string('v', 2_000)))!.Value.Value.Length);
    }

    [Theory]
    [InlineData("", Ts, Value)]
    [InlineData("general", Ts, Value)]
    [InlineData("C1|1.0", Ts, Value)]
    [InlineData("C1A", null, Value)]
    [InlineData("C1A", "1764158400", Value)]
    [InlineData("C1A", Ts, null)]
    [InlineData("C1A", Ts, "line\nbreak")]
    [InlineData("C1A", Ts, "größe")]
    public void Metadata_that_could_not_be_read_back_is_not_written(string channel, string? ts, string? value) =>
        Assert.Null(NoteModal.Metadata(channel, ts, value));

    private static Delivery Press(string action) => new("press:1", DeliveryKind.Press, new Person("T0HOME", "U0ANA"), "C0INCIDENTS")
    {
        ActionId = action,
        Value = Value,
        MessageTs = Ts,
        TriggerId = "1.a",
    };

    private static ModalView Render(string callback = "a", string title = "t", string question = "q", string submit = "s") =>
        NoteModal.Render(callback, title, question, submit, $"C1|{Ts}|v");
}
