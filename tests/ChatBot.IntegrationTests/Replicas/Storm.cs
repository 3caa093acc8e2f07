using System.Globalization;
using ChatBot.Sandbox;
using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Slack;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ChatBot.IntegrationTests.Replicas;

/// <summary>Many people at one plan, again and again: bots on either store, and a target with a few idle sessions.</summary>
internal sealed class Storm : IAsyncDisposable
{
    private const string Channel = "inc-orders-db";
    private const int IdleSessions = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-storm-").FullName;
    private readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly List<NpgsqlConnection> _sessions = [];
    private readonly List<BotProcess> _bots = [];
    private readonly PostgreSqlServer _server;
    private readonly PostgreSqlServer? _store;

    /// <param name="store">A server of its own, as anywhere; null for a file.</param>
    private Storm(PostgreSqlServer server, PostgreSqlServer? store, SlackSimulator slack)
    {
        (_server, _store, Slack) = (server, store, slack);
        _patience.CancelAfter(TimeSpan.FromMinutes(2));
    }

    public SlackSimulator Slack { get; }

    public CancellationToken Token => _patience.Token;

    /// <summary>How often anybody was told something that only they see.</summary>
    public int Told => Slack.Calls.Of("chat.postEphemeral").Count;

    /// <param name="replicas">How many share PostgreSQL; 0 is one on SQLite.</param>
    /// <param name="people">Everybody may approve.</param>
    public static async Task<Storm> StartAsync(int replicas, string[] people)
    {
        var server = await PostgreSqlServer.StartAsync(maxConnections: 100);
        await server.ExecuteAsync(
            """
            create role chatbot login;
            grant pg_read_all_stats, pg_signal_backend to chatbot;
            create role app login;
            """);
        var store = replicas > 0 ? await PostgreSqlServer.StartAsync(maxConnections: 100) : null;
        var options = new SlackSimulatorOptions
        {
            RateLimits = SlackRateLimits.Off,
            AckWithin = TimeSpan.FromSeconds(20), // the test is about what is decided, and the machine may be slow
            Users =
            [
                new("U0CHATBOT1", "chatbot", "ChatBot") { IsBot = true },
                .. people.Select(name => new SlackUser($"U0{name.ToUpperInvariant()}", name, name)),
            ],
            UserGroups = [new("S0DBONCALL", "db-oncall", "Database on call", people)],
            Channels = [new("C0ORDERSDB", Channel, ["chatbot", .. people])],
        };
        var storm = new Storm(server, store, await SlackSimulator.StartAsync(options));
        for (var n = 0; n < Math.Max(1, replicas); n++)
        {
            storm._bots.Add(BotProcess.Start(storm.Settings()));
        }

        var ready = storm.Slack.Faults.WaitForSocketsAsync(2 * storm._bots.Count, storm.Token);
        await Task.WhenAny([ready, .. storm._bots.Select(bot => bot.WaitForExitAsync(storm.Token))]);
        Assert.All(storm._bots, bot => Assert.True(bot.IsRunning, bot.Output));
        await ready;
        return storm;
    }

    public SlackPerson As(string name) => Slack.Workspace.As(name);

    /// <summary>A new incident, up to its plan.</summary>
    public async Task<SeenMessage> UntilPlanAsync()
    {
        await LeakAsync();
        var seen = As("ana").Sees(Channel).Select(message => message.Ts).ToHashSet();
        await As("ana").TypeAsync(Channel, "/runbook start orders-db", Token);
        var card = await As("ana").WaitForAsync(Channel, message => !seen.Contains(message.Ts) && message.Button("End idle sessions") is not null, Token);
        await As("ana").PressAsync(card, "End idle sessions", cancellationToken: Token);
        return await As("ana").WaitForAsync(Channel, message => message.Button("Approve") is not null, Token);
    }

    /// <summary>Everything delivered is decided, and everybody is told.</summary>
    public async Task UntilQuietAsync()
    {
        while (await CountAsync("select (select count(*) from inbox where done_at is null) + (select count(*) from work where kind = 'tell-person/1')") > 0)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async Task StopIncidentAsync()
    {
        await As("ana").TypeAsync(Channel, "/runbook stop orders-db", Token);
        await As("ana").WaitForAllAsync(Channel, all => all.All(message => message.Buttons.Count == 0), Token);
    }

    /// <summary>A number, asked of the store behind the bots' backs.</summary>
    public async Task<long> CountAsync(string sql)
    {
        if (_store is not null)
        {
            return await _store.ScalarAsync<long>(sql);
        }

        await using var file = new SqliteConnection($"Data Source={File};Mode=ReadOnly;Pooling=False");
        await file.OpenAsync(Token);
        await using var command = file.CreateCommand();
#pragma warning disable CA2100 // the tests' own text
        command.CommandText = sql;
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var bot in _bots)
        {
            await bot.DisposeAsync();
        }

        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }

        await Slack.DisposeAsync();
        await _server.DisposeAsync();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        _patience.Dispose();
    }

    private string File => Path.Combine(_folder, "chatbot.db");

    private async Task LeakAsync()
    {
        for (var n = 0; n < IdleSessions; n++)
        {
            var session = new NpgsqlConnection(_server.ConnectionString("app") + ";Application Name=checkout-api");
            await session.OpenAsync(Token);
            _sessions.Add(session);
        }
    }

    private Dictionary<string, string> Settings() => new()
    {
        ["Slack:BotToken"] = Slack.Options.BotToken,
        ["Slack:AppToken"] = Slack.Options.AppToken,
        ["Slack:ApiUrl"] = Slack.ApiUrl.ToString(),
        [_store is not null ? "Store:Engine" : "Store:Path"] = _store is not null ? "PostgreSql" : File,
        [_store is not null ? "Store:ConnectionString" : "Store:Engine"] =
            _store is not null ? $"Host=127.0.0.1;Port={_store.Port};Username=postgres;Database=postgres" : "Sqlite",
        ["Work:PollEvery"] = "50ms",
        ["EndIdleSessions:IdleFor"] = "1s",
        ["Watch:SampleEvery"] = "500ms",
        ["Watch:ConsumersEvery"] = "500ms",
        ["Watch:LookApart"] = "100ms",
        ["Watch:ReliefAfter"] = "30s",
        ["Targets:orders-db:Host"] = "127.0.0.1",
        ["Targets:orders-db:Port"] = _server.Port.ToString(CultureInfo.InvariantCulture),
        ["Targets:orders-db:User"] = "chatbot",
        ["Targets:orders-db:Environment"] = "PRODUCTION",
        ["Targets:orders-db:Mode"] = "Act",
        ["Targets:orders-db:Approvers:0"] = "S0DBONCALL",
    };
}
