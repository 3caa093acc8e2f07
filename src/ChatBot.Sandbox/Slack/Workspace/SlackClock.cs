using System.Globalization;

namespace ChatBot.Sandbox.Slack;

/// <summary>Timestamps as Slack writes them: <c>1700000000.000100</c>, each later than the one before.</summary>
internal sealed class SlackClock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _last;

    public string Next()
    {
        lock (_gate)
        {
            var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            _last = Math.Max(_last + 1, now);
            return Write(_last);
        }
    }

    private static string Write(long microseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000}.{microseconds % 1_000_000:D6}");
}
