using System.Buffers.Binary;

namespace ChatBot.Databases.PgBouncer;

/// <summary>Sends and receives whole messages, and never holds more of an answer than it is meant to.</summary>
/// <remarks>
/// Failures of the stream itself (<see cref="IOException"/>) and cancellation go through as they are; the console knows
/// what they mean.
/// </remarks>
internal sealed class ConsoleWire(Stream stream, ConsoleTrouble trouble) : IAsyncDisposable
{
    /// <summary>Of one message; a row of a console has some 300 bytes: 1 MiB.</summary>
    public const int LargestMessage = 1024 * 1024;

    /// <summary>Of all messages that answer one question: 8 MiB.</summary>
    public const int LargestAnswer = 8 * 1024 * 1024;

    private readonly BufferedStream _incoming = new(stream, 16 * 1024);
    private readonly byte[] _head = new byte[ConsoleMessages.HeadLength];
    private int _left;
    private bool _heard;

    /// <summary>Asks something; what comes from now on is the answer.</summary>
    public async Task SendAsync(byte[] message, CancellationToken cancellationToken)
    {
        _left = LargestAnswer;
        await stream.WriteAsync(message, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <exception cref="TargetUnavailableException">It is no message, or the answer is too large.</exception>
    public async Task<ConsoleMessage> ReadAsync(CancellationToken cancellationToken)
    {
        await _incoming.ReadExactlyAsync(_head, cancellationToken);
        var length = BinaryPrimitives.ReadInt32BigEndian(_head.AsSpan(1)) - 4;
        if (!_heard)
        {
            // A length that makes no sense in the first message is no large answer: it is another protocol.
            if (_head.AsSpan().SequenceEqual("HTTP/"u8))
            {
                throw trouble.WebServer;
            }

            _heard = length is >= 0 and <= LargestMessage ? true : throw trouble.NotPgBouncer;
        }

        if (length < 0)
        {
            throw trouble.NotPgBouncer;
        }

        _left -= Math.Min(length, LargestAnswer) + ConsoleMessages.HeadLength;
        if (length > LargestMessage || _left < 0)
        {
            throw trouble.TooMuch;
        }

        var body = new byte[length];
        await _incoming.ReadExactlyAsync(body, cancellationToken);
        return new ConsoleMessage(_head[0], body);
    }

    /// <summary>Closes the stream, too.</summary>
    public ValueTask DisposeAsync() => _incoming.DisposeAsync();
}

internal readonly record struct ConsoleMessage(byte Type, byte[] Body);
