using System.Diagnostics;
using System.Globalization;
using ChatBot.Sandbox;
using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Slack;
using Npgsql;

namespace ChatBot.Benchmarks;

/// <summary>A Slack, a target with idle sessions, a PostgreSQL that syncs to disk, and a folder on the same disk.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string Channel = "inc-orders-db";

    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-benchmark-").FullName;
    private readonly List<NpgsqlConnection> _idle = [];
    private readonly PostgreSqlServer _target;
    private readonly PostgreSqlServer _store;
    private int _stores;

    private World(PostgreSqlServer target, PostgreSqlServer store)
    {
        (_target, _store) = (target, store);
    }

    public static async Task<World> StartAsync(CancellationToken cancellationToken)
    {
        var world = new World(
            await PostgreSqlServer.StartAsync(50, cancellationToken: cancellationToken),
            await PostgreSqlServer.StartAsync(100, ["fsync=on", "synchronous_commit=on", "full_page_writes=on"], cancellationToken));
        await world._target.ExecuteAsync(
            "create role chatbot login; grant pg_read_all_stats, pg_signal_backend to chatbot; create role app login", cancellationToken: cancellationToken);
        for (var n = 0; n < 5; n++)
        {
            var session = new NpgsqlConnection(world._target.ConnectionString("app"));
            await session.OpenAsync(cancellationToken);
            world._idle.Add(session);
        }

        return world;
    }

    public static Task<SlackSimulator> StartSlackAsync(CancellationToken cancellationToken) => SlackSimulator.StartAsync(
        new SlackSimulatorOptions { RateLimits = SlackRateLimits.Off, AckWithin = TimeSpan.FromSeconds(30) }, cancellationToken);

    /// <summary>Settings of a bot on a new, empty store.</summary>
    public async Task<Dictionary<string, string>> NewStoreAsync(SlackSimulator slack, bool isShared)
    {
        var name = $"chatbot{++_stores}";
        var settings = new Dictionary<string, string>
        {
            ["Slack:BotToken"] = slack.Options.BotToken,
            ["Slack:AppToken"] = slack.Options.AppToken,
            ["Slack:ApiUrl"] = slack.ApiUrl.ToString(),
            ["EndIdleSessions:IdleFor"] = "1s",
            ["Watch:ReliefAfter"] = "13m", // the target isn't full, and no plan is overtaken for that
            ["Targets:orders-db:Host"] = "127.0.0.1",
            ["Targets:orders-db:Port"] = _target.Port.ToString(CultureInfo.InvariantCulture),
            ["Targets:orders-db:User"] = "chatbot",
            ["Targets:orders-db:Environment"] = "PRODUCTION",
            ["Targets:orders-db:Mode"] = "Act",
            ["Targets:orders-db:Approvers:0"] = "S0DBONCALL",
        };
        if (isShared)
        {
            await _store.ExecuteAsync($"create database {name}");
            settings["Store:Engine"] = "PostgreSql";
            settings["Store:ConnectionString"] = $"Host=127.0.0.1;Port={_store.Port};Username=postgres;Database={name}";
        }
        else
        {
            settings["Store:Path"] = Path.Combine(_folder, $"{name}.db");
        }

        return settings;
    }

    /// <returns>The bot, and how long it took from its start until both sockets were open, in ms.</returns>
    public static async Task<(BotProcess Bot, double ReadyAfter)> StartBotAsync(
        SlackSimulator slack, Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        var bot = BotProcess.Start(settings);
        var ready = slack.Faults.WaitForSocketsAsync(2, cancellationToken);
        if (await Task.WhenAny(ready, bot.WaitForExitAsync(cancellationToken)) != ready)
        {
            throw new InvalidOperationException($"The bot ended with {bot.ExitCode}:\n{bot.Output}");
        }

        await ready;
        return (bot, Stopwatch.GetElapsedTime(since).TotalMilliseconds);
    }

    /// <summary>Resident memory in MB.</summary>
    public static double MemoryOf(BotProcess bot)
    {
        using var process = Process.GetProcessById(bot.Id);
        return process.WorkingSet64 / 1e6;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _idle)
        {
            await session.DisposeAsync();
        }

        await _target.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
