using ChatBot.Databases;
using ChatBot.Databases.MySql;
using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.IntegrationTests.MySql;

public sealed class MariaDbAccountLimitsTests(GuardedMariaDb server) : AccountLimitsTests(server), IClassFixture<GuardedMariaDb>;

public sealed class MySqlAccountLimitsTests(GuardedMySql server) : AccountLimitsTests(server), IClassFixture<GuardedMySql>;

public abstract class AccountLimitsTests : IAsyncDisposable
{
    private const string Key = "a1b2c3d4e5f6g7h8i9j0k1l2m";

    private readonly GuardedServer _server;

    protected AccountLimitsTests(GuardedServer server)
    {
        Assert.SkipUnless(server.WhyNot is null, $"Left out, because {server.WhyNot}");
        _server = server;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _server.CleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task The_routine_takes_no_protected_account_for_another_that_is_written_alike()
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync(limits: true);
        await _server.ExecuteAsync("create user 'billing'@'%'");
        await _server.ExecuteAsync("create user 'Billing'@'%'");
        await _server.ExecuteAsync("insert into chatbot.protected (user) values ('billing')");
        try
        {
            var server = (await (await _server.BotAsync()).FindLimitAsync("Billing", token))!.Server;
            foreach (var (user, answer) in new[] { ("billing", "none"), ("Billing", "set") })
            {
                // By hand: the bot itself looks the account up to the letter.
                await using var bot = new MySqlConnection(_server.Target.ConnectionString(Door.Main));
                await bot.OpenAsync(token);
                await using var command = new MySqlCommand($"call chatbot.limit_account('{server.Identity}', '{user}', '%', null, 1)", bot);
                Assert.Equal(answer, await command.ExecuteScalarAsync(token));
            }
        }
        finally
        {
            await _server.ExecuteAsync("delete from chatbot.protected where user = 'billing'");
            await _server.ExecuteAsync("drop user 'billing'@'%', 'Billing'@'%'");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_first_limit_says_whom_it_counts_and_a_second_one_is_set_only_over_the_first()
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync(limits: true);
        await _server.ExecuteAsync("alter user 'app'@'%' with max_user_connections 0");
        await _server.OpenAsync();
        await _server.OpenAsync();
        var bot = await _server.BotAsync();
        var found = await bot.FindLimitAsync("app", token);
        Assert.NotNull(found);
        Assert.Equal(("app@%", null, 2), (found.Account, found.Limit, found.Used));

        var first = new AccountLimitChange(found.Server, found.Account, null, 1);
        Assert.Equal(Outcome.NotApplied, (await bot.ObserveLimitAsync(first, Key, token)).Outcome); // proven: may be sent once more
        var set = await bot.LimitAsync(first, Key, token);
        Assert.Equal(Outcome.Applied, set.Outcome);
        Assert.Contains("counts only sessions opened from now on", set.Detail, StringComparison.Ordinal);
        Assert.Equal(Outcome.AlreadySatisfied, (await bot.ObserveLimitAsync(first, Key, token)).Outcome);

        // As told: two were open, and one more gets in before it bites.
        await _server.OpenAsync();
        var refused = await Assert.ThrowsAsync<MySqlException>(() => _server.OpenAsync());
        Assert.Equal(MySqlErrorCode.UserLimitReached, refused.ErrorCode);

        Assert.Equal(Outcome.AlreadySatisfied, (await bot.LimitAsync(first, Key, token)).Outcome); // twice is harmless
        Assert.Equal(Outcome.Drift, (await bot.LimitAsync(first with { To = 7 }, Key, token)).Outcome); // the old value was none
        Assert.Equal(1, (await bot.FindLimitAsync("app", token))?.Limit);

        // And back.
        Assert.Equal(Outcome.Superseded, (await bot.LimitAsync(new(found.Server with { Identity = "other" }, "app@%", 1, null), Key, token)).Outcome);
        Assert.Equal(new StepResult(Outcome.Applied, "Set, and seen there."), await bot.LimitAsync(new(found.Server, "app@%", 1, null), Key, token));
        Assert.Null((await bot.FindLimitAsync("app@%", token))?.Limit);
        Assert.NotNull(await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 50), token)); // read only again, and well
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_limits_the_privileged_the_protected_the_unknown_or_one_of_several()
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync(limits: true);
        await _server.ExecuteAsync("create user if not exists 'many'@'10.0.0.1'; create user if not exists 'many'@'10.0.0.2'");
        var bot = await _server.BotAsync();
        var server = (await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 1), token)).Server;

        foreach (var name in new[] { "root", "dba", "boss", "payroll", "backup", "chatbot", "chatbot_owner", "nobody", "APP", "many" })
        {
            Assert.Null(await bot.FindLimitAsync(name, token));
        }

        foreach (var account in new[] { "root@localhost", "dba@%", "boss@%", "payroll@%", "chatbot@%", "nobody@%" })
        {
            Assert.Equal(Outcome.Drift, (await bot.LimitAsync(new(server, account, account == "chatbot@%" ? 3 : null, 1), Key, token)).Outcome);
        }

        Assert.Equal("many@10.0.0.2", (await bot.FindLimitAsync("many@10.0.0.2", token))?.Account);
        Assert.Equal(0, await _server.Server.ScalarAsync<long>(
            "select count(*) from mysql.user where user <> 'chatbot' and max_user_connections > 0", cancellationToken: token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_its_part_of_the_manifest_the_grant_is_named_and_the_statement_can_be_pasted()
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync();
        await _server.TryAsync("revoke execute on procedure chatbot.limit_account from 'chatbot'@'%'");
        var bot = await _server.BotAsync();
        var found = await bot.FindLimitAsync("app", token);
        Assert.NotNull(found);

        var result = await bot.LimitAsync(new(found.Server, found.Account, null, 9), Key, token);

        Assert.Equal(Outcome.NotApplied, result.Outcome);
        Assert.Contains("grant execute on procedure chatbot.limit_account", result.Detail, StringComparison.Ordinal);
        Assert.EndsWith("The limit was left as it was.", result.Detail, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("it's")]
    [InlineData("\\'; drop user 'app'@'%'; --")]
    [InlineData("a`b``c")]
    [InlineData("\"quoted\" @ home")]
    [InlineData("user@host")]
    [InlineData("Ωλ漢字")]
    public async Task Nasty_names_are_limited_by_the_routine_and_by_the_pasted_statement(string user)
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync(limits: true);
        var account = MySqlNames.Quote(user, "10.0.0.%");
        await _server.ExecuteAsync($"create user {account}");
        try
        {
            var bot = await _server.BotAsync();
            var found = await bot.FindLimitAsync(user, token);
            Assert.NotNull(found);
            Assert.Equal($"{user}@10.0.0.%", found.Account);

            Assert.Equal(Outcome.Applied, (await bot.LimitAsync(new(found.Server, found.Account, null, 5), Key, token)).Outcome);
            Assert.Equal(5, (await bot.FindLimitAsync(user, token))?.Limit);

            await _server.ExecuteAsync($"set session sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'; {bot.LimitStatement(new(found.Server, found.Account, 5, 6))}");
            Assert.Equal(6, (await bot.FindLimitAsync(user, token))?.Limit);
        }
        finally
        {
            await _server.ExecuteAsync($"drop user {account}");
        }
    }
}
