using System.Collections.Concurrent;
using ChatBot.Sandbox.Slack;
using ChatBot.Slack;
using ChatBot.Slack.BlockKit;

namespace ChatBot.IntegrationTests.Wire;

/// <summary>The wire against Slack as the practice workspace plays it: nothing a person types is lost.</summary>
public sealed class SocketModeTests : IAsyncLifetime
{
    private const string Channel = "inc-orders-db";

    private readonly ConcurrentDictionary<string, string> _received = new(); // text by envelope id: duplicates fall away
    private SlackSimulator _slack = null!;

    private static CancellationToken Cancelled => ReadingWire.Patience();

    public async ValueTask InitializeAsync() => _slack = await SlackSimulator.StartAsync(
        new SlackSimulatorOptions { RateLimits = SlackRateLimits.Off, CloseAfterDisconnect = TimeSpan.FromSeconds(1) },
        Cancelled);

    public ValueTask DisposeAsync() => _slack.DisposeAsync();

    [Theory]
    [InlineData("warning", true)]
    [InlineData("warning", false)]
    [InlineData("refresh_requested", true)]
    [InlineData("refresh_requested", false)]
    public async Task Commands_typed_through_a_refresh_all_arrive_and_are_all_acknowledged(string reason, bool oneOnly)
    {
        await using var wire = await StartAsync();
        var refreshed = false;
        var typed = 0;
        var typing = TypeAsync();

        for (var refresh = 0; refresh < 3; refresh++)
        {
            var before = typed;
            await ReadingWire.UntilAsync(() => Volatile.Read(ref typed) > before + 5);
            await _slack.Faults.DisconnectAsync(reason, oneOnly, Cancelled);
            await _slack.Faults.WaitForSocketsAsync(2, Cancelled);
        }

        Volatile.Write(ref refreshed, true);
        await typing;

        Assert.Equal(Enumerable.Range(1, typed).Select(n => $"start {n}"), _received.Values.OrderBy(Number));

        async Task TypeAsync()
        {
            while (!Volatile.Read(ref refreshed))
            {
                var n = typed + 1;
                var answer = await _slack.Workspace.As("ana").TypeAsync(Channel, $"/runbook start {n}", Cancelled);
                Assert.True(answer.IsAcknowledged || answer.Kind is SlackAnswerKind.NotConnected, answer.Shown);
                typed += answer.IsAcknowledged ? 1 : 0; // while Slack sends both away at once, there is nobody to send to
            }
        }
    }

    [Fact]
    public async Task Dropped_connections_come_back()
    {
        await using var wire = await StartAsync();

        for (var time = 0; time < 3; time++)
        {
            _slack.Faults.DropSockets();
            await _slack.Faults.WaitForSocketsAsync(2, Cancelled);
        }

        await AssertHearsAsync("after the drop");
    }

    [Fact]
    public async Task Frozen_links_are_noticed_and_replaced()
    {
        await using var wire = await StartAsync(settings => settings with { SilenceLimit = TimeSpan.FromMilliseconds(500) });

        _slack.Faults.FreezeSockets();
        await wire.LoggedAsync("Socket 1 to Slack ends");
        await wire.LoggedAsync("Socket 2 to Slack ends");
        await wire.OpenAsync(2);
        _slack.Faults.ThawSockets(); // the old ones are seen to be gone

        await _slack.Faults.WaitForSocketsAsync(2, Cancelled);
        await AssertHearsAsync("after the thaw");
    }

    [Theory]
    [InlineData("internal_error", "Warning: No socket to Slack: apps.connections.open: Slack had an error of its own: internal_error")]
    [InlineData("invalid_auth", "Error: Slack refuses a socket: apps.connections.open: Slack refused it: invalid_auth")]
    [InlineData("ratelimited", "Warning: No socket to Slack: apps.connections.open: too many calls")]
    public async Task A_refused_socket_is_asked_for_again(string error, string logged)
    {
        _slack.Faults.Next("apps.connections.open", SlackFault.Refused(error), times: 4);

        await using var wire = await StartAsync();

        Assert.Contains(wire.Log, line => line.StartsWith(logged, StringComparison.Ordinal));
        await AssertHearsAsync("after all");
    }

    public static TheoryData<string> OpenFaults => ["html", "503", "429", "broken"];

    [Theory]
    [MemberData(nameof(OpenFaults))]
    public async Task Whatever_becomes_of_apps_connections_open_it_is_tried_again(string fault)
    {
        _slack.Faults.Next(
            "apps.connections.open",
            fault switch
            {
                "html" => SlackFault.HtmlPage(200),
                "503" => SlackFault.ServerError(503),
                "429" => SlackFault.RateLimited(0),
                _ => SlackFault.CloseBeforeEffect(),
            },
            times: 3);

        await using var wire = await StartAsync();

        await AssertHearsAsync("after all");
    }

