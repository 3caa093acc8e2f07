using System.Text;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>What one run of a container wrote.</summary>
internal sealed class ContainerLog(Lock gate)
{
    private readonly List<LogLine> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Bytes that are served as they are, in place of lines: whatever a hostile or endless log may be.</summary>
    public Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>>? Raw { get; set; }

    /// <summary>No more will come.</summary>
    public bool IsClosed { get; private set; }

    /// <param name="line">Without its line break.</param>
    public void Append(DateTimeOffset at, ReadOnlyMemory<byte> line)
    {
        byte[] text = [.. line.Span, (byte)'\n'];
        lock (gate)
        {
            if (IsClosed)
            {
                return;
            }

            _lines.Add(new LogLine(at, text));
            Wake();
        }
    }

    public void Close()
    {
        lock (gate)
        {
            IsClosed = true;
            Wake();
        }
    }

    /// <summary>The lines from a number on, and what to wait for when there may be more; null when there will be none.</summary>
    public (IReadOnlyList<LogLine> Lines, Task? More) From(int number)
    {
        lock (gate)
        {
            return (_lines[Math.Min(number, _lines.Count)..], IsClosed ? null : _changed.Task);
        }
    }

    private void Wake()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <param name="Text">With its line break; any bytes.</param>
internal sealed record LogLine(DateTimeOffset At, ReadOnlyMemory<byte> Text)
{
    /// <summary>What stands before the line when times are asked for.</summary>
    public byte[] Time() => Encoding.ASCII.GetBytes(At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z '", null));
}
