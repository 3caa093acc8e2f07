using ChatBot.Databases.PostgreSql;
using ChatBot.IntegrationTests.PostgreSql;
using ChatBot.Sandbox.Databases;
using Npgsql;

namespace ChatBot.IntegrationTests.Doctor;

public sealed class PostgreSql15DoctorTests(SmallServer server) : PostgreSqlDoctorTests(server), IClassFixture<SmallServer>;

public sealed class PostgreSql18DoctorTests(SmallServer18 server) : PostgreSqlDoctorTests(server), IClassFixture<SmallServer18>
{
    [Fact(Timeout = 120_000)]
    public async Task Slots_kept_for_the_bot_are_a_door_which_a_full_server_proves_and_without_the_grant_it_is_shut()
    {
        var token = TestContext.Current.CancellationToken;
        await using var other = await PostgreSqlServer.StartAsync(await PostgreSqlBinaries.EighteenAsync(token), 20, ["reserved_connections=2"], token);
        await other.ExecuteAsync("create role app login; create role chatbot login connection limit 3; grant pg_read_all_stats, pg_signal_backend, pg_use_reserved_connections to chatbot", cancellationToken: token);
        var settings = DoctorRun.Settings(other.Port);

        var open = await DoctorRun.AskAsync(settings, token);
        await using (await FullAsync(other, token))
        {
            var full = await DoctorRun.AskAsync(settings, token);

            Assert.Equal(0, full.ExitCode);
            Assert.Contains("works    Of 20 slots, 3 are kept for superusers and 2 for pg_use_reserved_connections. The last are the bot's way in. All others are taken, and the bot came in just now.", full.Output, StringComparison.Ordinal);
        }

        await other.ExecuteAsync("revoke pg_use_reserved_connections from chatbot", cancellationToken: token);
        var shut = await DoctorRun.AskAsync(settings, token);

        Assert.Equal(0, open.ExitCode);
        Assert.Contains("untried  Of 20 slots, 3 are kept for superusers and 2 for pg_use_reserved_connections. The last are the bot's way in. Not tried", open.Output, StringComparison.Ordinal);
        Assert.Equal("grant pg_use_reserved_connections to \"chatbot\";", Assert.Single(shut.Missing).Statement);
    }

    /// <summary>Until an ordinary role is refused, for good: who asks may still be leaving.</summary>
    private static async Task<IAsyncDisposable> FullAsync(PostgreSqlServer server, CancellationToken cancellationToken)
    {
        var sessions = new Crowd();
        while (true)
        {
            try
            {
                await sessions.JoinAsync(server.ConnectionString("app"), cancellationToken);
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                if (await server.ScalarAsync<long>("select count(*) from pg_stat_activity where usename = 'app'", cancellationToken: cancellationToken) == 15)
                {
                    return sessions;
                }
            }
        }
    }

    private sealed class Crowd : IAsyncDisposable
    {
        private readonly List<NpgsqlConnection> _sessions = [];

        public async Task JoinAsync(string connectionString, CancellationToken cancellationToken)
        {
            var session = new NpgsqlConnection(connectionString);
            _sessions.Add(session);
            await session.OpenAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var session in _sessions)
            {
                await session.DisposeAsync();
            }
        }
    }
}

/// <summary>With exactly the shipped grants nothing is missing; without any one of them the gap is named, and what is printed closes it.</summary>
public abstract class PostgreSqlDoctorTests(SmallServer server) : IAsyncDisposable
{
    private const string EndSession = $"chatbot.end_session({ServerGuard.EndSessionTypes})";
    private const string LimitRole = $"chatbot.limit_role({ServerGuard.LimitRoleTypes})";
    private const string Lists = "grant usage on schema chatbot to chatbot_owner; grant select on chatbot.protected to chatbot_owner;";

