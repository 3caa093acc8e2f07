namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Lets so many bytes through, and then calls a halt.</summary>
/// <param name="halt">Breaks the connection, or waits.</param>
internal sealed class CutStream(Stream inner, long bytes, Func<CancellationToken, Task> halt) : Stream
{
    private long _left = bytes;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var passes = (int)Math.Min(_left, buffer.Length);
        await inner.WriteAsync(buffer[..passes], cancellationToken);
        _left -= passes;
        if (passes < buffer.Length)
        {
            await inner.FlushAsync(cancellationToken);
            await halt(cancellationToken);
            await inner.WriteAsync(buffer[passes..], cancellationToken);
            _left = long.MaxValue;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
