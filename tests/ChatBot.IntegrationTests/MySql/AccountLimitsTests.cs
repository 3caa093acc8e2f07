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
    public async Task Nobody_limits_the_privileged_the_protected_or_the_unknown()
    {
        var token = TestContext.Current.CancellationToken;
        const string limited = "select group_concat(user, '@', host, ' ', max_user_connections order by user, host) from mysql.user where max_user_connections > 0";
        await _server.InstallAsync(limits: true);
        await _server.ExecuteAsync("create user if not exists 'many'@'10.0.0.1'; create user if not exists 'many'@'10.0.0.2'");
        var before = await _server.Server.ScalarAsync<string>(limited, cancellationToken: token);
        var bot = await _server.BotAsync();
        var server = (await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 1), token)).Server;

        foreach (var name in new[] { "root", "dba", "boss", "payroll", "backup", "chatbot", "chatbot_owner", "nobody", "APP" })
        {
            Assert.Null(await bot.FindLimitAsync(name, token));
        }

        foreach (var account in new[] { "root@localhost", "dba@%", "boss@%", "payroll@%", "chatbot@%", "nobody@%" })
        {
            Assert.Equal(Outcome.Drift, (await bot.LimitAsync(new(server, account, account == "chatbot@%" ? 3 : null, 1), Key, token)).Outcome);
        }

        Assert.Equal(["many@10.0.0.1", "many@10.0.0.2"], (await bot.FindLimitsAsync("many", token)).Select(limit => limit.Account).Order());
        Assert.Equal("many@10.0.0.2", (await bot.FindLimitAsync("many@10.0.0.2", token))?.Account);
        Assert.Equal(before, await _server.Server.ScalarAsync<string>(limited, cancellationToken: token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_its_part_of_the_manifest_the_grant_is_named_and_the_statement_can_be_pasted()
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync();
        var bot = await _server.BotAsync();
        var found = await bot.FindLimitAsync("app", token);
        Assert.NotNull(found);

        var result = await bot.LimitAsync(new(found.Server, found.Account, null, 9), Key, token);

        Assert.Equal(Outcome.NotApplied, result.Outcome);
        Assert.Contains("grant execute on procedure chatbot.limit_account", result.Detail, StringComparison.Ordinal);
        Assert.EndsWith("The limit was left as it was.", result.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Running_the_manifest_again_takes_nothing_away_that_was_granted_by_its_optional_part()
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync(limits: true);
        await _server.RunManifestAsync();

        var bot = await _server.BotAsync();
        Assert.Null(await bot.WhyNotLimitAsync("app@%", token));
        Assert.Null(await bot.WhyNotAsync(ServerRight.EndSessions, token));
    }

    /// <summary>The owner may write where others may not: on a replica the change would be there alone, and its own transaction in the log.</summary>
    [Fact(Timeout = 60_000)]
    public async Task On_a_server_that_is_read_only_nothing_is_planned_and_nothing_is_set()
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync(limits: true);
        var bot = await _server.BotAsync();
        var found = await bot.FindLimitAsync("app", token);
        await _server.ExecuteAsync("set global read_only = on");
        try
        {
            const string words = "orders-db is read only, as a replica is: limit the account on its primary.";
            Assert.Equal(new LimitGap(words), await bot.WhyNotLimitAsync("app@%", token));
            Assert.Equal(
                new StepResult(Outcome.NotApplied, $"{words} The limit was left as it was."),
                await bot.LimitAsync(new(found!.Server, found.Account, found.Limit, 9), Key, token));
        }
        finally
        {
            await _server.ExecuteAsync("set global read_only = off");
        }

        Assert.Equal(found.Limit, (await bot.FindLimitAsync("app", token))?.Limit);
        Assert.Null(await bot.WhyNotLimitAsync("app@%", token));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(Passing.Statement, Outcome.NotApplied, "No answer came, but the limit is still what it was.")]
    [InlineData(Passing.Answer, Outcome.AlreadySatisfied, "The limit is what was asked for. Whether the bot set it can't be proven.")]
    public async Task Without_an_answer_only_what_is_seen_counts(Passing at, Outcome outcome, string words)
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync(limits: true);
        await _server.ExecuteAsync("alter user 'app'@'%' with max_user_connections 30");
        await using var wire = WatchedWire.CutOnce(_server.Server.Port, "call chatbot.limit_account", at, out var cuts);
        var bot = await _server.BotAsync(_server.Target with { Port = wire.Port });
        try
        {
            var found = await bot.FindLimitAsync("app", token);
            var change = new AccountLimitChange(found!.Server, found.Account, 30, 20);

            var result = await bot.LimitAsync(change, Key, token);

            Assert.Equal((1, outcome), (cuts(), result.Outcome));
            Assert.StartsWith(words, result.Detail, StringComparison.Ordinal);
            Assert.Equal(at is Passing.Answer ? 20 : 30, (await bot.FindLimitAsync("app", token))?.Limit);
            Assert.Equal(outcome, (await bot.ObserveLimitAsync(change, Key, token)).Outcome);
        }
        finally
        {
            await _server.ExecuteAsync("alter user 'app'@'%' with max_user_connections 0");
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_order_that_waits_for_a_lock_may_yet_be_carried_out_and_is_not_called_undone(bool released)
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync(limits: true);
        await _server.ExecuteAsync("alter user 'app'@'%' with max_user_connections 0");
        var bot = await _server.BotAsync(_server.Target with { StatementTimeout = TimeSpan.FromSeconds(40), LockTimeout = TimeSpan.FromSeconds(40) });
        var found = await bot.FindLimitAsync("app", token);
        var change = new AccountLimitChange(found!.Server, found.Account, null, 20);
        await using var root = new MySqlConnection(_server.RootConnectionString);
        await root.OpenAsync(token);
        await root.RunAsync("flush tables with read lock");
        var limiting = bot.LimitAsync(change, Key, token);
        await _server.UntilAsync("select count(*) > 0 from information_schema.processlist where user in ('chatbot', 'chatbot_owner') and state like 'Waiting for %'");

        // A second bot takes over, as after a crash, while the first one's order still waits.
        var heir = await _server.BotAsync(_server.Target with { SeenGoneWithin = TimeSpan.FromSeconds(released ? 30 : 1) });
        var observing = heir.ObserveLimitAsync(change, Key, token);
        if (!released)
        {
            Assert.Equal(new StepResult(Outcome.Ambiguous, "Not set, but the order to set it may yet be carried out. A person has to look."), await observing);
        }

        await root.RunAsync("unlock tables");
        Assert.Equal(Outcome.Applied, (await limiting).Outcome);
        if (released)
        {
            Assert.Equal(Outcome.AlreadySatisfied, (await observing).Outcome);
        }
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
