using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class RoleLimitTests(SmallServer server) : RoleLimiting(server), IClassFixture<SmallServer>;

public sealed class RoleLimit18Tests(SmallServer18 server) : RoleLimiting(server), IClassFixture<SmallServer18>;

/// <summary>Limits of roles, through the server's guard and with a right of the bot's own; seen in the server's own catalog.</summary>
public abstract class RoleLimiting(SmallServer server) : IAsyncDisposable
{
    private const string Key = "a1b2c3d4e5f6g7h8i9j0k1l2m";

    private WarmConnections? _bot;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await server.CleanAsync();
        await server.ExecuteAsync("alter role app connection limit -1; alter role chatbot nocreaterole; drop schema if exists chatbot cascade");
        await server.InstallAsync();
        GC.SuppressFinalize(this);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_limit_is_set_holds_for_new_sessions_and_is_taken_back(bool guarded)
    {
        var target = await TargetAsync(guarded);
        await server.OpenAsync();
        var session = await server.OpenAsync();
        var found = await target.FindLimitAsync("app", Token);
        Assert.Equal(("app", null, 2), (found!.Account, found.Limit, found.Used));

        var change = new AccountLimitChange(found.Server, "app", From: null, To: 2);
        var result = await target.LimitAsync(change, Key, Token);

        Assert.Equal(Outcome.Applied, result.Outcome);
        Assert.Equal(2, (await target.FindLimitAsync("app", Token))!.Limit);
        Assert.True(await session.AnswersAsync());
        Assert.Equal(PostgresErrorCodes.TooManyConnections, (await Assert.ThrowsAsync<PostgresException>(() => server.OpenAsync())).SqlState);

        // Twice changes nothing, and the way back is a change like any other.
        Assert.Equal(Outcome.AlreadySatisfied, (await target.LimitAsync(change, Key, Token)).Outcome);
        Assert.Equal(Outcome.AlreadySatisfied, (await target.ObserveLimitAsync(change, Key, Token)).Outcome);
        Assert.Equal(Outcome.Applied, (await target.LimitAsync(change with { From = 2, To = null }, Key, Token)).Outcome);
        Assert.Equal(-1, await LimitOfAsync("app"));
        await server.OpenAsync();

        // The bot's session only reads again, under its own name.
        await server.UntilAsync("select count(*) = 1 from pg_stat_activity where usename = 'chatbot' and application_name = 'chatbot'");
        Assert.Equal("on", await BotSaysAsync("show default_transaction_read_only"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_somebody_else_changed_meanwhile_is_left_alone(bool guarded)
    {
        var target = await TargetAsync(guarded);
        var found = await target.FindLimitAsync("app", Token);
        await server.ExecuteAsync("alter role app connection limit 7");

        var change = new AccountLimitChange(found!.Server, "app", From: null, To: 2);
        Assert.Equal(Outcome.Drift, (await target.LimitAsync(change, Key, Token)).Outcome);
        Assert.Equal(Outcome.Drift, (await target.ObserveLimitAsync(change, Key, Token)).Outcome);
        Assert.Equal(Outcome.Superseded, (await target.LimitAsync(
            change with { From = 7, Server = new ServerPin(found.Server.StartedAt.AddMicroseconds(-1)) }, Key, Token)).Outcome);
        Assert.Equal(Outcome.Superseded, (await target.LimitAsync(change with { Account = "nobody" }, Key, Token)).Outcome);
        Assert.Equal(Outcome.NotApplied, (await target.LimitAsync(change with { From = 7, To = 0 }, Key, Token)).Outcome);
        Assert.Equal(7, await LimitOfAsync("app"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_protected_or_privileged_is_limited(bool guarded)
    {
        var target = await TargetAsync(guarded);
        var start = (await target.FindLimitAsync("app", Token))!.Server;
        await server.ExecuteAsync("create role mirror login replication; create role chief login superuser; create role billing login");
        await server.ExecuteAsync(guarded ? "insert into chatbot.protected values ('billing')" : "drop role billing");
        try
        {
            foreach (var account in new[] { "backup", "mirror", "chief", "postgres", "chatbot", "billing", "nobody" })
            {
                Assert.Null(await target.FindLimitAsync(account, Token));
                var from = account == "chatbot" ? 3 : default(int?);
                var result = await target.LimitAsync(new AccountLimitChange(start, account, from, 9), Key, Token);
                Assert.True(result.Outcome is Outcome.NotApplied or Outcome.Superseded, $"{account}: {result}");
            }

            Assert.Equal(0, await server.Server.ScalarAsync<long>("select count(*) from pg_roles where rolconnlimit = 9", cancellationToken: Token));
        }
        finally
        {
            await server.ExecuteAsync("drop role mirror; drop role chief; drop role if exists billing");
            await server.ExecuteAsync("do $$ begin if to_regclass('chatbot.protected') is not null then delete from chatbot.protected; end if; end $$");
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true, Passing.Statement, Outcome.NotApplied, -1)]
    [InlineData(false, Passing.Statement, Outcome.NotApplied, -1)]
    [InlineData(true, Passing.Answer, Outcome.AlreadySatisfied, 2)]
    [InlineData(false, Passing.Answer, Outcome.AlreadySatisfied, 2)]
    public async Task Without_an_answer_only_what_is_seen_counts(bool guarded, Passing at, Outcome outcome, int limit)
    {
        await using var wire = WatchedWire.CutOnce(server.Server.Port, guarded ? "chatbot.limit_role" : "alter role %I", at, out var cuts);
        var target = await TargetAsync(guarded, wire.Port);
        var change = new AccountLimitChange((await target.FindLimitAsync("app", Token))!.Server, "app", null, 2);

        var result = await target.LimitAsync(change, Key, Token);

        Assert.Equal((1, outcome), (cuts(), result.Outcome));
        Assert.Equal(limit, await LimitOfAsync("app"));
        Assert.Equal(outcome, (await target.ObserveLimitAsync(change, Key, Token)).Outcome);
        Assert.Equal("on", await BotSaysAsync("show default_transaction_read_only"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_right_the_gap_is_named_and_nothing_changes()
    {
        // Another test of the class may have installed it: a server without it is what this one begins from.
        await server.ExecuteAsync("drop schema chatbot cascade");
        await server.InstallAsync();
        var target = new PostgreSqlTargetServer(SmallServer.Name, await server.BotAsync(), TimeProvider.System);
        var change = new AccountLimitChange((await target.FindLimitAsync("app", Token))!.Server, "app", null, 2);

        Assert.EndsWith(
            "run manifests/databases/postgresql-limit-role.sql in the database postgres.",
            await target.WhyNotAsync(ServerRight.LimitAccounts, Token),
            StringComparison.Ordinal);
        Assert.Equal(new StepResult(Outcome.NotApplied, RoleLimitVerdict.LacksRight), await target.LimitAsync(change, Key, Token));

        await InstallLimitingAsync();
        Assert.Null(await target.WhyNotAsync(ServerRight.LimitAccounts, Token));
        foreach (var (revoke, grant) in new[]
        {
            ("revoke usage on schema chatbot from chatbot", "grant usage on schema chatbot to \"chatbot\";"),
            ($"revoke execute on function chatbot.limit_role({ServerGuard.LimitRoleTypes}) from chatbot",
                $"grant execute on function chatbot.limit_role({ServerGuard.LimitRoleTypes}) to \"chatbot\";"),
            ("revoke select on chatbot.protected from chatbot_limiter",
                "grant usage on schema chatbot to chatbot_limiter; grant select on chatbot.protected to chatbot_limiter;"),
        })
        {
            await server.ExecuteAsync(revoke);
            Assert.EndsWith(grant, await target.WhyNotAsync(ServerRight.LimitAccounts, Token), StringComparison.Ordinal);
            Assert.Equal(Outcome.NotApplied, (await target.LimitAsync(change, Key, Token)).Outcome);
            await server.ExecuteAsync(grant);
            Assert.Null(await target.WhyNotAsync(ServerRight.LimitAccounts, Token));
        }

        await server.ExecuteAsync("alter role chatbot_limiter nocreaterole");
        Assert.Contains("alter role chatbot_limiter createrole;", await target.WhyNotAsync(ServerRight.LimitAccounts, Token), StringComparison.Ordinal);
        Assert.Equal(Outcome.NotApplied, (await target.LimitAsync(change, Key, Token)).Outcome);
        Assert.Equal(-1, await LimitOfAsync("app"));
    }

    /// <summary>From PostgreSQL 16 on a right to change roles is one for each role.</summary>
    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_role_that_was_not_granted_is_named_with_its_grant_before_anybody_approves(bool guarded)
    {
        var target = await TargetAsync(guarded);
        await server.ExecuteAsync("create role reports login");
        try
        {
            Assert.Null(await target.WhyNotLimitAsync("app", Token));
            var change = new AccountLimitChange((await target.FindLimitAsync("reports", Token))!.Server, "reports", null, 2);
            var gap = await target.WhyNotLimitAsync("reports", Token);
            if (server is SmallServer18)
            {
                var limiter = guarded ? "chatbot_limiter" : "chatbot";
                Assert.Equal(
                    new LimitGap("On orders-db the bot may not limit this role: it has to be granted for that.", $"grant \"reports\" to \"{limiter}\" with admin true, inherit false, set false;"),
                    gap);
                Assert.Equal(new StepResult(Outcome.NotApplied, RoleLimitVerdict.LacksRight), await target.LimitAsync(change, Key, Token));
                await server.ExecuteAsync(gap!.Grant!);
                gap = await target.WhyNotLimitAsync("reports", Token);
            }

            Assert.Null(gap);
            Assert.Equal(Outcome.Applied, (await target.LimitAsync(change, Key, Token)).Outcome);
        }
        finally
        {
            await server.ExecuteAsync("drop role reports");
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("app")]
    [InlineData("Shop API")]
    [InlineData("o\"neil\"; drop role \"app\" --")]
    [InlineData("it's \\ 100%")]
    [InlineData("a\nb\tc")]
    [InlineData("turned\u202Earound\u200B\\")]
    [InlineData("Jürgen 🐘")]
    [InlineData("$$:name:'x'")]
    public async Task Any_name_is_limited_and_the_statement_to_paste_does_the_same(string name)
    {
        await InstallLimitingAsync();
        var target = new PostgreSqlTargetServer(SmallServer.Name, await server.BotAsync(), TimeProvider.System);
        await ForNameAsync(name, "if not exists (select from pg_roles where rolname = current_setting('test.name')) then execute format('create role %I login', current_setting('test.name')); end if");
        await GrantToLimiterAsync(name);
        try
        {
            var found = await target.FindLimitAsync(name, Token);
            var change = new AccountLimitChange(found!.Server, name, null, 5);
            Assert.Equal(Outcome.Applied, (await target.LimitAsync(change, Key, Token)).Outcome);
            Assert.Equal(5, await LimitOfAsync(name));

            var statement = target.LimitStatement(change with { From = 5, To = 6 });
            Assert.DoesNotContain(statement, letter => char.IsControl(letter) || letter is '\u202E' or '\u200B');
            await server.ExecuteAsync(statement);
            Assert.Equal(6, await LimitOfAsync(name));
            await server.ExecuteAsync(target.LimitStatement(change with { From = 6, To = null }));
            Assert.Equal(-1, await LimitOfAsync(name));
        }
        finally
        {
            if (name != "app")
            {
                await ForNameAsync(name, "execute format('drop role %I', current_setting('test.name'))");
            }
        }
    }

    private async Task<PostgreSqlTargetServer> TargetAsync(bool guarded, int? port = null)
    {
        if (guarded)
        {
            await InstallLimitingAsync();
        }
        else
        {
            await server.ExecuteAsync("drop schema chatbot cascade; alter role chatbot createrole");
            await server.ExecuteAsync("do $$ begin if current_setting('server_version_num')::int >= 160000 then grant app to chatbot with admin option; end if; end $$");
        }

        _bot = await server.BotAsync(server.Target with { Port = port ?? server.Server.Port });
        return new PostgreSqlTargetServer(SmallServer.Name, _bot, TimeProvider.System);
    }

    private async Task InstallLimitingAsync()
    {
        await server.InstallAsync("postgresql-limit-role.sql");
        await server.InstallAsync("postgresql-limit-role.sql"); // running it again is harmless
        await GrantToLimiterAsync("app");
    }

    private Task GrantToLimiterAsync(string name) => ForNameAsync(
        name,
        "if current_setting('server_version_num')::int >= 160000 then execute format('grant %I to chatbot_limiter with admin true, inherit false, set false', current_setting('test.name')); end if");

    private async Task ForNameAsync(string name, string statement)
    {
        await using var admin = new NpgsqlConnection(server.Server.AdminConnectionString);
        await admin.OpenAsync(Token);
        await using var naming = new NpgsqlCommand("select set_config('test.name', @name, false)", admin);
        naming.Parameters.Add(new NpgsqlParameter<string>("name", name));
        await naming.ExecuteNonQueryAsync(Token);
        await admin.RunAsync($"do $do$ begin {statement}; end $do$");
    }

    private async Task<int> LimitOfAsync(string name)
    {
        await using var admin = new NpgsqlConnection(server.Server.AdminConnectionString);
        await admin.OpenAsync(Token);
        await using var command = new NpgsqlCommand("select rolconnlimit from pg_roles where rolname = @name", admin);
        command.Parameters.Add(new NpgsqlParameter<string>("name", name));
        return (int)(await command.ExecuteScalarAsync(Token))!;
    }

    /// <summary>Over the very session that set the limit, or its successor.</summary>
    private Task<string?> BotSaysAsync(string question) => _bot![SmallServer.Name].UseAsync(
        async (session, token) =>
        {
            await using var command = new NpgsqlCommand(question, session);
            return await command.ExecuteScalarAsync(token) as string;
        },
        Token);
}
