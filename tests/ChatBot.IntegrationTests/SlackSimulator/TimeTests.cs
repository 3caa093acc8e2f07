using System.Net;
using System.Text;
using System.Text.Json;
using ChatBot.Sandbox.Slack;
using Microsoft.Extensions.Time.Testing;

namespace ChatBot.IntegrationTests.Simulators;

/// <summary>What hangs on the clock: rates, triggers, response URLs, acknowledgement.</summary>
public sealed class TimeTests
{
    private const string Channel = "inc-orders-db";

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Posts_beyond_one_a_second_get_429_in_their_channel_only_until_the_second_has_passed()
    {
        await using var slack = await SlackSimulator.StartAsync(new SlackSimulatorOptions { Time = _time }, Ended);
        await using var app = PlainApp.Of(slack);

        for (var i = 0; i < slack.Options.RateLimits.PostPerChannel.Burst; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await PostAsync("C0ORDERSDB")).StatusCode);
        }

        var limited = await PostAsync("C0ORDERSDB");
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), limited.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("U0ANA00001")).StatusCode);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("C0ORDERSDB")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await PostAsync("C0ORDERSDB")).StatusCode);

        async Task<HttpResponseMessage> PostAsync(string channel) =>
            (await app.CallAsync("chat.postMessage", $$"""{"channel":"{{channel}}","text":"x"}""")).Http;
    }

    [Fact]
    public async Task An_event_nobody_acknowledges_comes_again_three_times_with_the_same_payload()
    {
        await using var slack = await SlackSimulator.StartAsync(new SlackSimulatorOptions { Time = _time }, Ended);
        await using var app = await PlainApp.ConnectAsync(slack);

        await slack.Workspace.As("ana").SayAsync(Channel, "@chatbot hello", cancellationToken: Ended);
        var first = await app.ReceiveAsync();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var again = await PassUntilAsync(app.ReceiveAsync());
            Assert.Equal(attempt, again.GetProperty("retry_attempt").GetInt32());
            Assert.Equal("timeout", again.GetProperty("retry_reason").GetString());
            Assert.True(JsonElement.DeepEquals(first.GetProperty("payload"), again.GetProperty("payload")));
            Assert.NotEqual(first.GetProperty("envelope_id").GetString(), again.GetProperty("envelope_id").GetString());
        }

        Assert.Equal([0, 1, 2, 3], slack.Deliveries.All.Select(delivery => delivery.Attempt));
        Assert.All(slack.Deliveries.All, delivery => Assert.Null(delivery.AckedAfter));
    }

    [Fact]
    public async Task A_command_nobody_acknowledges_fails_once_and_the_person_reads_so()
    {
        await using var slack = await SlackSimulator.StartAsync(new SlackSimulatorOptions { Time = _time }, Ended);
        await using var app = await PlainApp.ConnectAsync(slack);
        var ana = slack.Workspace.As("ana");

        var typed = ana.TypeAsync(Channel, "/runbook start orders-db", Ended);
        var envelope = await app.ReceiveAsync();
        var answer = await PassUntilAsync(typed);
        await app.AcknowledgeAsync(envelope); // too late

        Assert.Equal(SlackAnswerKind.DidNotRespond, answer.Kind);
        Assert.True(Assert.Single(ana.Sees(Channel)).IsEphemeral);
        Assert.Empty(slack.Workspace.As("boris").Sees(Channel));
        Assert.Equal(0, slack.Deliveries.Redeliveries);
    }

    [Fact]
    public async Task A_trigger_opens_one_modal_within_three_seconds()
    {
        await using var slack = await SlackSimulator.StartAsync(new SlackSimulatorOptions { Time = _time }, Ended);
        await using var app = await PlainApp.ConnectAsync(slack);

        var first = await TriggerAsync();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(await OpenAsync(first));
        Assert.Equal("trigger_exchanged", await OpenAsync(first));
        Assert.Equal("Reason", slack.Workspace.As("ana").View?.Title);

        var second = await TriggerAsync();
        _time.Advance(TimeSpan.FromSeconds(3.1));
        Assert.Equal("trigger_expired", await OpenAsync(second));

        async Task<string?> TriggerAsync()
        {
            var typed = slack.Workspace.As("ana").TypeAsync(Channel, "/runbook", Ended);
            var envelope = await app.ReceiveAsync();
            await app.AcknowledgeAsync(envelope);
            Assert.True((await typed).IsAcknowledged);
            return envelope.GetProperty("payload").GetProperty("trigger_id").GetString();
        }

        async Task<string?> OpenAsync(string? trigger)
        {
            var (_, answer) = await app.CallAsync(
                "views.open",
                $$"""{"trigger_id":"{{trigger}}","view":{"type":"modal","title":{"type":"plain_text","text":"Reason"},"blocks":[]} }""");
            return answer.TryGetProperty("error", out var error) ? error.GetString() : null;
        }
    }

    [Fact]
    public async Task A_response_url_answers_five_times_and_only_to_the_person()
    {
        await using var slack = await SlackSimulator.StartAsync(new SlackSimulatorOptions { Time = _time }, Ended);
        await using var app = await PlainApp.ConnectAsync(slack);
        var typed = slack.Workspace.As("ana").TypeAsync(Channel, "/runbook", Ended);
        var envelope = await app.ReceiveAsync();
        await app.AcknowledgeAsync(envelope, new() { ["text"] = "heard" });
        await typed;
        var url = envelope.GetProperty("payload").GetProperty("response_url").GetString()!;

        for (var i = 1; i <= 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await RespondAsync());
        }

        Assert.Equal(HttpStatusCode.NotFound, await RespondAsync());
        Assert.Equal(6, slack.Workspace.As("ana").Sees(Channel).Count);
        Assert.Empty(slack.Workspace.As("boris").Sees(Channel));

        async Task<HttpStatusCode> RespondAsync()
        {
            using var body = new StringContent("""{"text":"more"}""", Encoding.UTF8, "application/json");
            return (await app.SendAsync(url, body, token: null)).Http.StatusCode;
        }
    }

    /// <summary>Lets simulated seconds pass until it happened.</summary>
    private async Task<T> PassUntilAsync<T>(Task<T> happens)
    {
        while (!happens.IsCompleted)
        {
            Ended.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await happens;
    }
}
