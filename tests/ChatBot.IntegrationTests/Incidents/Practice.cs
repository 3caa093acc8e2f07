using ChatBot.Sandbox;
using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Slack;
using Npgsql;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>
/// A whole incident's world: a real PostgreSQL with few slots, a Slack with people in it, and the bot as its own
/// process between them.
/// </summary>
internal sealed class Practice : IAsyncDisposable
{
    public const string Channel = "inc-orders-db";

    /// <summary>No wait of a test takes longer than this, or something is wrong: 60 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-practice-").FullName;
    private readonly CancellationTokenSource _patience = new(Patience);
    private readonly List<NpgsqlConnection> _sessions = [];

    private Practice(PostgreSqlServer server, SlackSimulator slack)
    {
        Server = server;
        Slack = slack;
    }

    public PostgreSqlServer Server { get; }

    public SlackSimulator Slack { get; }

    public BotProcess? Bot { get; private set; }

    /// <summary>Ends every wait of the test.</summary>
    public CancellationToken Token => _patience.Token;

    public SlackPerson Ana => Slack.Workspace.As("ana");

    public SlackPerson Boris => Slack.Workspace.As("boris");

    /// <summary>Settings of the bot; a test may change them before it starts it.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    public static async Task<Practice> StartAsync(int maxConnections = 30, SlackRateLimits? limits = null)
    {
        var server = await PostgreSqlServer.StartAsync(maxConnections, ["log_connections=on", "log_line_prefix='%p %u %a %e '"]);
        await server.ExecuteAsync(
            """
            create role chatbot login connection limit 3;
            grant pg_read_all_stats, pg_signal_backend to chatbot;
            create role app login;
            """);
        await server.ExecuteAsync("create database shop");
        var slack = await SlackSimulator.StartAsync(new SlackSimulatorOptions { RateLimits = limits ?? SlackRateLimits.Off });
        var practice = new Practice(server, slack);
        practice.FillSettings();
        return practice;
    }

    public async Task StartBotAsync(string configuration = "release", string? crashAt = null)
    {
        var environment = crashAt is null ? null : new Dictionary<string, string> { ["CRASH_AT"] = crashAt };
        Bot = BotProcess.Start(Settings, configuration, environment);
        await UntilAsync(
            async () => !Bot.IsRunning
                ? throw new InvalidOperationException($"The bot ended:\n{Bot.Output}")
                : await Server.ScalarAsync<bool>("select exists (select 1 from pg_stat_activity where usename = 'chatbot')"));
        await Slack.Faults.WaitForSocketsAsync(2, Token);
    }

    /// <summary>Opens idle sessions as a service would that leaks them.</summary>
    public async Task LeakAsync(int count, string application = "checkout-api")
    {
        for (var i = 0; i < count; i++)
        {
            var connection = new NpgsqlConnection(Server.ConnectionString("app", "shop") + $";Application Name={application}");
            await connection.OpenAsync(Token);
            await using var command = new NpgsqlCommand("select 1", connection);
            await command.ExecuteScalarAsync(Token);
            _sessions.Add(connection);
        }
    }

    /// <summary>Leaks until an ordinary login is refused.</summary>
    public async Task FillAsync()
    {
        try
        {
            while (true)
            {
                await LeakAsync(1);
            }
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            // As full as ordinary users can make it.
        }
    }

    public IReadOnlyList<NpgsqlConnection> Sessions => _sessions;

    public Task<SeenMessage> CardAsync(Func<SeenMessage, bool> isSo) =>
        Ana.WaitForAsync(Channel, message => message.ThreadTs is null && message.Author == "chatbot" && !message.IsEphemeral && message.Says("Opened by") && isSo(message), Token);

    public Task<SeenMessage> PlanAsync(Func<SeenMessage, bool> isSo) =>
        Ana.WaitForAsync(Channel, message => message.Says("*Plan ") && isSo(message), Token);

    /// <summary>Waits for what the server says, asked again and again.</summary>
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
        }

        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }

        await Slack.DisposeAsync();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        _patience.Dispose();
    }

    private void FillSettings()
    {
        Settings["Slack:BotToken"] = Slack.Options.BotToken;
        Settings["Slack:AppToken"] = Slack.Options.AppToken;
        Settings["Slack:ApiUrl"] = Slack.ApiUrl.ToString();
        Settings["Store:Path"] = Path.Combine(_folder, "chatbot.db");
        Settings["Work:Lease"] = "2s";
        Settings["Work:PollEvery"] = "50ms";
        Settings["EndIdleSessions:IdleFor"] = "1s";
        Settings["Watch:SampleEvery"] = "200ms";
        Settings["Watch:ConsumersEvery"] = "500ms";
        Settings["Watch:ReliefAfter"] = "1s";
        Settings["Watch:WatchFor"] = "2s";
        Settings["Targets:orders-db:Host"] = "127.0.0.1";
        Settings["Targets:orders-db:Port"] = Server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Settings["Targets:orders-db:User"] = "chatbot";
        Settings["Targets:orders-db:Environment"] = "PRODUCTION";
        Settings["Targets:orders-db:Mode"] = "Act";
        Settings["Targets:orders-db:Approvers:0"] = "S0DBONCALL";
    }
}
