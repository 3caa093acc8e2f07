using System.Globalization;
using ChatBot.IntegrationTests.InKubernetes;
using ChatBot.Sandbox;
using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>
/// A whole incident's world: a real PostgreSQL with few slots, a Slack with people in it, and the bot as its own
/// process between them.
/// </summary>
internal sealed partial class Practice : IAsyncDisposable
{
    public const string Channel = "inc-orders-db";

    /// <summary>No test takes longer than this, or something is wrong: 2 minutes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _patience;

    private Practice(PostgreSqlServer server, SlackSimulator slack)
    {
        Server = server;
        Slack = slack;
        _logFrom = new FileInfo(server.LogFile).Length;
        _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _patience.CancelAfter(Patience);
    }

    public PostgreSqlServer Server { get; }

    public SlackSimulator Slack { get; }

    public BotProcess? Bot { get; private set; }

    /// <summary>Ends every wait of the test.</summary>
    public CancellationToken Token => _patience.Token;

    /// <summary>Gone with the practice.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("chatbot-practice-").FullName;

    public SlackPerson Ana => Slack.Workspace.As("ana");

    public SlackPerson Boris => Slack.Workspace.As("boris");

    /// <summary>Settings of the bot; a test may change them before it starts it.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <param name="slack">Null for a Slack that is as patient as the tests: a busy machine is no failure of the bot.</param>
    public static async Task<Practice> StartAsync(SlackSimulatorOptions? slack = null)
    {
        slack ??= new SlackSimulatorOptions { AckWithin = Patience };
        var server = await PracticeServers.RentAsync(TestContext.Current.CancellationToken);
        var simulator = await SlackSimulator.StartAsync(slack with { RateLimits = SlackRateLimits.Off });
        var practice = new Practice(server, simulator);
        practice.FillSettings();
        return practice;
    }

    /// <summary>The bot keeps its store on a PostgreSQL server instead of in a file.</summary>
    public async Task UsePostgreSqlStoreAsync()
    {
        Settings.Remove("Store:Path");
        Settings["Store:Engine"] = "PostgreSql";
        Settings["Store:ConnectionString"] = await PracticeServers.MakeStoreAsync();
    }

    /// <summary>One more target, on a server of its own.</summary>
    public void AddTarget(string name, PostgreSqlServer server) => AddTarget(name, server.Port);

    private void AddTarget(string name, int port)
    {
        Settings[$"Targets:{name}:Host"] = "127.0.0.1";
        Settings[$"Targets:{name}:Port"] = port.ToString(CultureInfo.InvariantCulture);
        Settings[$"Targets:{name}:User"] = "chatbot";
        Settings[$"Targets:{name}:Environment"] = "PRODUCTION";
        Settings[$"Targets:{name}:Mode"] = "Act";
        Settings[$"Targets:{name}:Approvers:0"] = "S0DBONCALL";
        Settings[$"Targets:{name}:Protected:Applications:0"] = Protected;
    }

    /// <summary>One more target, on MariaDB or MySQL.</summary>
    public void AddTarget(string name, MySqlProcess server)
    {
        AddTarget(name, server.Port);
        Settings[$"Targets:{name}:Engine"] = "MySql";
        Settings[$"Targets:{name}:Tls"] = "Disable";
    }

    /// <summary>orders-db has a service in this cluster.</summary>
    public void AddService(ShopCluster shop)
    {
        Settings["Kubernetes:KubeconfigFile"] = shop.Options.KubeconfigFile;
        Settings["Targets:orders-db:Services:checkout-api:Namespace"] = "shop";
        Settings["Targets:orders-db:Services:checkout-api:PoolSize"] = "env:DB_POOL";
    }

