using System.Text.RegularExpressions;
using ChatBot.Databases;
using ChatBot.Incidents.Mitigations;
using ChatBot.IntegrationTests.Doctor;
using ChatBot.Sandbox.Databases;

namespace ChatBot.IntegrationTests.MySql;

public sealed class MariaDbManagedServiceTests(GuardedMariaDb server) : ManagedServiceTests(server), IClassFixture<GuardedMariaDb>;

public sealed class MySqlManagedServiceTests(GuardedMySql server) : ManagedServiceTests(server), IClassFixture<GuardedMySql>;

/// <summary>The variant for Amazon RDS that the shipped files describe, where an administrator may not end sessions and calls
/// the service's own routines; here those are ours.</summary>
public abstract partial class ManagedServiceTests(GuardedServer server) : IAsyncLifetime
{
    private const string Key = "a1b2c3d4e5f6g7h8i9j0k1l2m";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(server.WhyNot is null, $"Left out, because {server.WhyNot}");
        await server.ExecuteAsync(
            """
            drop database chatbot;
            drop user 'chatbot'@'%', 'chatbot_owner'@'localhost';
            create user 'admin'@'%';
            grant select, insert, update, delete, create, drop, reload, process, references, index, alter, show databases, create temporary tables,
              lock tables, execute, create view, show view, create routine, alter routine, create user, event, trigger on *.* to 'admin'@'%' with grant option;
            create procedure mysql.rds_kill(in thread bigint unsigned) kill connection thread;
            create procedure mysql.rds_kill_query(in thread bigint unsigned) kill query thread
            """);
        if (server.IsMariaDb)
        {
            await server.ExecuteAsync("create procedure mysql.rds_kill_query_id(in statement bigint unsigned) kill query id statement");
        }

        var file = Path.Combine(Directory.CreateTempSubdirectory("chatbot-managed-").FullName, "managed.sql");
        await File.WriteAllTextAsync(file, Managed(await File.ReadAllTextAsync(server.ManifestPath(), Token)), Token);
        await ServerPrograms.RunAsync("mariadb", ["--no-defaults", "-uadmin", $"--socket={server.Server.Socket}", "-e", $"source {file}"], "/", asUser: null, Token);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        await server.ExecuteAsync("alter user 'chatbot'@'%' account unlock");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await server.CleanAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task What_the_file_says_for_a_managed_service_ends_sessions_and_cancels_statements()
    {
        var token = TestContext.Current.CancellationToken;
        var bot = await server.BotAsync();
        Assert.Null(await bot.WhyNotAsync(ServerRight.EndSessions, token));
        Assert.Null(await bot.WhyNotAsync(ServerRight.CancelStatements, token));
        var doctor = await DoctorRun.AskAsync(DoctorRun.Settings(server.Server.Port, "MySql"), token);
        Assert.True(doctor.ExitCode == 0, doctor.Output);

        var busy = await server.OpenAsync();
        var slow = busy.RunSomehowAsync("select sleep(600)");
        await server.UntilAsync("select count(*) = 1 from information_schema.processlist where info = 'select sleep(600)'");
        var cancel = await bot.FindSessionsAsync(new(SessionState.Active, TimeSpan.Zero, 50), token);
        Assert.Equal(Outcome.Applied, (await bot.ActAsync(SessionAct.CancelStatement, cancel.Server, Assert.Single(cancel.Sessions).Pin, Key, token)).Outcome);
        await slow;

        var boss = await server.OpenAsync("dba"); // out of reach
        var end = await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 50), token);
        Assert.Equal(Outcome.Applied, (await bot.ActAsync(SessionAct.EndIdle, end.Server, Assert.Single(end.Sessions).Pin, Key, token)).Outcome);
        Assert.False(await busy.AnswersAsync());
        Assert.True(await boss.AnswersAsync());
    }

    /// <summary>As its last part tells a person to change it.</summary>
    private string Managed(string manifest)
    {
        var shipped = Definer().Replace(manifest, " ");
        foreach (var (kill, call) in new[]
        {
            ("kill connection still;", "call mysql.rds_kill(still);"),
            (server.IsMariaDb ? "kill query id found;" : "kill query still;", server.IsMariaDb ? "call mysql.rds_kill_query_id(found);" : "call mysql.rds_kill_query(still);"),
        })
        {
            Assert.Contains($"  {kill}", shipped, StringComparison.Ordinal);
            Assert.Contains($"\"{call}\"", shipped, StringComparison.Ordinal); // the words of the last part
            shipped = shipped.Replace($"  {kill}", $"  {call}", StringComparison.Ordinal);
        }

        if (server.IsMariaDb)
        {
            var view = string.Join('\n', OtherView().Match(manifest).Value.Split('\n').Select(line => line.TrimStart('-')));
            shipped = View().Replace(shipped, view);
        }

        return OwnersLine().Replace(shipped, "");
    }

    [GeneratedRegex(" definer = 'chatbot_owner'@'localhost' ")]
    private static partial Regex Definer();

    [GeneratedRegex("^[a-z].*'chatbot_owner'@'localhost'.*;$", RegexOptions.Multiline)]
    private static partial Regex OwnersLine();

    [GeneratedRegex("^create or replace sql security definer view .*?;$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex View();

    [GeneratedRegex("(?<=^-- *)create or replace sql security definer view .*?;$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex OtherView();
}
