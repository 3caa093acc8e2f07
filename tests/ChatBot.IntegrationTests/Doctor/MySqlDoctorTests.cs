using ChatBot.IntegrationTests.MySql;
using ChatBot.Sandbox.Databases;

namespace ChatBot.IntegrationTests.Doctor;

public sealed class MariaDbDoctorTests(SmallMariaDbWithExtraPort server) : MySqlDoctorTests(server), IClassFixture<SmallMariaDbWithExtraPort>;

public sealed class MySql9DoctorTests(SmallMySql9WithAdminPort server) : MySqlDoctorTests(server), IClassFixture<SmallMySql9WithAdminPort>;

/// <inheritdoc cref="PostgreSqlDoctorTests"/>
public abstract class MySqlDoctorTests(SmallMySql server) : IAsyncLifetime
{
    private const string Bot = "`chatbot`@`%`";
    private const string Owner = "'chatbot_owner'@'localhost'";

    // what is taken away; what is printed gives back the same
    private static readonly string[] Grants =
    [
        $"process on *.* from {Bot}",
        $"select on performance_schema.* from {Bot}",
        $"select on chatbot.accounts from {Bot}",
        $"execute on procedure chatbot.end_session from {Bot}",
        $"execute on procedure chatbot.cancel_statement from {Bot}",
        $"execute on procedure chatbot.owner_grants from {Bot}",
        $"process on *.* from {Owner}",
        $"select on chatbot.protected from {Owner}",
        $"select on chatbot.accounts from {Owner}",
        $"execute on procedure chatbot.end_session from {Owner}",
        $"execute on procedure chatbot.cancel_statement from {Owner}",
        $"execute on procedure chatbot.owner_grants from {Owner}",
    ];

    private string ConnectionAdmin => server.IsMariaDb ? "connection admin" : "connection_admin";

    /// <summary>Part 1 of the manifest.</summary>
    private static string Limits => $"grant execute on procedure chatbot.limit_account to {Bot}; grant create user on *.* to {Owner};";

    private string[] GrantsHere =>
    [
        .. Grants,
        .. server.IsMariaDb
            ? new[]
            {
                $"connection admin on *.* from {Owner}",
                $"select (Host, User, Priv) on mysql.global_priv from {Owner}",
                $"select (Host, User, Role) on mysql.roles_mapping from {Owner}",
            }
            :
            [
                $"connection_admin on *.* from {Owner}",
                $"select on performance_schema.threads from {Owner}",
                $"select on performance_schema.events_statements_current from {Owner}",
                $"select (User, Host, Super_priv, Repl_slave_priv, max_user_connections) on mysql.user from {Owner}",
                $"select on mysql.global_grants from {Owner}",
                $"select on mysql.role_edges from {Owner}",
                $"service_connection_admin on *.* from {Bot}",
            ],
    ];

    private int SecondPort => server.Server switch { MariaDbServer maria => maria.ExtraPort!.Value, MySqlServer mysql => mysql.AdminPort!.Value, _ => 0 };

