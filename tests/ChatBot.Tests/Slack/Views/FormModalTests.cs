using System.Text.Json;
using System.Text.Json.Nodes;
using ChatBot.Incidents;
using ChatBot.Slack;
using ChatBot.Slack.Views;

namespace ChatBot.Tests.Slack.Views;

/// <summary>What a person chooses before a plan is drawn up: asked for by some buttons, and sent as the press.</summary>
public class FormModalTests
{
    private static readonly PlanForm Form = new("Pool size", $"*checkout-api* has a pool of *10*.", [new FormField("size", "Connections in one pool", "12", "At most 14."), new FormField("for", "For how long", "1d", "Such as 4h.")]);

    [Fact]
    public void Its_fields_are_named_after_parameters_and_proposed()
    {
        var view = FormModal.Render(Press("step.plan.form"), Form)!.ToJson();

        Assert.Equal(("step.plan", "Pool size"), ((string?)view["callback_id"], (string?)view["title"]!["text"]));
        Assert.Equal("C0INCIDENTS|1764158400.000100|01936c5e0000700080000000000000aa.step.mitigation-2-1", (string?)view["private_metadata"]);
        var fields = view["blocks"]!.AsArray().Skip(1).ToArray();
        Assert.Equal(["set.size 12", "set.for 1d"], fields.Select(field => $"{field!["block_id"]} {field["element"]!["initial_value"]}"));
        Assert.All(fields, field => Assert.False((bool)field!["optional"]!));
    }

    [Theory]
    [InlineData("step.plan.form", true)]
    [InlineData("step.plan", false)]
    [InlineData("step.plan.note", false)]
    [InlineData(".form", false)]
    public void Some_presses_ask_for_one(string action, bool asks)
    {
        Assert.Equal(asks, FormModal.IsAskedBy(Press(action)));
        Assert.False(FormModal.IsAskedBy(Press(action) with { Kind = DeliveryKind.Submission }));
    }

    /// <summary>As a page would write it, so that the same reader reads both.</summary>
    [Theory]
    [InlineData("12", "4h", "for=4h size=12")]
    [InlineData(" 12 ", null, "size=12")]
    [InlineData("12 max=50", "4h", "for=4h size=12 max=50")] // read as one more parameter, and refused where the step has none
    public void What_is_sent_is_the_press_with_the_choice(string size, string? time, string choice)
    {
        var payload = Payloads.Submission();
        payload["view"]!["callback_id"] = "step.plan";
        payload["view"]!["private_metadata"] = "C0INCIDENTS|1764158400.000100|01936c5e0000700080000000000000aa.step.mitigation-2-1";
        payload["view"]!["state"]!["values"] = new JsonObject { ["set.for"] = Input("set.for", time), ["set.size"] = Input("set.size", size), ["other"] = Input("other", "x") };

        var sent = DeliveryReader.Read(new SlackEnvelope("envelope", "interactive", JsonSerializer.SerializeToElement(payload), RetryAttempt: 0) { Acknowledgement = (_, _) => Task.FromResult(true) })!;

        Assert.Equal((DeliveryKind.Submission, "step.plan", choice), (sent.Kind, sent.ActionId, sent.Text));
        Assert.Equal("01936c5e0000700080000000000000aa.step.mitigation-2-1", sent.Value);

        static JsonObject Input(string name, string? value) => new() { [name] = new JsonObject { ["type"] = "plain_text_input", ["value"] = value } };
    }

    private static Delivery Press(string action) => new("press:1", DeliveryKind.Press, new Person("T0HOME", "U0ANA"), "C0INCIDENTS")
    {
        ActionId = action,
        Value = "01936c5e0000700080000000000000aa.step.mitigation-2-1",
        MessageTs = "1764158400.000100",
    };
}
