using System.Text.RegularExpressions;
using ChatBot.Databases;
using ChatBot.Incidents.Mitigations;
using ChatBot.IntegrationTests.Doctor;

namespace ChatBot.IntegrationTests.MySql;

public sealed class MariaDbServerRightsTests(GuardedMariaDb server) : ServerRightsTests(server), IClassFixture<GuardedMariaDb>;

public sealed class MySqlServerRightsTests(GuardedMySql server) : ServerRightsTests(server), IClassFixture<GuardedMySql>;

/// <summary>With exactly the shipped grants all is well; with each of them revoked, the gap is named with the statement that mends it.</summary>
public abstract partial class ServerRightsTests : IAsyncDisposable
{
    private const string Key = "a1b2c3d4e5f6g7h8i9j0k1l2m";

    private static readonly string[] OnBoth =
    [
        "process on *.* from 'chatbot'@'%'",
        "select on performance_schema.* from 'chatbot'@'%'",
        "select on chatbot.accounts from 'chatbot'@'%'",
        "execute on procedure chatbot.end_session from 'chatbot'@'%'",
        "execute on procedure chatbot.cancel_statement from 'chatbot'@'%'",
        "execute on procedure chatbot.limit_account from 'chatbot'@'%'",
        "process on *.* from 'chatbot_owner'@'localhost'",
        "create user on *.* from 'chatbot_owner'@'localhost'",
        "select on chatbot.protected from 'chatbot_owner'@'localhost'",
        "select on chatbot.accounts from 'chatbot_owner'@'localhost'",
        "execute on procedure chatbot.end_session from 'chatbot_owner'@'localhost'",
        "execute on procedure chatbot.cancel_statement from 'chatbot_owner'@'localhost'",
        "execute on procedure chatbot.limit_account from 'chatbot_owner'@'localhost'",
    ];

    private readonly GuardedServer _server;

    protected ServerRightsTests(GuardedServer server)
    {
        Assert.SkipUnless(server.WhyNot is null, $"Left out, because {server.WhyNot}");
        _server = server;
    }

    private string[] Grants =>
    [
        .. OnBoth,
        .. _server.IsMariaDb
            ? new[]
            {
                "connection admin on *.* from 'chatbot_owner'@'localhost'",
                "select (Host, User, Priv) on mysql.global_priv from 'chatbot_owner'@'localhost'",
                "select (Host, User, Role) on mysql.roles_mapping from 'chatbot_owner'@'localhost'",
            }
            :
            [
                "connection_admin on *.* from 'chatbot_owner'@'localhost'",
                "select on performance_schema.threads from 'chatbot_owner'@'localhost'",
                "select on performance_schema.events_statements_current from 'chatbot_owner'@'localhost'",
                "select (User, Host, Super_priv, Repl_slave_priv, max_user_connections) on mysql.user from 'chatbot_owner'@'localhost'",
                "select on mysql.global_grants from 'chatbot_owner'@'localhost'",
                "select on mysql.role_edges from 'chatbot_owner'@'localhost'",
            ],
    ];

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _server.CleanAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task With_the_shipped_grants_nothing_is_missing_but_what_is_optional()
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync();
        var bot = await _server.BotAsync();

        Assert.Null(await bot.WhyNotAsync(ServerRight.EndSessions, token));
        Assert.Null(await bot.WhyNotAsync(ServerRight.CancelStatements, token));
        Assert.Contains("grant execute on procedure chatbot.limit_account to `chatbot`@`%`;", await bot.WhyNotAsync(ServerRight.LimitAccounts, token), StringComparison.Ordinal);

        await _server.InstallAsync(direct: true, limits: true);
        foreach (var right in Enum.GetValues<ServerRight>())
        {
            Assert.Null(await bot.WhyNotAsync(right, token));
        }

        var doctor = await DoctorRun.AskAsync(DoctorRun.Settings(_server.Server.Port, "MySql"), token);
        Assert.True(doctor.ExitCode == 0, doctor.Output);
        Assert.Contains(
            doctor.Advice,
            one => one.Words.StartsWith($"It ends sessions and cancels statements by itself, and may end any session{(_server.IsMariaDb ? ", root's as well" : " but those of accounts with SYSTEM_USER")}.", StringComparison.Ordinal));
        Assert.Contains("untried  On a full server the bot's way in is the one slot beyond max_connections", doctor.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Each_grant_revoked_is_named_with_the_statement_that_mends_it_and_nobody_is_ended_meanwhile()
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync(limits: true);
        var session = await _server.OpenAsync();
        var bot = await _server.BotAsync();
        var plan = await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 50), token);
        var pin = Assert.Single(plan.Sessions).Pin;

        foreach (var grant in Grants)
        {
            await _server.ExecuteAsync($"revoke {grant}");
            await _server.RenewBotsAsync();
            var gaps = new Dictionary<ServerRight, string?>();
            foreach (var right in Enum.GetValues<ServerRight>())
            {
                gaps[right] = await bot.WhyNotAsync(right, token);
            }

            Assert.True(gaps.Values.Any(one => one is not null), $"Nobody misses: {grant}");
            if (gaps[ServerRight.EndSessions] is { } missing && grant == "select on chatbot.accounts from 'chatbot'@'%'")
            {
                // The routine asks the view as its owner; what the bot needs it for is to name sessions.
                var unnamed = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 50), token));
                Assert.Equal(missing, unnamed.Message);
            }
            else if (gaps[ServerRight.EndSessions] is { } gap)
            {
                var result = await bot.ActAsync(SessionAct.EndIdle, plan.Server, pin, Key, token);
                Assert.True(result == new StepResult(Outcome.NotApplied, $"{gap} The session was left alone."), $"{grant}: {result}");
            }

            foreach (var (right, named) in gaps.Where(one => one.Value is not null))
            {
                var statement = Statement().Match(named!);
                Assert.True(statement.Success, named);
                await _server.ExecuteAsync(statement.Value);
                await _server.RenewBotsAsync();
                Assert.Null(await bot.WhyNotAsync(right, token));
            }
        }

        Assert.True(await session.AnswersAsync());
        plan = await bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 50), token);
        Assert.Equal(Outcome.Applied, (await bot.ActAsync(SessionAct.EndIdle, plan.Server, Assert.Single(plan.Sessions).Pin, Key, token)).Outcome);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_right_to_see_everybody_nobody_is_named_and_the_gap_is_said()
    {
        var token = TestContext.Current.CancellationToken;
        await _server.InstallAsync();
        await _server.OpenAsync();
        var bot = await _server.BotAsync();
        await _server.ExecuteAsync("revoke process on *.* from 'chatbot'@'%'");
        await _server.RenewBotsAsync();

        var refused = await Assert.ThrowsAsync<TargetUnavailableException>(() => bot.FindSessionsAsync(new(SessionState.Idle, TimeSpan.Zero, 50), token));

        Assert.Equal(UnavailableReason.Refused, refused.Reason);
        Assert.Equal("On orders-db the bot sees its own sessions only. Run there: grant process on *.* to `chatbot`@`%`;", refused.Message);
    }

    [GeneratedRegex("grant .+?;")]
    private static partial Regex Statement();
}
