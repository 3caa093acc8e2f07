using System.Text.Json;
using ChatBot.Dispatch;
using ChatBot.IntegrationTests.Store;
using ChatBot.Sandbox.Slack;
using ChatBot.Slack;
using ChatBot.Slack.BlockKit;
using ChatBot.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Delivery = ChatBot.Slack.Delivery;
using SlackMessage = ChatBot.Slack.BlockKit.SlackMessage;

namespace ChatBot.IntegrationTests.Wire;

/// <summary>A press that asks for words: from the button over the modal to the inbox.</summary>
public sealed class NoteTests : IAsyncLifetime
{
    private const string Channel = "inc-orders-db";
    private const string Value = "01936c5e0000700080000000000000aa.3";

    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-notes-").FullName;
    private SlackSimulator _slack = null!;
    private TestStore _home = null!;
    private SocketModeWire _wire = null!;
    private SlackIntake _intake = null!;

    private static CancellationToken Cancelled => ReadingWire.Patience();

    private SlackPerson Ana => _slack.Workspace.As("ana");

    public async ValueTask InitializeAsync()
    {
        _slack = await SlackSimulator.StartAsync(
            new SlackSimulatorOptions { RateLimits = SlackRateLimits.Off, AckWithin = TimeSpan.FromSeconds(30), TriggerLifetime = TimeSpan.FromSeconds(30) },
            Cancelled);
        _home = await TestStore.OpenAsync(new SqliteStoreSettings(Path.Combine(_folder, "chatbot.db")));
        _wire = new SocketModeWire(ReadingWire.Impatient(_slack.ApiUrl), TimeProvider.System, NullLogger<SocketModeWire>.Instance);
        _intake = new SlackIntake(
            _wire,
            _home.Store,
            new NoteRequest(new ModalOpener(_wire, _home.Clock), forms: null!, _home.Store, NullLogger<NoteRequest>.Instance),
            TimeProvider.System,
            NullLogger<SlackIntake>.Instance);
        await _intake.StartAsync(Cancelled);
        await _slack.Faults.WaitForSocketsAsync(2, Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _intake.StopAsync(CancellationToken.None);
        _intake.Dispose();
        await _wire.DisposeAsync();
        await _home.DisposeAsync();
        await _slack.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("Restarted api-7,\nfree again", "Restarted api-7, free again")]
    [InlineData("", "")]
    public async Task The_words_arrive_with_what_the_button_stands_for(string typed, string text)
    {
        var card = await PostAsync();

        var view = await PressAsync();
        Assert.Equal(("Done", "step.done", "Done"), (view.Title, view.CallbackId, view.Submit));
        Assert.Equal(["What did you do, what came out?"], view.Inputs.Select(input => input.Label));
        Assert.Null(_slack.Workspace.As("boris").View);
        Assert.Empty(await InboxAsync()); // nothing was wished for yet

        var sent = await Ana.SubmitViewAsync(new Dictionary<string, string> { ["note"] = typed }, Cancelled);

        Assert.True(sent.IsAcknowledged, sent.Shown);
        Assert.Null(Ana.View);
        var delivery = Assert.Single(await InboxAsync());
        Assert.Equal(
            new Delivery(delivery.Id, DeliveryKind.Submission, new("T0PRACTICE", "U0ANA00001"), "C0ORDERSDB")
            {
                ActionId = "step.done",
                Value = Value,
                MessageTs = card.Ts,
                Text = text,
            },
            delivery);
    }

    [Fact]
    public async Task Who_closes_the_modal_has_wished_for_nothing_and_can_press_again()
    {
        await PostAsync();

        await PressAsync();
        await Ana.CloseViewAsync(Cancelled);
        await PressAsync();
        await Ana.SubmitViewAsync(new Dictionary<string, string>(), Cancelled);

        Assert.Single(await InboxAsync());
    }

    /// <summary>Slack sometimes delivers twice; the second finds its trigger used.</summary>
    [Fact]
    public async Task A_press_and_a_modal_that_are_delivered_twice_count_once()
    {
        await PostAsync();

        _slack.Faults.DeliverNext(2, overAllSockets: true);
        await PressAsync();
        await _slack.Calls.WaitForAsync(calls => calls.Count(call => call.Method == "views.open") == 2, Cancelled);
        _slack.Faults.DeliverNext(2, overAllSockets: true);
        await Ana.SubmitViewAsync(new Dictionary<string, string> { ["note"] = "once" }, Cancelled);
        await _slack.Deliveries.WaitForAsync(sent => sent[^1].Acks == 2, Cancelled);

        Assert.Equal("trigger_exchanged", Assert.Single(_slack.Calls.Of("views.open"), call => !call.IsOk).Error);
        Assert.Single(await InboxAsync());
        Assert.Equal(0, await _home.CountAsync("select count(*) from work")); // and nobody was told of a failure
    }

    public static readonly TheoryData<string> Failures = ["too late", "down", "silent", "not heard of"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_modal_that_does_not_open_is_told_and_the_button_works_again(string failure)
    {
        await PostAsync();
        _slack.Faults.Next("views.open", failure switch
        {
            "too late" => SlackFault.Refused("trigger_expired"),
            "down" => SlackFault.ServerError(503),
            "silent" => SlackFault.Hang(),
            _ => SlackFault.CloseBeforeEffect(),
        });

        var pressed = await Ana.PressAsync(Channel, "Done", cancellationToken: Cancelled);
        Assert.True(pressed.IsAcknowledged, pressed.Shown);
        var told = Assert.Single(await _home.ClaimEventuallyAsync(TimeSpan.FromSeconds(30))); // lets the 3 s of a trigger pass

        Assert.Equal(TellPerson.Kind, told.Kind);
        var tell = StoredJson.Read<TellPerson>(told.Body, "the work");
        Assert.Equal(("C0ORDERSDB", "U0ANA00001"), (tell.Channel, tell.User));
        Assert.Contains("press the button again", tell.Text, StringComparison.Ordinal);
        Assert.Empty(await InboxAsync());

        await PressAsync();
        _slack.Faults.ReleaseHung();
    }

    /// <summary>A forged press of a kind that no modal belongs to is stored, and rejected by whoever decides.</summary>
    [Fact]
    public async Task A_button_without_a_question_is_a_press_like_any_other()
    {
        var card = await PostAsync();

        await Ana.PressUnknownAsync(card, "plan.approve.note", Value, Cancelled);

        Assert.Equal((DeliveryKind.Press, "plan.approve.note"), Assert.Single(await InboxAsync()) is var press ? (press.Kind, press.ActionId) : default);
        Assert.Empty(_slack.Calls.Of("views.open"));
    }

    private async Task<SeenMessage> PostAsync()
    {
        var card = new SlackMessage($"Step 3", [new SectionBlock($"Step 3", new Button("Done", "step.done.note", Value))]).ToJson();
        card["channel"] = "C0ORDERSDB";
        await _wire.CallAsync("chat.postMessage", card, Cancelled);
        return Ana.Sees(Channel)[^1];
    }

    private async Task<SeenView> PressAsync()
    {
        var pressed = await Ana.PressAsync(Channel, "Done", cancellationToken: Cancelled);
        Assert.True(pressed.IsAcknowledged, pressed.Shown);
        return await Ana.WaitForViewAsync(view => view.Title == "Done", Cancelled);
    }

    private async Task<IReadOnlyList<Delivery>> InboxAsync() =>
        [.. (await _home.Store.PendingInboxAsync(10, Cancelled)).Select(row => JsonSerializer.Deserialize<Delivery>(row.Body, StoredJson.Options)!)];
}
