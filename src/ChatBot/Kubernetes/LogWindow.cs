using System.Text;
using ChatBot.Incidents.Findings.Logs;

namespace ChatBot.Kubernetes;

/// <summary>The memory with which one log after the other is read: so much and no more, however long the logs are.</summary>
/// <remarks>Not for two logs at once.</remarks>
internal sealed class LogWindow
{
    /// <summary>64 KiB at a time.</summary>
    private const int Piece = 64 * 1024;

    private readonly byte[] _bytes = new byte[Piece];
    private readonly char[] _characters = new char[Encoding.UTF8.GetMaxCharCount(Piece)];
    private readonly char[] _lines = new char[LogScan.Window];
    private readonly Decoder _decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false).GetDecoder();

    /// <summary>Reads a log to its end, or to <paramref name="atMost"/> bytes. What isn't UTF-8 becomes U+FFFD.</summary>
    /// <param name="read">Reads the next bytes; none at the end.</param>
    /// <returns>How many bytes there were. On any exception, what was read until then is in the tally.</returns>
    public async Task<long> ReadAsync(LogSource source, LogTally tally, Func<Memory<byte>, ValueTask<int>> read, long atMost)
    {
        var scan = new LogScan(source, tally, _lines);
        _decoder.Reset();
        var total = 0L;
        try
        {
            while (total < atMost && await read(_bytes) is > 0 and var count)
            {
                total += count;
                scan.Add(_characters.AsSpan(0, _decoder.GetChars(_bytes.AsSpan(0, count), _characters, flush: false)));
            }

            return total;
        }
        finally
        {
            scan.End();
        }
    }
}