    /// <summary>Starts the bot; it is in the server and in Slack when this returns, or has died where it was to die.</summary>
    /// <param name="configuration">Which build: <c>release</c>, or <c>crash</c> for the one with crash points.</param>
    /// <param name="crashAt">A name of <see cref="CrashPoint"/>, and which time it is reached: <c>intent-stored:3</c>.</param>
    /// <param name="getsIn">False where it won't get into the server of orders-db: that isn't waited for.</param>
    public async Task StartBotAsync(string configuration = "release", string? crashAt = null, bool getsIn = true)
    {
        var environment = crashAt is null ? null : new Dictionary<string, string> { ["CRASH_AT"] = crashAt };
        Bot = BotProcess.Start(Settings, configuration, environment);
        var sockets = Slack.Faults.WaitForSocketsAsync(2, Token);
        var ended = Bot.WaitForExitAsync(Token);
        if (await Task.WhenAny(sockets, ended) == ended)
        {
            // A predecessor's work may be all it came to.
            if (crashAt is not null && Bot.ExitCode == 137)
            {
                return;
            }

            throw new InvalidOperationException($"The bot ended with {Bot.ExitCode}:\n{Bot.Output}");
        }

        await sockets;
        if (getsIn)
        {
            await UntilAsync(async () => !Bot.IsRunning || await Server.ScalarAsync<bool>("select exists (select from pg_stat_activity where usename = 'chatbot')"));
        }
    }

    /// <summary>The bot died at the point it was to die at, and an ordinary one takes its place, or one that is to die as well.</summary>
    /// <param name="next">Where that one dies; null for the ordinary build.</param>
    public async Task StartAgainAfterAsync(string crashAt, string? next = null)
    {
        await Bot!.WaitForExitAsync(Token);
        Assert.Equal(137, Bot.ExitCode); // 128 + SIGKILL
        Assert.Contains($"crash point {crashAt.Split(':')[0]} reached", Bot.Errors);
        await Bot.DisposeAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(Bot.Output); // shown with a test that fails
        await Slack.Faults.WaitForSocketsAsync(0, Token);
        await StartBotAsync(next is null ? "release" : "crash", next);
    }

    /// <summary>One bot after the other dies where it was to die.</summary>
    /// <param name="last">Where the one dies that is left; null for the ordinary build.</param>
    public async Task DieAsync(string[] points, string? last = null)
    {
        for (var at = 0; at < points.Length; at++)
        {
            await StartAgainAfterAsync(points[at], at + 1 < points.Length ? points[at + 1] : last);
        }
    }

    /// <summary>As a power cut would.</summary>
    public async Task StopBotAsync()
    {
        Bot!.Kill();
        await Bot.WaitForExitAsync(Token);
    }

    /// <summary>Waits for what somebody else says, asked again and again.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Bot is not null)
        {
            await Bot.DisposeAsync();
            TestContext.Current.TestOutputHelper?.WriteLine(Bot.Output);
        }

        // Before the sessions are closed at this end: a test that failed may have left one in the middle of a query.
        await PracticeServers.GiveBackAsync(Server);
        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }

        await Slack.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        _patience.Dispose();
    }

    private void FillSettings()
    {
        Settings["Slack:BotToken"] = Slack.Options.BotToken;
        Settings["Slack:AppToken"] = Slack.Options.AppToken;
        Settings["Slack:ApiUrl"] = Slack.ApiUrl.ToString();
        Settings["Store:Path"] = Path.Combine(Folder, "chatbot.db");
        Settings["Work:Lease"] = "2s";
        Settings["Work:PollEvery"] = "50ms";
        Settings["Work:RetryAtMost"] = "500ms";
        Settings["Approval:MembershipFreshFor"] = "0s";
        Settings["EndIdleSessions:IdleFor"] = "1s";
        Settings["Watch:SampleEvery"] = "200ms";
        Settings["Watch:ConsumersEvery"] = "500ms";
        Settings["Watch:LookApart"] = "100ms";
        Settings["Watch:ReliefAfter"] = "1s";
        Settings["Watch:WatchFor"] = "2s";
        AddTarget("orders-db", Server);
    }
}
