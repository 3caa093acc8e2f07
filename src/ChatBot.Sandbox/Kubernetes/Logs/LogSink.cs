namespace ChatBot.Sandbox.Kubernetes;

/// <summary>The bytes of a log on their way out, up to a limit that falls wherever it falls: in the middle of a line or of a character.</summary>
internal sealed class LogSink(Stream to, long limit, CancellationToken ended)
{
    private readonly byte[] _waiting = new byte[65_536];
    private int _length;
    private long _left = limit;

    /// <returns>False when the limit is reached.</returns>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        bytes = bytes[..(int)Math.Min(_left, bytes.Length)];
        _left -= bytes.Length;
        if (bytes.Length > _waiting.Length - _length)
        {
            await SendAsync();
        }

        if (bytes.Length > _waiting.Length)
        {
            await to.WriteAsync(bytes, ended);
        }
        else
        {
            bytes.CopyTo(_waiting.AsMemory(_length));
            _length += bytes.Length;
        }

        return _left > 0;
    }

    public async Task FlushAsync()
    {
        await SendAsync();
        await to.FlushAsync(ended);
    }

    private async Task SendAsync()
    {
        await to.WriteAsync(_waiting.AsMemory(0, _length), ended);
        _length = 0;
    }
}
