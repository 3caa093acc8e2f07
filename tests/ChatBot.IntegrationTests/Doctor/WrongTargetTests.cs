using System.Text;
using ChatBot.IntegrationTests.MySql;
using ChatBot.IntegrationTests.PostgreSql;
using Pooler = ChatBot.IntegrationTests.PgBouncer.Pooler;

namespace ChatBot.IntegrationTests.Doctor;

/// <summary>What else than a server that lets the bot in may be at a target's address: each has its own sentence, and the exit code 1.</summary>
public sealed class WrongTargetTests(SmallServer server) : IClassFixture<SmallServer>, IAsyncDisposable
{
    private static readonly byte[] WebServer = Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<h1>Bad Request</h1>\r\n");

    public async ValueTask DisposeAsync() => await server.CleanAsync();

    [Theory(Timeout = 120_000)]
    [InlineData("PostgreSql", "What answers for orders-db at 127.0.0.1:")]
    [InlineData("MySql", "is neither MySQL nor MariaDB. Check the target's Host, Port and Engine.")]
    public async Task What_is_no_database_is_said_to_be_none(string engine, string words)
    {
        await using var other = new OddListener(WebServer, thenCloses: true);

        await AssertSaysAsync(words, DoctorRun.Settings(other.Port, engine), TestContext.Current.CancellationToken);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("PostgreSql", "orders-db did not answer the bot's login at 127.0.0.1:")]
    [InlineData("MySql", "within 1 s. It hangs, or something else than MySQL or MariaDB listens there")]
    public async Task What_accepts_and_hangs_is_not_waited_for(string engine, string words)
    {
        await using var silent = new OddListener([]);
        var settings = DoctorRun.Settings(silent.Port, engine);
        settings["Targets:orders-db:ConnectTimeout"] = "1s";

        await AssertSaysAsync(words, settings, TestContext.Current.CancellationToken);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("PostgreSql", "Nobody answers for orders-db at 127.0.0.1:1.")]
    [InlineData("MySql", "Nobody answers for orders-db at 127.0.0.1:1.")]
    public async Task Where_nobody_listens_that_is_said(string engine, string words) =>
        await AssertSaysAsync(words, DoctorRun.Settings(1, engine), TestContext.Current.CancellationToken);

    [Fact(Timeout = 120_000)]
    public async Task A_server_without_TLS_is_refused_where_the_target_asks_for_it()
    {
        var settings = DoctorRun.Settings(server.Server.Port);
        settings["Targets:orders-db:Tls"] = "Require";

        await AssertSaysAsync("orders-db offers no TLS, and the target's Tls asks", settings, TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 120_000)]
    public async Task One_target_that_is_wrong_hides_none_that_is_right()
    {
        var token = TestContext.Current.CancellationToken;
        var settings = DoctorRun.Settings(1);
        foreach (var (key, value) in DoctorRun.Settings(server.Server.Port))
        {
            settings[key.Replace("orders-db", "billing-db", StringComparison.Ordinal)] = value;
        }

        var both = await DoctorRun.AskAsync(settings, token);
        var right = await DoctorRun.AskAsync(settings, token, "--target", "billing-db");
        var unknown = await DoctorRun.AskAsync(settings, token, "--target", "nobody");

        Assert.Equal(1, both.ExitCode);
        Assert.Contains("billing-db: PRODUCTION", both.Output, StringComparison.Ordinal);
        Assert.EndsWith("One thing is missing.\n", both.Output, StringComparison.Ordinal);
        Assert.Equal(0, right.ExitCode);
        Assert.DoesNotContain("orders-db", right.Output, StringComparison.Ordinal);
        Assert.Equal((2, "There is no target nobody. There are: billing-db, orders-db.\n"), (unknown.ExitCode, unknown.Errors));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_pooler_is_no_target_and_its_console_is_tried()
    {
        var token = TestContext.Current.CancellationToken;
        await using var pooler = await Pooler.StartAsync(server, "auth_type = scram-sha-256");
        var through = DoctorRun.Settings(pooler.Port);
        through["Targets:orders-db:Password"] = Pooler.Password;
        await AssertSaysAsync("The bot reaches orders-db through a pooler. Give it the server's own address.", through, token);

        var beside = DoctorRun.Settings(server.Server.Port);
        beside["Targets:orders-db:PgBouncer:Host"] = "127.0.0.1";
        beside["Targets:orders-db:PgBouncer:Port"] = $"{pooler.Port}";
        beside["Targets:orders-db:PgBouncer:User"] = "chatbot";
        beside["Targets:orders-db:PgBouncer:Password"] = Pooler.Password;
        var run = await DoctorRun.RunAsync(beside, token);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("works    PgBouncer 1.", run.Output, StringComparison.Ordinal);

        beside["Targets:orders-db:PgBouncer:User"] = "app"; // who may use the pools, and not the console
        await AssertSaysAsync("does not let app read its console. Add app to stats_users there", beside, token);
        beside["Targets:orders-db:PgBouncer:User"] = "chatbot";
        beside["Targets:orders-db:PgBouncer:Password"] = "canary-a-wrong-one";
        await AssertSaysAsync("refused the login of chatbot", beside, token);
    }

    private static async Task AssertSaysAsync(string words, Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var run = await DoctorRun.AskAsync(settings, cancellationToken);

        Assert.Equal((1, ""), (run.ExitCode, run.Errors));
        Assert.Contains(words, Assert.Single(run.Missing).Words, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", run.Output, StringComparison.Ordinal);
    }
}
