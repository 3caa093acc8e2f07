using System.Net.WebSockets;
using System.Text.Json;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Simulators;

/// <summary>What goes wrong with connections, on demand.</summary>
public sealed class SocketTests
{
    private const string Channel = "inc-orders-db";

    private static readonly SlackSimulatorOptions Hasty = new() { AckWithin = TimeSpan.FromMilliseconds(200) };

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ticket_opens_one_connection_and_the_eleventh_is_turned_away()
    {
        await using var slack = await SlackSimulator.StartAsync(Hasty, Ended);
        await using var app = PlainApp.Of(slack);
        var used = await app.SocketUrlAsync();
        using var first = new ClientWebSocket();
        await first.ConnectAsync(used, Ended);
        using var second = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(used, Ended));

        await using var apps = new Many();
        for (var i = 2; i <= 10; i++)
        {
            apps.Add(await PlainApp.ConnectAsync(slack));
        }

        Assert.Equal(10, slack.Faults.Sockets);
        await using var eleventh = await PlainApp.ConnectAsync(slack);
        Assert.Equal("too_many_websockets", (await eleventh.ReceiveAsync()).GetProperty("reason").GetString());
        Assert.Equal(10, slack.Faults.Sockets);
    }

    [Fact]
    public async Task A_frozen_connection_takes_envelopes_into_nothing_and_a_reset_one_breaks()
    {
        await using var slack = await SlackSimulator.StartAsync(Hasty, Ended);
        await using var app = await PlainApp.ConnectAsync(slack);
        var ana = slack.Workspace.As("ana");

        slack.Faults.FreezeSockets();
        Assert.Equal(SlackAnswerKind.DidNotRespond, (await ana.TypeAsync(Channel, "/runbook", Ended)).Kind);
        Assert.Equal(WebSocketState.Open, app.State);

        slack.Faults.DropSockets();
        await Assert.ThrowsAsync<WebSocketException>(app.ReceiveAsync);
        await slack.Faults.WaitForSocketsAsync(0, Ended);
        Assert.Equal(SlackAnswerKind.NotConnected, (await ana.TypeAsync(Channel, "/runbook", Ended)).Kind);
    }

    [Fact]
    public async Task One_envelope_goes_over_all_connections_under_one_id()
    {
        await using var slack = await SlackSimulator.StartAsync(null, Ended);
        await using var left = await PlainApp.ConnectAsync(slack);
        await using var right = await PlainApp.ConnectAsync(slack);

        slack.Faults.DeliverNext(2, overAllSockets: true);
        var typed = slack.Workspace.As("ana").TypeAsync(Channel, "/runbook start <b> @boris", Ended);
        var one = await left.ReceiveAsync();
        var other = await right.ReceiveAsync();
        await left.AcknowledgeAsync(one);
        await right.AcknowledgeAsync(other);
        await typed;

        Assert.Equal(one.GetProperty("envelope_id").GetString(), other.GetProperty("envelope_id").GetString());
        Assert.Equal("start &lt;b&gt; <@U0BORIS001|boris>", one.GetProperty("payload").GetProperty("text").GetString());
        var delivery = Assert.Single(await slack.Deliveries.WaitForAsync(all => all[0].Acks == 2, Ended));
        Assert.Equal([1, 2], delivery.Sockets.Order());
        Assert.NotNull(delivery.AckedAfter);
    }

    [Fact]
    public async Task A_call_that_breaks_after_its_effect_has_had_it_and_one_before_has_not()
    {
        await using var slack = await SlackSimulator.StartAsync(null, Ended);
        await using var app = PlainApp.Of(slack);
        const string Post = """{"channel":"C0ORDERSDB","text":"once"}""";

        slack.Faults.Next("chat.postMessage", SlackFault.CloseBeforeEffect());
        await Assert.ThrowsAsync<HttpRequestException>(() => app.CallAsync("chat.postMessage", Post));
        Assert.Empty(slack.Workspace.As("ana").Sees(Channel));

        slack.Faults.Next("chat.postMessage", SlackFault.CloseAfterEffect());
        await Assert.ThrowsAsync<HttpRequestException>(() => app.CallAsync("chat.postMessage", Post));
        Assert.Single(slack.Workspace.As("ana").Sees(Channel));
        Assert.Equal(2, slack.Calls.Of("chat.postMessage").Count);

        slack.Faults.Next("*", SlackFault.Hang());
        var hanging = app.CallAsync("chat.postMessage", Post);
        var released = slack.Workspace.As("ana").WaitForAllAsync(Channel, all => all.Count == 2, Ended);
        while (!released.IsCompleted)
        {
            slack.Faults.ReleaseHung(); // the call may not have come in yet
            await Task.Yield();
        }

        Assert.True((await hanging).Answer.GetProperty("ok").GetBoolean());

        slack.Faults.Outage = true;
        await Assert.ThrowsAnyAsync<JsonException>(() => app.CallAsync("auth.test", "{}")); // a page, not JSON
        slack.Faults.Outage = false;
        Assert.True((await app.CallAsync("auth.test", "{}")).Answer.GetProperty("ok").GetBoolean());
    }

    private sealed class Many : List<PlainApp>, IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var app in this)
            {
                await app.DisposeAsync();
            }
        }
    }
}