    // what is taken away, and what is printed
    private static readonly (string Revoke, string Grant)[] Gaps =
    [
        ("revoke pg_read_all_stats from chatbot", "grant pg_read_all_stats to \"chatbot\";"),
        ("alter role chatbot connection limit 2", "alter role \"chatbot\" connection limit 3;"),
        ("revoke usage on schema chatbot from chatbot", "grant usage on schema chatbot to \"chatbot\";"),
        ("revoke select on chatbot.protected from chatbot", "grant select on chatbot.protected to \"chatbot\";"),
        ($"revoke execute on function {EndSession} from chatbot", $"grant execute on function {EndSession} to \"chatbot\";"),
        ("revoke pg_signal_backend from chatbot_owner", "grant pg_signal_backend to chatbot_owner;"),
        ("revoke pg_read_all_stats from chatbot_owner", "grant pg_read_all_stats to chatbot_owner;"),
        ("revoke usage on schema chatbot from chatbot_owner", Lists),
        ("revoke select on chatbot.protected from chatbot_owner", Lists),
        ("alter role chatbot nologin", "alter role \"chatbot\" login;"),
        ("revoke connect on database postgres from public", "grant connect on database \"postgres\" to \"chatbot\";"),
    ];

    private const string LimitersList = "grant usage on schema chatbot to chatbot_limiter; grant select on chatbot.protected to chatbot_limiter;";

    private static readonly (string Revoke, string Grant)[] GapsOfLimits =
    [
        ($"revoke execute on function {LimitRole} from chatbot", $"grant execute on function {LimitRole} to \"chatbot\";"),
        ("revoke usage on schema chatbot from chatbot_limiter", LimitersList),
        ("revoke select on chatbot.protected from chatbot_limiter", LimitersList),
        ("alter role chatbot_limiter nocreaterole", "alter role chatbot_limiter createrole;"),
    ];

    private Dictionary<string, string> Settings => DoctorRun.Settings(server.Server.Port);

    private bool Is18 => server is SmallServer18;