    [Theory]
    [InlineData("link_disabled")]
    [InlineData("too_many_websockets")]
    public async Task A_link_that_Slack_ends_is_opened_again_once_a_person_may_have_mended_it(string reason)
    {
        await using var wire = await StartAsync();

        await _slack.Faults.DisconnectAsync(reason, cancellationToken: Cancelled);
        await _slack.Faults.WaitForSocketsAsync(2, Cancelled);

        Assert.Contains(wire.Log, line => line.StartsWith("Error: Slack refuses a socket", StringComparison.Ordinal));
        await AssertHearsAsync("mended");
    }

    [Fact]
    public async Task Invalid_UTF8_on_every_socket_does_not_end_the_wire()
    {
        await using var wire = await StartAsync();

        await _slack.Faults.SendRawAsync([(byte)'{', 0xff, 0xfe, (byte)'}'], Cancelled);
        await ReadingWire.UntilAsync(() => _slack.Calls.All.Count(call => call.Method == "apps.connections.open") >= 4);
        await wire.OpenAsync(2);
        await _slack.Faults.WaitForSocketsAsync(2, Cancelled);

        await AssertHearsAsync("and on");
    }

    [Fact]
    public async Task An_envelope_of_an_unknown_type_is_handed_on()
    {
        await using var wire = await StartAsync();

        await _slack.Faults.SendUnknownEnvelopeAsync("news", Cancelled);

        Assert.Equal("news", (await wire.NextAsync()).Type);
    }

    [Fact]
    public async Task A_delivery_over_both_sockets_has_one_id_and_is_acknowledged_on_both()
    {
        await using var wire = await StartAsync();

        _slack.Faults.DeliverNext(4, overAllSockets: true);
        await AssertHearsAsync("four times");

        var ids = new HashSet<string>();
        for (var copy = 0; copy < 4; copy++)
        {
            ids.Add((await wire.NextAsync()).Id);
        }

        Assert.Single(ids);
        await ReadingWire.UntilAsync(() => _slack.Deliveries.All.Single().Acks == 4);
    }

    [Fact]
    public async Task What_Block_Kit_allows_Slack_takes()
    {
        await using var wire = await StartAsync();
        var sure = new ConfirmationDialog("Sure?", $"*Really* {"<!here>"}", "Yes", "No", ButtonStyle.Danger);
        var message = new Slack.BlockKit.SlackMessage(
            $"{"<!channel>"} {Mrkdwn.User("U0ANA00001")}",
            [
                new HeaderBlock("Header"),
                new SectionBlock(new MarkdownText($"*a*"), [$"1", $"2"], new Button("Go", "go", "1"), "section"),
                new ContextBlock([new PlainText("<!here>"), new MarkdownText($"_b_")]),
                new DividerBlock(),
                new RichTextBlock("<!channel> ```"),
                new ActionsBlock(
                [
                    new Button("Approve", "approve", "42", ButtonStyle.Primary, sure),
                    new OverflowMenu("more", [new("One", "1", "the first"), new("Two", "2")], sure),
                    new Button("Dashboard", "dashboard", Url: new Uri("https://a.test/")),
                ]),
            ]).ToJson();
        message["channel"] = "C0ORDERSDB";

        var posted = await wire.Wire.CallAsync("chat.postMessage", message, Cancelled);

        var seen = Assert.Single(_slack.Workspace.As("ana").Sees(Channel));
        Assert.Equal(posted.GetProperty("ts").GetString(), seen.Ts);
    }

    private async Task<ReadingWire> StartAsync(Func<SlackWireSettings, SlackWireSettings>? change = null)
    {
        var settings = ReadingWire.Impatient(_slack.ApiUrl);
        var wire = ReadingWire.Start(change is null ? settings : change(settings), envelope =>
        {
            if (envelope.Type == "slash_commands")
            {
                _received[envelope.Id] = envelope.Payload.GetProperty("text").GetString()!;
            }

            return envelope.AcknowledgeAsync(null, CancellationToken.None);
        });
        await _slack.Faults.WaitForSocketsAsync(2, Cancelled);
        await wire.OpenAsync(2);
        return wire;
    }

    private async Task AssertHearsAsync(string words)
    {
        var answer = await _slack.Workspace.As("ana").TypeAsync(Channel, $"/runbook {words}", Cancelled);

        Assert.True(answer.IsAcknowledged, answer.Shown);
        Assert.Single(_received.Values, words);
    }

    private static int Number(string text) => int.Parse(text["start ".Length..], provider: null);
}
