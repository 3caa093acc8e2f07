using System.Net.WebSockets;
using System.Text;
using ChatBot.Slack;

namespace ChatBot.IntegrationTests.Wire;

/// <summary>What one socket does with frames that Slack shouldn't send.</summary>
public class SocketFrameTests
{
    private const int LargestMessage = 1024 * 1024;

    internal static readonly Dictionary<string, string> Bad = new()
    {
        ["no JSON"] = "hello?",
        ["nothing"] = "",
        ["equal keys"] = """{"envelope_id":"x","envelope_id":"y","type":"events_api","payload":{}}""",
        ["half a surrogate"] = """{"envelope_id":"x","type":"events_api","payload":{"a":"\ud800"}}""",
        ["infinity"] = """{"envelope_id":"x","type":"events_api","payload":{"a":1e999}}""",
        ["too deep"] = """{"envelope_id":"x","payload":""" + new string('[', 100_000),
        ["no id"] = """{"type":"news"}""",
    };

    public static TheoryData<string> BadNames => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task A_bad_frame_is_dropped_and_the_socket_lives(string name)
    {
        await using var slack = await OneSocketAsync(async socket =>
        {
            await socket.SendAsync(Bad[name]);
            await socket.EnvelopeAsync("good");
        });
        await using var wire = Start(slack);

        var envelope = await wire.NextAsync();

        Assert.Equal("good", envelope.Id);
        Assert.Equal(1, slack.Opens);
        Assert.Contains(wire.Log, line => line.StartsWith($"Warning: Dropped a frame of {Bad[name].Length} bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invalid_UTF8_in_a_text_frame_costs_the_socket_and_nothing_else()
    {
        await using var slack = await OneSocketAsync(async socket =>
        {
            if (socket.Number == 1)
            {
                await socket.SendAsync([(byte)'{', 0xff, (byte)'}']); // RFC 6455, 8.1: the connection must fail
            }
            else
            {
                await socket.EnvelopeAsync("good");
            }
        });
        await using var wire = Start(slack);

        Assert.Equal("good", (await wire.NextAsync()).Id);
    }

    [Fact]
    public async Task Invalid_UTF8_in_a_binary_frame_is_dropped()
    {
        await using var slack = await OneSocketAsync(async socket =>
        {
            await socket.SendAsync([(byte)'{', 0xff, (byte)'}'], WebSocketMessageType.Binary);
            await socket.EnvelopeAsync("good");
        });
        await using var wire = Start(slack);

        Assert.Equal("good", (await wire.NextAsync()).Id);
        Assert.Equal(1, slack.Opens);
    }

    [Fact]
    public async Task A_message_in_pieces_is_one_message()
    {
        var message = Encoding.UTF8.GetBytes("""{"envelope_id":"é","type":"😀","payload":{"a":1}}""");
        await using var slack = await OneSocketAsync(async socket =>
        {
            foreach (var piece in message.Chunk(1)) // also in the middle of a character
            {
                await socket.SendAsync(piece, endOfMessage: false);
            }

            await socket.SendAsync([]);
        });
        await using var wire = Start(slack);

        var envelope = await wire.NextAsync();

        Assert.Equal(("é", "😀"), (envelope.Id, envelope.Type));
    }

    [Fact]
    public async Task A_message_of_1_MiB_is_read_and_a_longer_one_dropped_unread()
    {
        await using var slack = await OneSocketAsync(async socket =>
        {
            await socket.SendAsync(Sized("longer", LargestMessage + 1));
            await socket.SendAsync(Sized("much longer", 20 * LargestMessage));
            await socket.SendAsync(Sized("largest", LargestMessage));
        });
        await using var wire = Start(slack);

        Assert.Equal("largest", (await wire.NextAsync()).Id);
        Assert.Equal(1, slack.Opens);
        Assert.Contains($"Warning: Dropped a frame of {20 * LargestMessage} bytes, because it is too long", wire.Log);
    }

    [Fact]
    public async Task A_slow_reader_holds_Slack_up_and_loses_nothing()
    {
        const int count = 400;
        const int size = 250_000; // 100 MB: more than any buffer on the way; Linux lets one socket receive 32 MB ahead
        var blocked = new TaskCompletionSource();
        var reading = new TaskCompletionSource();
        await using var slack = await OneSocketAsync(async socket =>
        {
            for (var i = 0; i < count; i++)
            {
                var sending = socket.SendAsync(Sized($"e{i}", size));

                try
                {
                    await sending.WaitAsync(TimeSpan.FromMilliseconds(300), socket.Gone);
                }
                catch (TimeoutException)
                {
                    blocked.TrySetResult();
                    await sending;
                }
            }

            blocked.TrySetException(new InvalidOperationException("Everything was taken, and nobody read it."));
        });
        await using var wire = ReadingWire.Start(One(slack), _ => reading.Task);

        try
        {
            await blocked.Task.WaitAsync(ReadingWire.Patience());
        }
        finally
        {
            reading.SetResult(); // the wire can't end before its reader
        }

        for (var i = 0; i < count; i++)
        {
            Assert.Equal($"e{i}", (await wire.NextAsync()).Id);
        }
    }

    /// <summary>Hello, then the script, then the bot is listened to.</summary>
    private static Task<ScriptedSlack> OneSocketAsync(Func<ScriptedSlack.Connection, Task> script) =>
        ScriptedSlack.StartAsync(async socket =>
        {
            await socket.HelloAsync();
            await script(socket);
            await socket.ReceiveAsync();
        });

    private static SlackWireSettings One(ScriptedSlack slack) => ReadingWire.Impatient(slack.ApiUrl) with { Sockets = 1 };

    private static ReadingWire Start(ScriptedSlack slack) => ReadingWire.Start(One(slack));

    private static byte[] Sized(string id, int length)
    {
        var start = $$"""{"envelope_id":"{{id}}","type":"events_api","payload":""";
        return Encoding.UTF8.GetBytes(start + "\"" + new string('a', length - start.Length - 3) + "\"}");
    }
}
