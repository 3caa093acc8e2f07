namespace ChatBot.Sandbox.Slack;

internal enum RateTier
{
    Tier1,
    Tier2,
    Tier3,
    Tier4,
    Special,

    /// <summary>Counted per channel.</summary>
    PostMessage,
}

/// <summary>A token bucket per method, or per channel for posts.</summary>
internal sealed class RateGate(SlackRateLimits limits, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Bucket> _buckets = [];

    /// <returns>Null when the call may pass; otherwise the seconds of Retry-After.</returns>
    public int? Take(string method, RateTier tier, string? channel)
    {
        if (!limits.Enabled)
        {
            return null;
        }

        var rate = RateOf(tier);
        var key = tier is RateTier.PostMessage ? $"{method} {channel}" : method;
        var now = time.GetTimestamp();
        lock (_gate)
        {
            var bucket = _buckets.TryGetValue(key, out var known) ? known : new Bucket(rate.Burst, now);
            var refilled = bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalMinutes * rate.PerMinute);
            var tokens = Math.Min(rate.Burst, refilled);
            var passes = tokens >= 1;
            _buckets[key] = new Bucket(passes ? tokens - 1 : tokens, now);
            return passes ? null : Math.Max(1, (int)Math.Ceiling((1 - tokens) / rate.PerMinute * 60));
        }
    }

    private SlackRate RateOf(RateTier tier) => tier switch
    {
        RateTier.Tier1 => limits.Tier1,
        RateTier.Tier2 => limits.Tier2,
        RateTier.Tier3 => limits.Tier3,
        RateTier.Tier4 => limits.Tier4,
        RateTier.PostMessage => limits.PostPerChannel,
        _ => limits.Special,
    };

    private readonly record struct Bucket(double Tokens, long At);
}
