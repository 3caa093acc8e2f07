using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.IntegrationTests.PostgreSql;

public sealed class ServerGuardTests(SmallServer server) : ServerGuards(server), IClassFixture<SmallServer>;

public sealed class ServerGuard18Tests(SmallServer18 server) : ServerGuards(server), IClassFixture<SmallServer18>;

/// <summary>The shipped grants are enough; without any one of them the gap is named, with what closes it.</summary>
public abstract class ServerGuards(SmallServer server) : IAsyncDisposable
{
    // what is taken away, what the bot says, and what closes the gap: the words after the colon
    public static readonly IEnumerable<TheoryDataRow<string, string>> Gaps =
    [
        new("revoke pg_read_all_stats from chatbot", "grant pg_read_all_stats to \"chatbot\";"),
        new("drop schema chatbot cascade", "grant pg_signal_backend to \"chatbot\";"),
        new("revoke usage on schema chatbot from chatbot", "grant usage on schema chatbot to \"chatbot\";"),
        new($"revoke execute on function chatbot.end_session({ServerGuard.EndSessionTypes}) from chatbot",
            $"grant execute on function chatbot.end_session({ServerGuard.EndSessionTypes}) to \"chatbot\";"),
        new("revoke pg_signal_backend from chatbot_owner", "grant pg_signal_backend to chatbot_owner;"),
        new("revoke pg_read_all_stats from chatbot_owner", "grant pg_read_all_stats to chatbot_owner;"),
        new("revoke usage on schema chatbot from chatbot_owner", "grant usage on schema chatbot to chatbot_owner; grant select on chatbot.protected to chatbot_owner;"),
        new("revoke select on chatbot.protected from chatbot_owner", "grant usage on schema chatbot to chatbot_owner; grant select on chatbot.protected to chatbot_owner;"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await server.CleanAsync();
        await server.InstallAsync();
        GC.SuppressFinalize(this);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Gaps))]
    public async Task Without_any_one_grant_the_gap_is_named_nothing_ends_and_the_words_close_it(string revoke, string grant)
    {
        var bot = await server.BotAsync();
        var target = new PostgreSqlTargetServer(SmallServer.Name, bot, TimeProvider.System);
        await using var one = await ActedOn.OpenAsync(server, SessionAct.EndIdle);
        Assert.Null(await target.WhyNotAsync(ServerRight.EndSessions, Token));
        Assert.Null(await target.WhyNotAsync(ServerRight.CancelStatements, Token));

        await server.ExecuteAsync(revoke);
        Assert.EndsWith(grant, await target.WhyNotAsync(ServerRight.EndSessions, Token), StringComparison.Ordinal);
        Assert.EndsWith(grant, await target.WhyNotAsync(ServerRight.CancelStatements, Token), StringComparison.Ordinal);
        var denied = await one.ActAsync(bot);
        Assert.Equal(Outcome.NotApplied, denied.Outcome);
        Assert.Equal(revoke == "revoke pg_read_all_stats from chatbot" ? SessionVerdict.LacksSight : SessionVerdict.LacksSignal, denied.Detail);

        await server.ExecuteAsync(grant);
        Assert.Null(await target.WhyNotAsync(ServerRight.EndSessions, Token));
        Assert.Equal(Outcome.Applied, (await one.ActAsync(bot)).Outcome);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_bots_role_itself_can_end_nobody_but_through_the_guard()
    {
        var session = await server.OpenAsync();
        await using var bot = new NpgsqlConnection(server.Server.ConnectionString("chatbot"));
        await bot.OpenAsync(Token);

        foreach (var word in new[] { "pg_terminate_backend", "pg_cancel_backend" })
        {
            var denied = await Assert.ThrowsAsync<PostgresException>(() => bot.RunAsync($"select {word}({session.ProcessID})"));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, denied.SqlState);
        }

        foreach (var escape in new[]
        {
            "insert into chatbot.protected values ('x')", "delete from chatbot.protected", "create table chatbot.t (i int)", "set role chatbot_owner",
            "drop function chatbot.end_session", "alter role chatbot connection limit 100",
        })
        {
            await bot.RunAsync("set default_transaction_read_only = off");
            Assert.Equal(
                PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => bot.RunAsync(escape))).SqlState);
        }

        Assert.True(await session.AnswersAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Whatever_the_bot_asks_the_guard_holds_by_itself()
    {
        // The function by hand, with true pins: what the bot's own statement asks for is not in the way here.
        await using var bot = new NpgsqlConnection(server.Server.ConnectionString("chatbot"));
        await bot.OpenAsync(Token);
        await server.ExecuteAsync("insert into chatbot.protected values ('billing'), ('backup')");
        await server.ExecuteAsync("create role mirror login replication");
        try
        {
            string[][] untouchable =
            [
                ["backup", "shop-api"], ["app", "billing"], ["app", "billing - 10.1.2.3:456"], ["mirror", "shop-api"], ["postgres", "shop-api"],
            ];
            foreach (var who in untouchable)
            {
                var session = await server.OpenAsync(who[0], who[1]);
                Assert.Null(await CallAsync(bot, "end_idle", await server.PinAsync(session)));
                Assert.True(await session.AnswersAsync());
            }

            var other = await server.OpenAsync("chatbot", "shop-api", "postgres");
            Assert.Null(await CallAsync(bot, "end_idle", await server.PinAsync(other)));
            Assert.True(await other.AnswersAsync());

            var app = await server.OpenAsync();
            var pin = await server.PinAsync(app);
            foreach (var act in new[] { "end_idle_in_transaction", "end_transaction", "cancel_statement", "", "drop" })
            {
                Assert.Null(await CallAsync(bot, act, pin));
            }

            foreach (var stranger in new[]
            {
                pin with { StartedAt = pin.StartedAt.AddMicroseconds(1) }, pin with { StateChangedAt = pin.StateChangedAt.AddMicroseconds(1) },
                pin with { TransactionStartedAt = pin.StartedAt }, pin with { User = "postgres" }, pin with { Database = "postgres" },
            })
            {
                Assert.Null(await CallAsync(bot, "end_idle", stranger));
            }

            Assert.Null(await CallAsync(bot, "end_idle", pin, await server.StartedAtAsync() + TimeSpan.FromMicroseconds(1)));

            // In a transaction the view shows what was. The guard looks again.
            await bot.RunAsync("begin; select count(*) from pg_stat_activity");
            await app.RunAsync("select 1");
            Assert.Null(await CallAsync(bot, "end_idle", pin));
            await bot.RunAsync("commit");

            Assert.True(await app.AnswersAsync());
            Assert.True(await CallAsync(bot, "end_idle", await server.PinAsync(app)));
            await server.UntilAsync($"select not exists (select from pg_stat_activity where pid = {pin.ProcessId})");
        }
        finally
        {
            await server.ExecuteAsync("delete from chatbot.protected; drop role mirror");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Whom_the_servers_own_list_protects_the_bot_neither_names_nor_ends()
    {
        var bot = await server.BotAsync();
        var target = new PostgreSqlTargetServer(SmallServer.Name, bot, TimeProvider.System);
        await using var one = await ActedOn.OpenAsync(server, SessionAct.EndIdle, application: "billing");
        await server.ExecuteAsync("insert into chatbot.protected values ('billing')");
        try
        {
            var result = await one.ActAsync(bot);

            Assert.Equal(Outcome.NotApplied, result.Outcome);
            Assert.StartsWith("It is protected, by the bot's list or the server's", result.Detail, StringComparison.Ordinal);
            Assert.Empty((await target.FindSessionsAsync(new SessionChoice(SessionState.Idle, TimeSpan.Zero, 50), Token)).Sessions);
        }
        finally
        {
            await server.ExecuteAsync("delete from chatbot.protected");
        }

        Assert.Equal(Outcome.Applied, (await one.ActAsync(bot)).Outcome);
    }

    [Fact(Timeout = 60_000)]
    public async Task Whom_the_servers_own_list_protects_no_look_counts_as_to_be_ended()
    {
        var bot = await server.BotAsync();
        await server.OpenAsync(application: "shop-api");
        await server.OpenAsync(application: "billing");
        await server.OpenAsync(application: "billing [nightly]");
        TimeSpan[] ages = [TimeSpan.FromHours(1), TimeSpan.Zero];
        Assert.Equal([0, 3], (await SmallServer.LookAsync(bot, ages: ages)).Consumers.EndableByAge.Select(age => age.Sessions));
        await server.ExecuteAsync("insert into chatbot.protected values ('billing'), ('not there')");
        try
        {
            Assert.Equal([0, 1], (await SmallServer.LookAsync(bot, ages: ages)).Consumers.EndableByAge.Select(age => age.Sessions));
            var all = (await SmallServer.LookAsync(bot, ages: TimeSpan.Zero)).Consumers;
            Assert.Equal((1, 3), (all.Endable, all.Groups.Sum(group => group.LongIdle)));
            await server.ExecuteAsync("insert into chatbot.protected values ('app')"); // a role
            Assert.Equal(0, (await SmallServer.LookAsync(bot)).Consumers.Endable);
        }
        finally
        {
            await server.ExecuteAsync("delete from chatbot.protected");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_bot_in_another_database_is_told_to_install_the_functions_there()
    {
        var target = SmallServer.Asking(await server.BotAsync(server.Target with { Database = "shop" }));

        Assert.EndsWith(
            "As a superuser run manifests/databases/postgresql.sql in the database shop, or only: grant pg_signal_backend to \"chatbot\";",
            await target.WhyNotAsync(ServerRight.EndSessions, Token),
            StringComparison.Ordinal);
        Assert.EndsWith(
            "As a superuser run manifests/databases/postgresql-limit-role.sql in the database shop.",
            await target.WhyNotAsync(ServerRight.LimitAccounts, Token),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_function_of_a_strangers_with_the_guards_name_is_not_taken_for_it()
    {
        var bot = await server.BotAsync();
        await using var one = await ActedOn.OpenAsync(server, SessionAct.EndIdle);
        await server.ExecuteAsync(
            $"""
            drop schema chatbot cascade;
            create schema chatbot authorization app;
            grant usage on schema chatbot to public;
            set role app;
            create function chatbot.end_session({ServerGuard.EndSessionTypes}) returns boolean language sql security definer as 'select true';
            create table chatbot.protected (name text);
            """);

        Assert.Equal(new StepResult(Outcome.NotApplied, SessionVerdict.LacksSignal), await one.ActAsync(bot));
        Assert.True(await one.IsUnharmedAsync());
        await server.ExecuteAsync("drop schema chatbot cascade");
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_may_create_operators_in_the_database_has_none_of_them_run_by_who_installs_the_guard()
    {
        // Up to PostgreSQL 14 everybody may, in the schema public, and an exact match goes before the server's own.
        await server.ExecuteAsync(
            """
            create schema mallory authorization app;
            set role app;
            create function mallory.differs(oid, regrole) returns boolean language plpgsql as 'begin execute ''alter role app superuser''; return false; end';
            create operator mallory.= (leftarg = oid, rightarg = regrole, function = mallory.differs);
            reset role;
            alter role postgres in database postgres set search_path = "$user", mallory, public;
            """);
        try
        {
            await server.InstallAsync();
            await server.InstallAsync("postgresql-limit-role.sql");

            Assert.False(await server.Server.ScalarAsync<bool>("select rolsuper from pg_roles where rolname = 'app'", cancellationToken: Token));
        }
        finally
        {
            await server.ExecuteAsync(
                "alter role postgres in database postgres reset search_path; alter role app nosuperuser; drop schema mallory cascade;"
                + "drop function if exists chatbot.limit_role; drop owned by chatbot_limiter; drop role chatbot_limiter");
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("create schema chatbot authorization app")]
    [InlineData("create schema chatbot; create table chatbot.protected (name text); alter table chatbot.protected owner to app")]
    public async Task No_guard_is_put_into_a_schema_whose_owner_could_have_it_run_anything(string squat)
    {
        await server.ExecuteAsync("drop schema chatbot cascade");
        await server.ExecuteAsync(squat);
        try
        {
            foreach (var file in new[] { "postgresql.sql", "postgresql-limit-role.sql" })
            {
                var refused = await Assert.ThrowsAsync<PostgresException>(() => server.InstallAsync(file));
                Assert.StartsWith("Somebody else owns the schema chatbot", refused.MessageText, StringComparison.Ordinal);
            }

            Assert.Equal(0, await server.Server.ScalarAsync<long>("select count(*) from pg_proc where pronamespace = 'chatbot'::regnamespace", cancellationToken: Token));
        }
        finally
        {
            await server.ExecuteAsync("drop schema chatbot cascade");
        }
    }

    private async Task<bool?> CallAsync(NpgsqlConnection bot, string act, PostgreSqlPin pin, DateTimeOffset? serverStartedAt = null)
    {
        await using var command = new NpgsqlCommand("select chatbot.end_session($1, $2, $3, $4, $5, $6, $7, $8, $9)", bot);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = act });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = pin.ProcessId });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = pin.StartedAt });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = pin.StateChangedAt });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = pin.TransactionStartedAt });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = pin.QueryStartedAt });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = pin.User });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = pin.Database });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = serverStartedAt ?? await server.StartedAtAsync() });
        return await command.ExecuteScalarAsync(Token) as bool?;
    }
}
