using ChatBot.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ChatBot.IntegrationTests.Store;

/// <summary>SQLite's store takes the time of this machine; somebody may set its clock back.</summary>
public sealed class ClockTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-clock-").FullName;
    private readonly SettableClock _clock = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Time_goes_on_when_the_clock_is_set_back()
    {
        await using var store = await OpenAsync();
        _clock.Steady.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(Noon.AddMinutes(5), await NowAsync(store));

        _clock.Offset = TimeSpan.FromMinutes(-65);
        _clock.Steady.Advance(TimeSpan.FromMinutes(20));

        Assert.Equal(Noon.AddMinutes(25), await NowAsync(store));
    }

    [Fact]
    public async Task A_clock_that_is_set_forward_is_believed()
    {
        await using var store = await OpenAsync();
        await NowAsync(store);

        _clock.Offset = TimeSpan.FromHours(2);

        Assert.Equal(Noon.AddHours(2), await NowAsync(store));
    }

    [Fact]
    public async Task A_clock_that_was_set_back_while_the_bot_was_off_does_not_turn_back_the_store()
    {
        await using (var store = await OpenAsync())
        {
            await store.WriteAsync(
                (tx, _) => tx.SaveIncidentAsync(new IncidentRow("i1", "orders-db", "Deciding", IsOpen: true, 0, "C1", tx.Now, tx.Now)),
                TestContext.Current.CancellationToken);
        }

        _clock.Offset = TimeSpan.FromHours(-1);
        await using var again = await OpenAsync();

        Assert.Equal(Noon, await NowAsync(again));
    }

    private Task<IncidentStore> OpenAsync() => IncidentStore.OpenAsync(
        new SqliteStoreSettings(Path.Combine(_folder, "chatbot.db")), _clock, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

    private static Task<DateTimeOffset> NowAsync(IncidentStore store) =>
        store.WriteAsync((tx, _) => Task.FromResult(tx.Now), TestContext.Current.CancellationToken);

    /// <summary>A machine's two clocks: the one that shows the time can be set, the other can't.</summary>
    private sealed class SettableClock : TimeProvider
    {
        public FakeTimeProvider Steady { get; } = new(Noon);

        public TimeSpan Offset { get; set; }

        public override long TimestampFrequency => Steady.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => Steady.GetUtcNow() + Offset;

        public override long GetTimestamp() => Steady.GetTimestamp();
    }
}
