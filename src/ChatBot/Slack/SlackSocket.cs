using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace ChatBot.Slack;

/// <summary>The life of one connection: hello, deliveries and their acknowledgements, the end.</summary>
internal sealed partial class SlackSocket : IAsyncDisposable
{
    /// <summary>The largest message that is read: 1 MiB. Slack's own are far below.</summary>
    private const int LargestMessage = 1024 * 1024;

    /// <summary>How long a socket stays for the acknowledgements it owes when the program stops.</summary>
    private static readonly TimeSpan WaitForAnswers = TimeSpan.FromMilliseconds(500);

    /// <summary>The same when another took its place: nearly the 3 s that Slack allows for an acknowledgement.</summary>
    private static readonly TimeSpan WaitForAnswersWhenReplaced = TimeSpan.FromMilliseconds(2_500);

    /// <summary>How long a replaced socket goes on reading what is on its way: 1 s.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    /// <summary>How long it then waits for Slack's goodbye. Less than the second .NET waits for the server to hang up.</summary>
    private static readonly TimeSpan WaitForGoodbye = TimeSpan.FromMilliseconds(300);

    private readonly ClientWebSocket _connection = new();
    private readonly ChannelWriter<SlackEnvelope> _deliveries;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _sending = new(1); // a web socket sends one message at a time
    private readonly CancellationTokenSource _stopped = new();
    private readonly TaskCompletionSource _hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<SocketEnd> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Unanswered _unanswered = new();
    private Task _pump = Task.CompletedTask;

    private SlackSocket(ChannelWriter<SlackEnvelope> deliveries, TimeSpan silenceLimit, TimeProvider clock, ILogger logger)
    {
        _deliveries = deliveries;
        _clock = clock;
        _logger = logger;

        // A ping after a while without a frame, and the connection is dropped without a pong: both together are the
        // silence limit. Without it a half-open link looks like a quiet day.
        _connection.Options.KeepAliveInterval = silenceLimit * 0.4;
        _connection.Options.KeepAliveTimeout = silenceLimit * 0.6;
    }

    /// <summary>Why the socket is, or will soon be, of no use. Deliveries may still come until it is disposed.</summary>
    public Task<SocketEnd> Over => _over.Task;

    /// <summary>Whether deliveries can come: after hello and before the connection ends.</summary>
    public bool IsAlive => _hello.Task.IsCompletedSuccessfully && !_pump.IsCompleted;

    /// <returns>A socket that has said hello.</returns>
    /// <exception cref="SocketLostException">No connection, or no hello in time.</exception>
    public static async Task<SlackSocket> OpenAsync(
        Uri address,
        ChannelWriter<SlackEnvelope> deliveries,
        SlackWireSettings settings,
        TimeProvider clock,
        ILogger logger,
        CancellationToken cancellationToken)
    {
        var socket = new SlackSocket(deliveries, settings.SilenceLimit, clock, logger);
        using var timeout = new CancellationTokenSource(settings.HelloTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);

        try
        {
            await socket._connection.ConnectAsync(address, either.Token);
            socket._pump = socket.PumpAsync();
            await Task.WhenAny(socket._hello.Task, socket._over.Task).WaitAsync(either.Token);

            // Not the task that WhenAny names: hello and what comes right behind it can be told in either order.
            if (!socket._hello.Task.IsCompleted)
            {
                var end = await socket._over.Task;
                throw new SocketLostException($"it ended before hello ({end.Reason})", end);
            }

            return socket;
        }
        catch (Exception failed)
            when (failed is SocketLostException or WebSocketException or OperationCanceledException)
        {
            socket._connection.Abort();
            await socket.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();

            throw failed switch
            {
                SocketLostException => failed,
                WebSocketException => new SocketLostException(failed.GetBaseException().Message, failed),
                _ => new SocketLostException($"no hello within {settings.HelloTimeout.TotalSeconds:0.#} s", failed),
            };
        }
    }

    /// <summary>
    /// Hangs up when another has taken its place. What Slack had already sent still arrives and is acknowledged here: after
    /// a goodbye of ours no acknowledgement gets through any more.
    /// </summary>
    /// <param name="stop">The program stops: no time for that.</param>
    public async ValueTask RetireAsync(CancellationToken stop)
    {
        await Task.WhenAny(_pump, Task.Delay(Linger, _clock, stop)); // the pump ends when Slack hangs up first
        await EndAsync(stop.IsCancellationRequested ? WaitForAnswers : WaitForAnswersWhenReplaced);
    }

    /// <summary>Sends what is owed, says goodbye and hangs up, within a second whatever the other side does.</summary>
    public ValueTask DisposeAsync() => EndAsync(WaitForAnswers);

