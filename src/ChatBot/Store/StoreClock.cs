namespace ChatBot.Store;

/// <summary>The store's time where the store has no clock of its own (SQLite): it never goes back.</summary>
/// <remarks>
/// A clock that is set back by an hour would keep every approval valid for an hour longer and stop every timer. So time goes
/// on from the latest moment that was seen, by the clock that nobody sets; a clock that is set forward is believed, since
/// that only lets things expire early.
/// </remarks>
internal sealed class StoreClock(TimeProvider clock)
{
    private readonly Lock _turn = new();
    private DateTimeOffset _latest = DateTimeOffset.MinValue;
    private long _seenAt = clock.GetTimestamp();

    public DateTimeOffset Now
    {
        get
        {
            lock (_turn)
            {
                var (wall, steady) = (clock.GetUtcNow(), _latest + clock.GetElapsedTime(_seenAt));
                _seenAt = clock.GetTimestamp();
                return _latest = wall > steady ? wall : steady;
            }
        }
    }

    /// <summary>A predecessor saw this moment already.</summary>
    public void NotBefore(DateTimeOffset moment)
    {
        lock (_turn)
        {
            if (moment > _latest)
            {
                (_latest, _seenAt) = (moment, clock.GetTimestamp());
            }
        }
    }
}
