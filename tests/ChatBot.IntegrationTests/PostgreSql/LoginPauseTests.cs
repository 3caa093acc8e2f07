using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class LoginPause15Tests(SmallServer server) : LoginPauseTests(server), IClassFixture<SmallServer>;

public sealed class LoginPause18Tests(SmallServer18 server) : LoginPauseTests(server), IClassFixture<SmallServer18>;

/// <summary>Where nobody gets in, the bot goes on trying, but adds next to nothing to the server's load: the server's log counts.</summary>
public abstract class LoginPauseTests(SmallServer server) : IAsyncDisposable
{
    private readonly SkippingClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await server.InstallAsync();
        await server.CleanAsync();
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = 120_000)]
    public async Task On_a_full_server_one_round_insists_and_later_ones_try_twice_in_ten_seconds_whoever_asks()
    {
        await server.FillAsync();
        await using var bot = Unopened(server.Target);
        var logged = await server.RefusedAsync();
        var first = await FailAsync(bot);
        Assert.InRange(first.RefusedLogins, 3, 40);
        Assert.Equal(first.RefusedLogins, await server.RefusedAsync() - logged);

        var refused = first.RefusedLogins;
        for (var interval = 0; interval < 3; interval++)
        {
            for (var asker = 0; asker < 3; asker++)
            {
                Assert.Equal((UnavailableReason.Full, refused), ((await FailAsync(bot)).Reason, (await FailAsync(bot)).RefusedLogins));
            }

            Assert.Equal(refused, await server.RefusedAsync() - logged); // nobody tried meanwhile
            _clock.Skip(TimeSpan.FromSeconds(10));
            refused += 2;
            Assert.Equal(refused, (await FailAsync(bot)).RefusedLogins);
            Assert.Equal(refused, await server.RefusedAsync() - logged);
        }

        bot[SmallServer.Name].Insist();
        Assert.InRange((await FailAsync(bot)).RefusedLogins - refused, 3, 40);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_is_not_let_in_for_another_reason_tries_once_and_ever_less_often()
    {
        await server.ExecuteAsync("alter role chatbot nologin");
        await using var bot = Unopened(server.Target with { Password = new Secret("hunter2-hunter2") });
        var logged = await server.RefusedAsync();

        foreach (var (pause, tries) in new[] { (0, 1), (1, 2), (2, 3), (5, 4), (5, 4), (5, 5), (10, 5), (20, 6), (30, 6), (30, 7) })
        {
            _clock.Skip(TimeSpan.FromSeconds(pause));
            Assert.Equal((UnavailableReason.Refused, 0), ((await FailAsync(bot)).Reason, (await FailAsync(bot)).RefusedLogins));
            Assert.Equal(tries, await server.RefusedAsync() - logged);
        }

        bot[SmallServer.Name].Insist();
        await FailAsync(bot);
        Assert.Equal(8, await server.RefusedAsync() - logged);
    }

    [Fact(Timeout = 120_000)]
    public async Task Whoever_got_in_insists_again_the_next_time()
    {
        var sessions = await server.FillAsync();
        await using var bot = Unopened(server.Target);
        await FailAsync(bot);
        await server.CloseAsync(sessions[0]);
        _clock.Skip(TimeSpan.FromSeconds(10));
        await bot[SmallServer.Name].PingAsync(Token);
        Assert.Equal(TimeSpan.Zero, bot[SmallServer.Name].RetryIn);

        await server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'chatbot'");
        await server.UntilAsync("select not exists (select from pg_stat_activity where usename = 'chatbot')");
        await server.FillAsync();

        Assert.InRange((await FailAsync(bot)).RefusedLogins, 3, 40);
    }

    private WarmConnections Unopened(PostgreSqlTarget target) => new([target], _clock, NullLoggerFactory.Instance);

    private static Task<TargetUnavailableException> FailAsync(WarmConnections bot) =>
        Assert.ThrowsAsync<TargetUnavailableException>(() => bot[SmallServer.Name].PingAsync(Token));
}