    private async ValueTask EndAsync(TimeSpan waitForAnswers)
    {
        try
        {
            await _unanswered.NoneAsync().WaitAsync(waitForAnswers, _clock);
        }
        catch (TimeoutException)
        {
            LogUnanswered(); // Slack delivers them again
        }

        using var patience = new CancellationTokenSource(WaitForGoodbye, _clock);
        await SayGoodbyeAsync(patience.Token);
        await _stopped.CancelAsync();
        _connection.Abort();
        await _pump;
        _connection.Dispose();
    }

    private async Task SayGoodbyeAsync(CancellationToken patience)
    {
        try
        {
            await _sending.WaitAsync(patience);

            try
            {
                if (_connection.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
                {
                    return;
                }

                await _connection.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience);
            }
            finally
            {
                _sending.Release();
            }

            await _pump.WaitAsync(patience); // what was on its way arrives, and then Slack's goodbye
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // Nobody is there to hear it.
        }
    }

    private async Task PumpAsync()
    {
        await Task.Yield();
        var end = new SocketEnd("closed", IsLost: true);
        var message = new ArrayBufferWriter<byte>(16 * 1024);

        try
        {
            while (await ReceiveAsync(message) is { } length)
            {
                if (length > LargestMessage)
                {
                    LogDropped(length, "it is too long");
                    continue;
                }

                await HandAsync(SlackFrame.Read(message.WrittenSpan), length);
            }
        }
        catch (WebSocketException broken)
        {
            // Invalid UTF-8 in a text message ends here too: the protocol demands that the connection fails.
            end = new SocketEnd(broken.GetBaseException().Message, IsLost: true);
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ChannelClosedException)
        {
            end = new SocketEnd("given up", IsLost: true);
        }
        finally
        {
            _over.TrySetResult(end);
        }
    }

    /// <returns>The message's length, even if only its beginning was kept; null when the other side closed.</returns>
    private async ValueTask<long?> ReceiveAsync(ArrayBufferWriter<byte> message)
    {
        message.ResetWrittenCount();
        long length = 0;

        while (true)
        {
            var part = await _connection.ReceiveAsync(message.GetMemory(4096), _stopped.Token);
            length += part.Count;

            if (length <= LargestMessage)
            {
                message.Advance(part.Count);
            }

            if (part.MessageType is WebSocketMessageType.Close)
            {
                return null;
            }

            if (part.EndOfMessage)
            {
                return length;
            }
        }
    }

    private async ValueTask HandAsync(SlackFrame frame, long length)
    {
        switch (frame)
        {
            case SlackFrame.Hello:
                _hello.TrySetResult();
                break;
            case SlackFrame.Disconnect disconnect:
                _over.TrySetResult(new SocketEnd(disconnect.Reason, IsLost: false));
                break;
            case SlackFrame.Delivery delivery:
                // A slow reader makes us wait here, and then Slack, by way of TCP.
                await _deliveries.WriteAsync(Envelope(delivery), _stopped.Token);
                break;
            case SlackFrame.Unreadable unreadable:
                LogDropped(length, unreadable.Why);
                break;
        }
    }

    private SlackEnvelope Envelope(SlackFrame.Delivery delivery)
    {
        var answered = _unanswered.Add();

        return new SlackEnvelope(delivery.Id, delivery.Type, delivery.Payload, delivery.RetryAttempt)
        {
            Acknowledgement = async (payload, cancellationToken) =>
            {
                using (answered)
                {
                    return await SendAsync(Acknowledgement(delivery.Id, payload), cancellationToken);
                }
            },
        };
    }

    /// <returns>False when the socket is gone.</returns>
    private async Task<bool> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);

        try
        {
            // Cancelling a send kills the connection, so it isn't the caller's to cancel.
            await _connection.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, _stopped.Token);
            return true;
        }
        catch (Exception gone)
            when (gone is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            _sending.Release();
        }
    }

    private static ReadOnlyMemory<byte> Acknowledgement(string id, JsonElement? payload)
    {
        var message = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(message);

        json.WriteStartObject();
        json.WriteString("envelope_id", id);

        if (payload is { ValueKind: not JsonValueKind.Undefined } answer)
        {
            json.WritePropertyName("payload");
            answer.WriteTo(json);
        }

        json.WriteEndObject();
        json.Flush();
        return message.WrittenMemory;
    }

    [LoggerMessage(LogLevel.Warning, "Dropped a frame of {Length} bytes, because {Why}")]
    private partial void LogDropped(long length, string why);

    [LoggerMessage(LogLevel.Information, "Closing a socket with deliveries that aren't acknowledged; Slack sends them again")]
    private partial void LogUnanswered();
}
