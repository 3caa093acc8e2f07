using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>One Socket Mode connection of the app.</summary>
#pragma warning disable CA1001 // a semaphore whose wait handle is never asked for holds nothing to dispose
internal sealed class SocketConnection(int number, WebSocket socket, FreezableStream stream, Socket tcp)
#pragma warning restore CA1001
{
    /// <summary>Acknowledgements with a whole view in them fit; more is no acknowledgement.</summary>
    private const int MostBytes = 1 << 20;

    private readonly SemaphoreSlim _sending = new(1);

    /// <summary>Counts from 1 in the order of connecting.</summary>
    public int Number => number;

    public FreezableStream Stream => stream;

    /// <summary>Told to go: gets no more payloads.</summary>
    public bool IsLeaving { get; private set; }

    public bool IsFrozen => !stream.Thawed.IsCompleted;

    public Task SendAsync(JsonObject frame, CancellationToken cancellationToken) =>
        SendAsync(Encoding.UTF8.GetBytes(frame.ToJsonString()), cancellationToken);

    /// <summary>A text frame of any bytes. A connection that broke meanwhile loses it, as on a real network.</summary>
    public async Task SendAsync(byte[] frame, CancellationToken cancellationToken)
    {
        if (IsFrozen)
        {
            return; // lost on the way
        }

        await _sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
        }
        finally
        {
            _sending.Release();
        }
    }

    public Task DisconnectAsync(string reason, CancellationToken cancellationToken)
    {
        IsLeaving = true;
        return SendAsync(
            new JsonObject
            {
                ["type"] = "disconnect",
                ["reason"] = reason,
                ["debug_info"] = new JsonObject { ["host"] = "applink-practice" },
            },
            cancellationToken);
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
        }
    }

    /// <summary>Ends the TCP connection with a reset, without a WebSocket close.</summary>
    public void Reset()
    {
        IsLeaving = true;
        try
        {
            tcp.LingerState = new LingerOption(enable: true, seconds: 0);
            tcp.Close(); // the server's pending read fails, and with it ReadAsync
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself.
        }

        stream.Thaw();
    }

    /// <summary>Reads acknowledgements until the connection ends.</summary>
    public async Task ReadAsync(Action<JsonElement> read, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostBytes];
        var length = 0;
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                length += part.Count;
                if (part.MessageType is WebSocketMessageType.Close)
                {
                    await CloseAsync(cancellationToken);
                    return;
                }

                if (part.EndOfMessage)
                {
                    Parse(buffer.AsMemory(0, length), read);
                    length = 0;
                }
                else if (length == buffer.Length)
                {
                    return;
                }
            }
        }
        catch (Exception broken) when (IsBroken(broken) || broken is OperationCanceledException)
        {
        }
        finally
        {
            IsLeaving = true;
        }
    }

    private static void Parse(ReadOnlyMemory<byte> frame, Action<JsonElement> read)
    {
        try
        {
            using var json = JsonDocument.Parse(frame);
            read(json.RootElement.Clone());
        }
        catch (JsonException)
        {
            // Slack ignores what it can't read.
        }
    }

    private static bool IsBroken(Exception error) =>
        error is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException;
}
