namespace ChatBot.IntegrationTests;

/// <summary>The system's clock, but a test can be ahead of it; timers run as ever.</summary>
internal sealed class SkippingClock : TimeProvider
{
    private long _ahead;

    public void Skip(TimeSpan time) => Interlocked.Add(ref _ahead, (long)(time.TotalSeconds * TimestampFrequency));

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _ahead);
}