    private Dictionary<string, string> Settings => new(DoctorRun.Settings(server.Server.Port, "MySql")) { ["Targets:orders-db:AdminPort"] = $"{SecondPort}" };

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(server.WhyNot is not null, $"No MySQL here: {server.WhyNot}.");
        if (!server.IsMariaDb)
        {
            await server.ExecuteAsync($"grant service_connection_admin on *.* to {Bot}"); // part 2 of the manifest
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (server.WhyNot is null)
        {
            await server.InstallAsync();
            await server.CleanAsync();
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task The_program_says_that_the_shipped_grants_are_enough_and_logs_in_by_the_second_port()
    {
        var token = TestContext.Current.CancellationToken;
        var run = await DoctorRun.RunAsync(Settings, token);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains(server.IsMariaDb ? "MariaDB 10." : "MySQL 9.", run.Output, StringComparison.Ordinal);
        Assert.Contains("It sees every session.", run.Output, StringComparison.Ordinal);
        Assert.Contains("through procedures, which the server itself guards", run.Output, StringComparison.Ordinal);
        Assert.Contains("may have 3 connections; 1 replica needs 3", run.Output, StringComparison.Ordinal);
        Assert.Contains($"logged in through the second port, {SecondPort}.", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("Nothing is missing.\n", run.Output, StringComparison.Ordinal);
        await server.UntilAsync("select count(*) = 0 from information_schema.processlist where user = 'chatbot'");
    }

    [Fact(Timeout = 120_000)]
    public async Task On_a_full_server_the_second_port_proves_itself()
    {
        var token = TestContext.Current.CancellationToken;
        await server.UntilAsync("select count(*) = 0 from information_schema.processlist where user = 'chatbot'"); // an earlier doctor may still be leaving
        if (!server.IsMariaDb)
        {
            await server.ExecuteAsync("grant service_connection_admin on *.* to 'backup'@'%'");
        }

        await server.FillAsync();

        DoctorRun run;
        // The right to the second port also gives the slot beyond max_connections (MySQL 9.7).
        await using (server.IsMariaDb ? null : await SmallMySql.OpenBeyondAsync(server.Server.ConnectionString("backup")))
        {
            run = await DoctorRun.AskAsync(Settings, token);
        }

        if (!server.IsMariaDb)
        {
            await server.ExecuteAsync("revoke service_connection_admin on *.* from 'backup'@'%'");
        }

        Assert.True(run.ExitCode == 0 && run.Output.Contains($"works    The first port did not let the bot in just now, and the second one, {SecondPort}, did.", StringComparison.Ordinal), run.Output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Beside_a_bot_and_one_that_it_gave_up_there_is_room_for_the_doctor()
    {
        await server.OpenAsync("chatbot", database: "");
        await server.OpenAsync("chatbot", database: "");

        var run = await DoctorRun.AskAsync(Settings, TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains($"logged in through the second port, {SecondPort}.", run.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task The_optional_limits_are_offered_whole_and_without_any_one_grant_the_gap_is_named()
    {
        var token = TestContext.Current.CancellationToken;
        await server.ExecuteAsync($"revoke create user on *.* from {Owner}"); // another test may have tried it
        var (_, offered) = Assert.Single((await DoctorRun.AskAsync(Settings, token)).Advice, one => one.Statement.Contains("limit_account", StringComparison.Ordinal));
        Assert.Equal(Limits, offered);
        await server.ExecuteAsync(offered);
        try
        {
            Assert.Contains("It can limit how many connections an account may have.", (await DoctorRun.AskAsync(Settings, token)).Output, StringComparison.Ordinal);
            foreach (var (grant, exitCode) in new[]
            {
                ($"execute on procedure chatbot.limit_account from {Bot}", 0), // as if part 1 was never run
                ($"execute on procedure chatbot.limit_account from {Owner}", 1),
                ($"create user on *.* from {Owner}", 1),
            })
            {
                await server.ExecuteAsync($"revoke {grant}");
                var run = await DoctorRun.AskAsync(Settings, token);
                var statement = $"grant {grant.Replace(" from ", " to ", StringComparison.Ordinal)};";
                Assert.True(run.ExitCode == exitCode && run.Missing.Concat(run.Advice).Any(one => one.Statement == statement), $"{grant}:\n{run.Output}{run.Errors}");

                await server.ExecuteAsync(statement);
                Assert.Contains("It can limit how many connections an account may have.", (await DoctorRun.AskAsync(Settings, token)).Output, StringComparison.Ordinal);
            }
        }
        finally
        {
            await server.ExecuteAsync($"revoke execute on procedure chatbot.limit_account from {Bot}; revoke create user on *.* from {Owner}");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task One_column_that_is_missing_is_missed_and_a_right_on_the_whole_database_covers_it()
    {
        var token = TestContext.Current.CancellationToken;
        var (column, table) = server.IsMariaDb ? ("Priv", "global_priv") : ("Super_priv", "user");
        await server.ExecuteAsync($"revoke select ({column}) on mysql.{table} from {Owner}");
        var whole = GrantsHere.Single(grant => grant.Contains($"on mysql.{table} ", StringComparison.Ordinal)).Replace(" from ", " to ", StringComparison.Ordinal);
        Assert.Contains((await DoctorRun.AskAsync(Settings, token)).Missing, one => one.Statement == $"grant {whole};");

        await server.ExecuteAsync($"grant select on mysql.* to {Owner}");
        try
        {
            Assert.Equal(0, (await DoctorRun.AskAsync(Settings, token)).ExitCode);
        }
        finally
        {
            await server.ExecuteAsync($"revoke select on mysql.* from {Owner}");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_way_past_the_procedures_is_pointed_out_and_what_is_printed_closes_it()
    {
        var token = TestContext.Current.CancellationToken;
        await server.ExecuteAsync($"grant {ConnectionAdmin} on *.* to {Bot}");

        var (words, statement) = Assert.Single((await DoctorRun.AskAsync(Settings, token)).Advice, one => one.Statement.StartsWith("revoke", StringComparison.Ordinal));
        Assert.Contains(server.IsMariaDb ? "any session, root's as well." : "any session but those of accounts with SYSTEM_USER.", words, StringComparison.Ordinal);
        await server.ExecuteAsync(statement);

        var run = await DoctorRun.AskAsync(Settings, token);
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("revoke", run.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_way_past_the_procedures_that_a_role_gives_is_pointed_out_too()
    {
        var token = TestContext.Current.CancellationToken;
        await server.ExecuteAsync($"create role helpers; grant {ConnectionAdmin} on *.* to helpers; grant helpers to {Bot}");
        try
        {
            await server.ExecuteAsync(server.IsMariaDb ? $"set default role helpers for {Bot}" : $"set default role helpers to {Bot}");

            var (words, statement) = Assert.Single((await DoctorRun.AskAsync(Settings, token)).Advice, one => one.Words.StartsWith("Nothing but the bot itself", StringComparison.Ordinal));
            Assert.EndsWith("It has that through a role: take that role away.", words, StringComparison.Ordinal);
            Assert.Equal("", statement);
        }
        finally
        {
            await server.ExecuteAsync($"{(server.IsMariaDb ? $"set default role none for {Bot}; " : "")}drop role helpers");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_only_reads_is_said_to()
    {
        await server.ExecuteAsync("set global read_only = on");
        try
        {
            var run = await DoctorRun.AskAsync(Settings, TestContext.Current.CancellationToken);

            Assert.Equal(0, run.ExitCode);
            Assert.Contains(run.Advice, one => one.Words.StartsWith("The server is read-only, perhaps a replica", StringComparison.Ordinal));
        }
        finally
        {
            await server.ExecuteAsync("set global read_only = off");
        }
    }

    [Fact(Timeout = 600_000)]
    public async Task Without_any_one_grant_the_gap_is_named_and_what_is_printed_closes_it()
    {
        var token = TestContext.Current.CancellationToken;
        foreach (var grant in GrantsHere)
        {
            var before = await DoctorRun.AskAsync(Settings, token);
            Assert.True(before.ExitCode == 0, before.Output);
            await server.ExecuteAsync($"revoke {grant}");

            var run = await DoctorRun.AskAsync(Settings, token);
            var expected = $"grant {grant.Replace(" from ", " to ", StringComparison.Ordinal)};";
            Assert.True(run.ExitCode == 1 && run.Missing.Any(one => one.Statement == expected), $"{grant}:\n{run.Output}{run.Errors}");

            foreach (var (_, statement) in run.Missing)
            {
                await server.ExecuteAsync(statement);
            }

            var after = await DoctorRun.AskAsync(Settings, token);
            Assert.True(after.ExitCode == 0, after.Output);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_limit_that_is_too_small_is_named_and_what_is_printed_mends_it()
    {
        var token = TestContext.Current.CancellationToken;
        await server.ExecuteAsync($"alter user {Bot} with max_user_connections 2");

        var (_, statement) = Assert.Single((await DoctorRun.AskAsync(Settings, token)).Missing);
        Assert.Equal($"alter user {Bot} with max_user_connections 3;", statement);

        await server.ExecuteAsync(statement);
        Assert.Equal(0, (await DoctorRun.AskAsync(Settings, token)).ExitCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_second_port_that_is_not_there_is_missing_and_one_that_nobody_configured_is_pointed_out()
    {
        var token = TestContext.Current.CancellationToken;
        var settings = Settings;
        settings["Targets:orders-db:AdminPort"] = "1";
        var shut = await DoctorRun.AskAsync(settings, token);
        settings.Remove("Targets:orders-db:AdminPort");
        var unknown = await DoctorRun.AskAsync(settings, token);

        Assert.StartsWith("The second port did not let the bot in.", Assert.Single(shut.Missing).Words, StringComparison.Ordinal);
        Assert.Equal(0, unknown.ExitCode);
        Assert.Contains(unknown.Advice, one => one.Statement == $"\"AdminPort\": {SecondPort}");
    }
}