    public async ValueTask DisposeAsync()
    {
        await server.CleanAsync();
        await server.InstallAsync();
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_program_says_that_the_shipped_grants_are_enough()
    {
        var token = TestContext.Current.CancellationToken;
        var run = await DoctorRun.RunAsync(Settings, token);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.StartsWith($"orders-db: PRODUCTION, 127.0.0.1:{server.Server.Port}, mode Act", run.Output, StringComparison.Ordinal);
        Assert.Contains($"PostgreSQL {(Is18 ? "18." : "15.")}", run.Output, StringComparison.Ordinal);
        Assert.Contains("It sees every session.", run.Output, StringComparison.Ordinal);
        Assert.Contains("through chatbot.end_session, which the server itself guards", run.Output, StringComparison.Ordinal);
        Assert.Contains("may have 3 connections; 1 replica needs 3", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("Nothing is missing.\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, run.Advice.Count); // a door of its own, and the optional limits
        Assert.Contains(Is18 ? ("alter system set reserved_connections = 3;", true) : ("", true), run.Advice.Select(one => (one.Statement, true)));
        Assert.Equal(0, await server.BotSessionsAsync());
    }

    [Fact(Timeout = 300_000)]
    public async Task Without_any_one_grant_the_gap_is_named_and_what_is_printed_closes_it()
    {
        var token = TestContext.Current.CancellationToken;
        (string, string)[] door = [("revoke pg_use_reserved_connections from chatbot", "grant pg_use_reserved_connections to \"chatbot\";")];
        try
        {
            foreach (var (revoke, grant) in Gaps.Concat(Is18 ? door : []))
            {
                await AssertNamedAsync(revoke, grant, token);
            }
        }
        finally
        {
            await server.ExecuteAsync("alter role chatbot login; revoke connect on database postgres from chatbot; grant connect on database postgres to public");
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Without_any_one_grant_of_the_optional_limits_the_gap_is_named_and_what_is_printed_closes_it()
    {
        var token = TestContext.Current.CancellationToken;
        await server.InstallAsync("postgresql-limit-role.sql");
        const string EachRole = "grant ROLE to chatbot_limiter with admin true, inherit false, set false;";
        (string, string)[] roles = [("revoke app from chatbot_limiter", EachRole)];
        try
        {
            if (Is18)
            {
                var (words, statement) = Assert.Single((await DoctorRun.AskAsync(Settings, token)).Missing); // with exactly the shipped files
                Assert.Equal(("On orders-db the bot may limit no role yet: each has to be granted for that. As a superuser, for each ROLE that it may limit:", EachRole), (words, statement));
                await server.ExecuteAsync(statement.Replace("ROLE", "app", StringComparison.Ordinal));
            }

            Assert.Contains(
                Is18 ? "It can limit how many connections a role may have, if that role was granted to chatbot_limiter with the admin option." : "It can limit how many connections a role may have.\n",
                (await DoctorRun.AskAsync(Settings, token)).Output,
                StringComparison.Ordinal);
            foreach (var (revoke, grant) in GapsOfLimits.Concat(Is18 ? roles : []))
            {
                await AssertNamedAsync(revoke, grant, token);
            }
        }
        finally
        {
            await server.ExecuteAsync($"drop function {LimitRole}; drop owned by chatbot_limiter; drop role chatbot_limiter");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_the_guarded_function_the_simpler_way_is_printed_and_works()
    {
        var token = TestContext.Current.CancellationToken;
        await server.ExecuteAsync("drop schema chatbot cascade");

        var (_, statement) = Assert.Single((await DoctorRun.AskAsync(Settings, token)).Missing);
        await server.ExecuteAsync(statement);
        var run = await DoctorRun.AskAsync(Settings, token);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("by itself; the server guards only superusers", run.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_bot_that_only_watches_is_told_what_it_would_need_and_lacks_nothing()
    {
        var token = TestContext.Current.CancellationToken;
        await server.ExecuteAsync("revoke pg_signal_backend from chatbot_owner");
        var settings = Settings;
        settings["Targets:orders-db:Mode"] = "Observe";

        var run = await DoctorRun.AskAsync(settings, token);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(run.Advice, one => one.Statement == "grant pg_signal_backend to chatbot_owner;" && one.Words.StartsWith("Not needed while the target's Mode is Observe", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task More_replicas_need_more_connections()
    {
        var token = TestContext.Current.CancellationToken;
        var (_, statement) = Assert.Single((await DoctorRun.AskAsync(Settings, token, "--replicas", "2")).Missing);
        Assert.Equal("alter role \"chatbot\" connection limit 5;", statement);

        await server.ExecuteAsync(statement);
        Assert.Equal(0, (await DoctorRun.AskAsync(Settings, token, "--replicas", "2")).ExitCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_superuser_works_and_is_advised_against()
    {
        var token = TestContext.Current.CancellationToken;
        var settings = Settings;
        settings["Targets:orders-db:User"] = "postgres";

        var run = await DoctorRun.AskAsync(settings, token);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(run.Advice, one => one.Words.StartsWith("The bot is a superuser here.", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_full_server_that_keeps_no_slot_is_said_to_be_full()
    {
        await server.FillAsync();

        var run = await DoctorRun.AskAsync(Settings, TestContext.Current.CancellationToken);

        Assert.Equal((1, ("orders-db is full: it refused the bot's own login, chatbot.", "")), (run.ExitCode, Assert.Single(run.Missing)));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_limit_of_the_database_shuts_every_door()
    {
        await server.ExecuteAsync("alter database postgres connection limit 50");
        try
        {
            var run = await DoctorRun.AskAsync(Settings, TestContext.Current.CancellationToken);

            Assert.Equal(0, run.ExitCode);
            Assert.Contains(run.Advice, one => one.Words.StartsWith("The database postgres itself lets in 50 sessions", StringComparison.Ordinal));
        }
        finally
        {
            await server.ExecuteAsync("alter database postgres connection limit -1");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_way_past_the_guard_is_pointed_out_and_what_is_printed_closes_it()
    {
        var token = TestContext.Current.CancellationToken;
        await server.ExecuteAsync("create role helpers in role pg_signal_backend role chatbot");
        try
        {
            var (words, statement) = Assert.Single((await DoctorRun.AskAsync(Settings, token)).Advice, one => one.Statement.StartsWith("revoke", StringComparison.Ordinal));
            Assert.StartsWith("Nothing but the bot itself keeps it to that function", words, StringComparison.Ordinal);
            await server.ExecuteAsync(statement);

            var run = await DoctorRun.AskAsync(Settings, token);
            Assert.Equal(0, run.ExitCode);
            Assert.DoesNotContain("revoke", run.Output, StringComparison.Ordinal);
        }
        finally
        {
            await server.ExecuteAsync("drop role helpers");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_list_of_somebody_else_is_not_read_and_what_is_printed_lets_it_be_trusted()
    {
        var token = TestContext.Current.CancellationToken;
        await server.ExecuteAsync("alter table chatbot.protected owner to backup");
        try
        {
            var (words, statement) = Assert.Single((await DoctorRun.AskAsync(Settings, token)).Missing);
            Assert.Contains("It trusts the list chatbot.protected only if its owner may end sessions.", words, StringComparison.Ordinal);
            await server.ExecuteAsync(statement);

            Assert.Equal(0, (await DoctorRun.AskAsync(Settings, token)).ExitCode);
        }
        finally
        {
            await server.ExecuteAsync("alter table chatbot.protected owner to postgres; revoke pg_signal_backend from backup");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_ends_idle_sessions_spares_the_bots()
    {
        var token = TestContext.Current.CancellationToken;
        const string Sentence = "The server ends sessions that are idle for 600 s; the bot exempts its own.";
        await server.ExecuteAsync("alter system set idle_session_timeout = '10min'");
        await server.ExecuteAsync("select pg_reload_conf()");
        try
        {
            Assert.DoesNotContain(Sentence, (await DoctorRun.AskAsync(Settings, token)).Output, StringComparison.Ordinal); // the shipped role is exempt

            await server.ExecuteAsync("alter role chatbot reset idle_session_timeout");
            Assert.Contains(Sentence, (await DoctorRun.AskAsync(Settings, token)).Output, StringComparison.Ordinal);
        }
        finally
        {
            await server.ExecuteAsync("alter system reset idle_session_timeout");
            await server.ExecuteAsync("select pg_reload_conf()");
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("statement_timeout", "5s")]
    [InlineData("lock_timeout", "2s")]
    [InlineData("default_transaction_read_only", "on")]
    [InlineData("search_path", "pg_catalog")]
    [InlineData("idle_session_timeout", "0")]
    public async Task The_shipped_settings_bind_also_who_logs_in_as_the_bot_by_hand(string setting, string value)
    {
        var token = TestContext.Current.CancellationToken;
        await using var person = new NpgsqlConnection(server.Server.ConnectionString("chatbot"));
        await person.OpenAsync(token);
        await using var command = new NpgsqlCommand("select source, current_setting(name) from pg_settings where name = $1", person) { Parameters = { new NpgsqlParameter<string> { TypedValue = setting } } };
        await using var row = await command.ExecuteReaderAsync(token);
        await row.ReadAsync(token);

        Assert.Equal(("user", value), (row.GetString(0), row.GetString(1)));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_store_on_the_target_is_found_by_its_address_and_by_what_its_server_says_of_itself()
    {
        var token = TestContext.Current.CancellationToken;
        var settings = Settings;
        settings["Store:Engine"] = "PostgreSql";
        settings["Store:ConnectionString"] = $"Host=localhost;Port={server.Server.Port};Username=postgres";
        Assert.Contains("leads to the server of the target orders-db", Assert.Single((await DoctorRun.AskAsync(settings, token)).Missing).Words, StringComparison.Ordinal);

        // Through another port, which no setting tells.
        await using var wire = new WatchedWire(server.Server.Port, "a statement that nobody sends", _ => Task.CompletedTask);
        settings["Store:ConnectionString"] = $"Host=127.0.0.1;Port={wire.Port};Username=postgres";
        Assert.Contains("leads to the server of the target orders-db", Assert.Single((await DoctorRun.AskAsync(settings, token)).Missing).Words, StringComparison.Ordinal);

        settings["Store:ConnectionString"] = "Host=127.0.0.1;Port=1;Username=postgres";
        Assert.Equal(0, (await DoctorRun.AskAsync(settings, token)).ExitCode);
    }

    private async Task AssertNamedAsync(string revoke, string grant, CancellationToken token)
    {
        var before = await DoctorRun.AskAsync(Settings, token);
        Assert.True(before.ExitCode == 0, before.Output);
        await server.ExecuteAsync(revoke);

        var run = await DoctorRun.AskAsync(Settings, token);
        Assert.True(run.ExitCode == 1 && run.Missing.Count == 1 && run.Missing[0].Statement == grant, $"{revoke}:\n{run.Output}{run.Errors}");

        await server.ExecuteAsync(run.Missing[0].Statement.Replace("ROLE", "app", StringComparison.Ordinal));
        var after = await DoctorRun.AskAsync(Settings, token);
        Assert.True(after.ExitCode == 0, after.Output);
    }
}
