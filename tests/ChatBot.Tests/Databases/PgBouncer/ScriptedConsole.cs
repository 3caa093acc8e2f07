using ChatBot.Configuration;
using ChatBot.Databases.PgBouncer;

namespace ChatBot.Tests.Databases.PgBouncer;

/// <summary>The other end of a connection, in memory: answers each thing said with bytes of the test's choosing.</summary>
/// <param name="answer">What is answered to what was said; null to hang up.</param>
internal sealed class ScriptedConsole(Func<byte[], byte[]?> answer) : Stream
{
    private readonly MemoryStream _said = new();
    private readonly Queue<byte> _coming = new();

    public static PgBouncerTarget Target { get; } = new("orders-db", "127.0.0.1", 6432, "chatbot", new Secret("canary-secret"));

    /// <summary>Everything the client said.</summary>
    public byte[] Said => _said.ToArray();

    /// <summary>Bytes that the client took.</summary>
    public long Taken { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>One answer after the other, whatever is said.</summary>
    public static ScriptedConsole Saying(params byte[][] answers)
    {
        var at = 0;
        return new ScriptedConsole(_ => at < answers.Length ? answers[at++] : null);
    }

    /// <summary>Logs in, and asks for the pools, as the client does over TCP.</summary>
    public async Task<ConsoleRows> AskAsync(PgBouncerTarget? target = null, ConsoleCommand command = ConsoleCommand.Pools)
    {
        await using var console = await EnterAsync(target);
        return await console.QueryAsync(command, TestContext.Current.CancellationToken);
    }

    public Task<PgBouncerConsole> EnterAsync(PgBouncerTarget? target = null) =>
        PgBouncerConsole.EnterAsync(target ?? Target, this, new CancellationTokenSource(), TestContext.Current.CancellationToken);

    public override void Write(byte[] buffer, int offset, int count)
    {
        _said.Write(buffer, offset, count);
        foreach (var next in answer(buffer[offset..(offset + count)]) ?? [])
        {
            _coming.Enqueue(next);
        }
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = Math.Min(count, _coming.Count);
        for (var at = 0; at < read; at++)
        {
            buffer[offset + at] = _coming.Dequeue();
        }

        Taken += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _said.Dispose();
        base.Dispose(disposing);
    }
}
