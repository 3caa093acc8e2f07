using System.Text.Json;
using ChatBot.Slack;

namespace ChatBot.IntegrationTests.Wire;

/// <summary>How sockets are opened, replaced, answered and closed, against scripts that Slack itself can't be made to play.</summary>
public class SocketLifeTests
{
    private static CancellationToken Cancelled => ReadingWire.Patience();

    [Fact]
    public async Task A_socket_without_hello_is_given_up_and_another_opened()
    {
        await using var slack = await ScriptedSlack.StartAsync(async socket =>
        {
            if (socket.Number > 1)
            {
                await socket.HelloAsync();
                await socket.EnvelopeAsync("good");
            }

            await socket.ReceiveAsync();
        });
        await using var wire = ReadingWire.Start(One(slack) with { HelloTimeout = TimeSpan.FromMilliseconds(200) });

        Assert.Equal("good", (await wire.NextAsync()).Id);
        Assert.Contains(wire.Log, line => line.Contains("no hello within 0.2 s", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("warning")]
    [InlineData("refresh_requested")]
    [InlineData("a reason of next year")]
    public async Task The_new_socket_is_up_before_the_old_one_is_dropped(string reason)
    {
        var secondDials = new TaskCompletionSource();
        var lateIsSent = new TaskCompletionSource();
        await using var slack = await ScriptedSlack.StartAsync(async socket =>
        {
            if (socket.Number == 1)
            {
                await socket.HelloAsync();
                await socket.SendAsync($$"""{"type":"disconnect","reason":"{{reason}}"}""");
                var receiving = socket.ReceiveAsync();
                await secondDials.Task;
                await socket.EnvelopeAsync("late"); // fails if the bot has hung up
                lateIsSent.SetResult();
                await receiving;
            }
            else
            {
                secondDials.SetResult();
                await lateIsSent.Task;
                await socket.HelloAsync();
                await socket.ReceiveAsync();
            }
        });
        await using var wire = ReadingWire.Start(One(slack));

        var late = await wire.NextAsync();

        Assert.Equal("late", late.Id);
        Assert.Equal((1, """{"envelope_id":"late"}"""), await slack.Received.Reader.ReadAsync(Cancelled));
        await wire.OpenAsync(1);
        Assert.Equal(2, slack.Opens);
    }

    [Theory]
    [InlineData("link_disabled")]
    [InlineData("too_many_websockets")]
    public async Task What_only_a_person_can_mend_is_said_loudly_and_tried_again_slowly(string reason)
    {
        await using var slack = await ScriptedSlack.StartAsync(async socket =>
        {
            await socket.HelloAsync();

            if (socket.Number == 1)
            {
                await socket.SendAsync($$"""{"type":"disconnect","reason":"{{reason}}"}""");
            }
            else
            {
                await socket.EnvelopeAsync("mended");
            }

            await socket.ReceiveAsync();
        });
        await using var wire = ReadingWire.Start(One(slack) with { RefusedDelay = TimeSpan.FromMilliseconds(1234) });

        Assert.Equal("mended", (await wire.NextAsync()).Id);
        Assert.Contains(wire.Log, line => line.StartsWith("Error: Slack refuses a socket", StringComparison.Ordinal)
            && line.Contains(reason, StringComparison.Ordinal)
            && line.EndsWith("The next attempt in 1 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sockets_that_die_at_once_are_dialled_with_pauses_that_grow()
    {
        await using var slack = await ScriptedSlack.StartAsync(async socket =>
        {
            await socket.HelloAsync();

            if (socket.Number <= 5)
            {
                socket.Reset();
                return;
            }

            await socket.EnvelopeAsync("good");
            await socket.ReceiveAsync();
        });
        await using var wire = ReadingWire.Start(One(slack) with { LongestReconnectDelay = TimeSpan.FromSeconds(30) });

        Assert.Equal("good", (await wire.NextAsync()).Id);
        Assert.Contains(wire.Log, line => line.Contains("Attempt 5;", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_half_open_link_is_noticed()
    {
        await using var slack = await ScriptedSlack.StartAsync(async socket =>
        {
            await socket.HelloAsync();

            if (socket.Number == 1)
            {
                await socket.UntilGoneAsync(); // reads nothing, so answers no ping
            }

            await socket.EnvelopeAsync("good");
            await socket.ReceiveAsync();
        });
        await using var wire = ReadingWire.Start(One(slack) with { SilenceLimit = TimeSpan.FromMilliseconds(500) });

        Assert.Equal("good", (await wire.NextAsync()).Id);
    }

    [Fact]
    public async Task A_quiet_link_that_answers_pings_is_kept()
    {
        var manyPingsLater = new TaskCompletionSource();
        await using var slack = await ScriptedSlack.StartAsync(async socket =>
        {
            await socket.HelloAsync();
            var receiving = socket.ReceiveAsync();
            await manyPingsLater.Task;
            await socket.EnvelopeAsync("good");
            await receiving;
        });
        var limit = TimeSpan.FromMilliseconds(300);
        await using var wire = ReadingWire.Start(One(slack) with { SilenceLimit = limit });
        await wire.OpenAsync(1);

        var since = TimeProvider.System.GetTimestamp();
        await ReadingWire.UntilAsync(() => TimeProvider.System.GetElapsedTime(since) > 4 * limit);
        manyPingsLater.SetResult();

        Assert.Equal("good", (await wire.NextAsync()).Id);
        Assert.Equal(1, slack.Opens);
    }

    [Fact]
    public async Task An_acknowledgement_goes_back_on_the_socket_the_envelope_came_from()
    {
        await using var slack = await ScriptedSlack.StartAsync(async socket =>
        {
            await socket.HelloAsync();
            await socket.EnvelopeAsync($"to {socket.Number}");
            await socket.ReceiveAsync();
        });
        const string answer = """{"options":[]}""";
        using var payload = JsonDocument.Parse(answer);
        await using var wire = ReadingWire.Start(ReadingWire.Impatient(slack.ApiUrl), _ => Task.CompletedTask);
        SlackEnvelope[] envelopes = [await wire.NextAsync(), await wire.NextAsync()];

        foreach (var envelope in envelopes)
        {
            Assert.True(await envelope.AcknowledgeAsync(payload.RootElement, Cancelled));
            var (socket, message) = await slack.Received.Reader.ReadAsync(Cancelled);
            Assert.Equal($$"""{"envelope_id":"to {{socket}}","payload":{{answer}}""" + "}", message);
        }

        Assert.NotEqual(envelopes[0].Id, envelopes[1].Id);
        Assert.Equal(2, wire.Wire.SocketsOpen);
    }

    [Fact]
    public async Task An_acknowledgement_for_a_lost_socket_says_so()
    {
        var arrived = new TaskCompletionSource();
        await using var slack = await ScriptedSlack.StartAsync(async socket =>
        {
            await socket.HelloAsync();

            if (socket.Number == 1)
            {
                await socket.EnvelopeAsync("lost");
                await arrived.Task;
                socket.Reset();
            }

            await socket.ReceiveAsync();
        });
        await using var wire = ReadingWire.Start(One(slack), _ => Task.CompletedTask);
        var envelope = await wire.NextAsync();
        arrived.SetResult();
        await ReadingWire.UntilAsync(() => slack.Opens == 2);
        await wire.OpenAsync(1);

        Assert.False(await envelope.AcknowledgeAsync(null, Cancelled));
        Assert.False(await envelope.AcknowledgeAsync(null, Cancelled));
    }

    [Fact]
    public async Task A_socket_that_is_replaced_stays_until_its_envelopes_are_acknowledged()
    {
        await using var slack = await ScriptedSlack.StartAsync(async socket =>
        {
            await socket.HelloAsync();

            if (socket.Number == 1)
            {
                await socket.EnvelopeAsync("being stored");
                await socket.SendAsync("""{"type":"disconnect","reason":"warning"}""");
            }

            await socket.ReceiveAsync();
        });
        await using var wire = ReadingWire.Start(One(slack), _ => Task.CompletedTask);
        var envelope = await wire.NextAsync();
        await wire.OpenAsync(2); // the old one and the new one

        Assert.True(await envelope.AcknowledgeAsync(null, Cancelled));
        Assert.Equal(1, (await slack.Received.Reader.ReadAsync(Cancelled)).Socket);
        await wire.OpenAsync(1);
    }

    [Fact]
    public async Task Cancelling_the_reader_says_goodbye_to_both_sockets()
    {
        var goodbyes = 0;
        await using var slack = await ScriptedSlack.StartAsync(async socket =>
        {
            await socket.HelloAsync();
            await socket.ReceiveAsync();
            Interlocked.Increment(ref goodbyes);
        });
        await using var wire = ReadingWire.Start(ReadingWire.Impatient(slack.ApiUrl));
        await wire.OpenAsync(2);

        await wire.StopAsync();
        await wire.Reading.WaitAsync(Cancelled);

        Assert.Equal(0, wire.Wire.SocketsOpen);
        await ReadingWire.UntilAsync(() => Volatile.Read(ref goodbyes) == 2);
    }

    [Fact]
    public async Task Closing_waits_for_nobody()
    {
        await using var slack = await ScriptedSlack.StartAsync(async socket =>
        {
            await socket.HelloAsync();
            await socket.EnvelopeAsync($"{socket.Number}");
            await socket.UntilGoneAsync(); // hears no goodbye
        });
        var never = new TaskCompletionSource();
        var wire = ReadingWire.Start(ReadingWire.Impatient(slack.ApiUrl), _ => never.Task); // a reader that hangs
        await wire.OpenAsync(2);

        await wire.Wire.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5), Cancelled); // it needs 1 s

        Assert.Equal(0, wire.Wire.SocketsOpen);
        never.SetResult();
        await wire.Reading.WaitAsync(Cancelled); // the stream ends when the wire does
    }

    [Fact]
    public async Task One_reader_at_a_time()
    {
        await using var slack = await ScriptedSlack.StartAsync(async socket =>
        {
            await socket.HelloAsync();
            await socket.ReceiveAsync();
        });
        await using var wire = ReadingWire.Start(ReadingWire.Impatient(slack.ApiUrl));
        await wire.OpenAsync(2);

        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await wire.Wire.ReadAllAsync(Cancelled).GetAsyncEnumerator(Cancelled).MoveNextAsync());
    }

    [Fact]
    public async Task No_ticket_and_no_token_is_logged()
    {
        await using var slack = await ScriptedSlack.StartAsync(socket =>
        {
            socket.Reset();
            return Task.CompletedTask;
        });
        await using var wire = ReadingWire.Start(One(slack));
        await wire.LoggedAsync("Attempt 3;");

        Assert.DoesNotContain(wire.Log, line => line.Contains("/link", StringComparison.Ordinal));
        Assert.DoesNotContain(wire.Log, line => line.Contains("xapp", StringComparison.Ordinal));
    }

    private static SlackWireSettings One(ScriptedSlack slack) => ReadingWire.Impatient(slack.ApiUrl) with { Sockets = 1 };
}
