using ChatBot.Databases.PostgreSql;
using ChatBot.IntegrationTests.PostgreSql;
using ChatBot.Sandbox.Databases;

namespace ChatBot.IntegrationTests.Doctor;

public sealed class PostgreSql15DoctorTests(SmallServer server) : PostgreSqlDoctorTests(server), IClassFixture<SmallServer>;

public sealed class PostgreSql18DoctorTests(SmallServer18 server) : PostgreSqlDoctorTests(server), IClassFixture<SmallServer18>;

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
    ];

    private static readonly (string Revoke, string Grant)[] GapsOfLimits =
    [
        ($"revoke execute on function {LimitRole} from chatbot", $"grant execute on function {LimitRole} to \"chatbot\";"),
        ("revoke select on chatbot.protected from chatbot_limiter", "grant usage on schema chatbot to chatbot_limiter; grant select on chatbot.protected to chatbot_limiter;"),
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
        foreach (var (revoke, grant) in Gaps.Concat(Is18 ? door : []))
        {
            await AssertNamedAsync(revoke, grant, token);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Without_any_one_grant_of_the_optional_limits_the_gap_is_named_and_what_is_printed_closes_it()
    {
        var token = TestContext.Current.CancellationToken;
        await server.InstallAsync("postgresql-limit-role.sql");
        if (Is18)
        {
            await server.ExecuteAsync("grant app to chatbot_limiter with admin true, inherit false, set false");
        }

        try
        {
            foreach (var (revoke, grant) in GapsOfLimits)
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
    public async Task Slots_kept_for_the_bot_are_a_door_and_without_the_grant_it_is_shut()
    {
        var token = TestContext.Current.CancellationToken;
        Assert.SkipUnless(Is18, "Since PostgreSQL 16.");
        await using var other = await PostgreSqlServer.StartAsync(await PostgreSqlBinaries.EighteenAsync(token), 20, ["reserved_connections=2"], token);
        await other.ExecuteAsync("create role chatbot login connection limit 3; grant pg_read_all_stats, pg_signal_backend, pg_use_reserved_connections to chatbot", cancellationToken: token);

        var open = await DoctorRun.AskAsync(DoctorRun.Settings(other.Port), token);
        await other.ExecuteAsync("revoke pg_use_reserved_connections from chatbot", cancellationToken: token);
        var shut = await DoctorRun.AskAsync(DoctorRun.Settings(other.Port), token);

        Assert.Contains("3 are kept for superusers and 2 for pg_use_reserved_connections. On a full server the bot gets in by these.", open.Output, StringComparison.Ordinal);
        Assert.Equal(0, open.ExitCode);
        Assert.Equal("grant pg_use_reserved_connections to \"chatbot\";", Assert.Single(shut.Missing).Statement);
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

        await server.ExecuteAsync(run.Missing[0].Statement);
        var after = await DoctorRun.AskAsync(Settings, token);
        Assert.True(after.ExitCode == 0, after.Output);
    }
}
