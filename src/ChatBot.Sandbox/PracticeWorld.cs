using System.Globalization;
using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Scenarios;
using ChatBot.Sandbox.Situations;
using ChatBot.Sandbox.Slack;
using ChatBot.Sandbox.Workloads;

namespace ChatBot.Sandbox;

/// <param name="Slots">All connection slots of the server; three are kept for superusers.</param>
/// <param name="Seed">Decides the rhythm of the services: the same seed, the same incident.</param>
internal sealed record WorldOptions(int Slots, int Seed)
{
    /// <summary>How long the leak takes from nothing to a full server: about half a minute, whatever the size.</summary>
    public double LeakPerMinute => 1.6 * Slots;

    /// <summary>What ordinary users can have.</summary>
    public int Ordinary => Slots - PracticeWorld.Reserved;
}

/// <summary>A small company on this machine: a database server, services that use it, a Slack workspace, and the bot.</summary>
internal sealed class PracticeWorld : IAsyncDisposable
{
    public const string Channel = "inc-orders-db";

    public const string Target = "orders-db";

    /// <summary>Slots for superusers, PostgreSQL's default: 3.</summary>
    public const int Reserved = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-practice-").FullName;
    private PostgreSqlServer? _server;
    private Services? _services;
    private SlackSimulator? _slack;
    private BotProcess? _bot;

    private PracticeWorld()
    {
    }

    /// <summary>The situation that is played; null for the story with the practice company's own services.</summary>
    public SituationWorld? Situation { get; private set; }

    /// <summary>The PostgreSQL server; there is none in a situation on MySQL or MariaDB.</summary>
    public PostgreSqlServer Server => Situation?.PostgreSql ?? Company?.Server ?? _server!;

    /// <summary>The practice company's own services; there are none in a situation or in a cluster.</summary>
    public Services Services => _services!;

    /// <summary>The company in its cluster; null in the stories without one.</summary>
    public ClusterCompany? Company { get; private set; }

    /// <summary>What the customers of each service got.</summary>
    public IEnumerable<(string Service, ServiceTally Tally)> Tallies => Company is { } company
        ? company.Pods.Tallies.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value))
        : Services.All.Select(service => (service.Name, service.Tally));

    public SlackSimulator Slack => _slack!;

    public BotProcess Bot => _bot!;

    /// <summary>Starts everything; takes a few seconds.</summary>
    /// <exception cref="InvalidOperationException">Something did not start; says what and why.</exception>
    public static async Task<PracticeWorld> StartAsync(WorldOptions options, Scenario scenario, CancellationToken cancellationToken)
    {
        var world = new PracticeWorld();
        try
        {
            if (scenario.Situation is { } situation)
            {
                world.Situation = await SituationWorld.StartAsync(situation, options.Seed, cancellationToken);
                await world.Situation.GrantAsync();
            }
            else if (scenario.HasCluster)
            {
                world.Company = await ClusterCompany.StartAsync(options, world._folder, cancellationToken);
            }
            else
            {
                await world.StartCompanyAsync(options, cancellationToken);
            }

            world._slack = await SlackSimulator.StartAsync(new SlackSimulatorOptions(), cancellationToken);
            world._bot = BotProcess.Start(world.BotSettings());
            await world.UntilBotIsReadyAsync(cancellationToken);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The bot first, so that it doesn't see its world end; the services before their server.
        foreach (var part in new IAsyncDisposable?[] { _bot, Situation, Company, _services, _slack, _server })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartCompanyAsync(WorldOptions options, CancellationToken cancellationToken)
    {
        _server = await PostgreSqlServer.StartAsync(options.Slots, cancellationToken: cancellationToken);
        var grants = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "manifests", "postgresql.sql"), cancellationToken);
        _services = await Services.StartAsync(_server, options.Ordinary, options.LeakPerMinute, options.Seed, cancellationToken);
        // In the database that the bot connects to: its functions are there.
        await _server.ExecuteAsync(grants, Services.Database, cancellationToken);
    }

    private async Task UntilBotIsReadyAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var end = Bot.WaitForExitAsync(ended.Token);
        var ready = Slack.Faults.WaitForSocketsAsync(2, ended.Token);
        var first = await Task.WhenAny(ready, end);
        await ended.CancelAsync();
        if (first == end && !cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"The bot ended with exit code {Bot.ExitCode} before it was ready:\n{Bot.Output}");
        }

        await first;
    }

    /// <summary>The bot's settings; everything else is as an operator gets it.</summary>
    private Dictionary<string, string> BotSettings()
    {
        var isMySql = Situation is { MySql: not null };
        var port = Situation?.ServerPort ?? Server.Port;
        var settings = new Dictionary<string, string>
        {
            ["Slack:BotToken"] = Slack.Options.BotToken,
            ["Slack:AppToken"] = Slack.Options.AppToken,
            ["Slack:ApiUrl"] = Slack.ApiUrl.ToString(),
            ["Store:Path"] = Path.Combine(_folder, "chatbot.db"),
            [$"Targets:{Target}:Host"] = "127.0.0.1",
            [$"Targets:{Target}:Port"] = port.ToString(CultureInfo.InvariantCulture),
            [$"Targets:{Target}:User"] = "chatbot",
            [$"Targets:{Target}:Environment"] = "PRODUCTION",
            [$"Targets:{Target}:Mode"] = "Act",
            [$"Targets:{Target}:Approvers:0"] = Slack.Options.UserGroups[0].Id,
            [$"Targets:{Target}:Database"] = "orders",
            [$"Targets:{Target}:Services:checkout-api:Namespace"] = "shop",
            ["Work:PollEvery"] = "100ms",
            ["EndIdleSessions:IdleFor"] = "5s",
            ["EndTransactions:IdleFor"] = "3s",
            ["Watch:SampleEvery"] = "1s",
            ["Watch:ConsumersEvery"] = "3s",
            ["Watch:LookApart"] = "3s",
            ["Watch:StillFor"] = $"{SituationWorld.StillFor.TotalSeconds:0}s",
            ["Watch:ReliefAfter"] = "3s",
            ["Watch:WatchFor"] = "10s",
            ["Runbooks:Folder"] = PracticePages.WriteTo(_folder),
        };
        if (Company is { } company)
        {
            settings["Kubernetes:KubeconfigFile"] = company.KubeconfigFile;
            settings[$"Targets:{Target}:Services:{ClusterCompany.Checkout}:PoolSize"] = $"env:{ClusterCompany.PoolVariable}";
        }

        if (isMySql)
        {
            settings[$"Targets:{Target}:Engine"] = "MySql";
            settings[$"Targets:{Target}:Tls"] = "Disable";
            settings.Remove($"Targets:{Target}:Database");
        }

        if (Situation?.Pooler is { } pooler)
        {
            settings[$"Targets:{Target}:PgBouncer:Host"] = "127.0.0.1";
            settings[$"Targets:{Target}:PgBouncer:Port"] = pooler.Port.ToString(CultureInfo.InvariantCulture);
            settings[$"Targets:{Target}:PgBouncer:User"] = SituationWorld.BotUser;
            settings[$"Targets:{Target}:PgBouncer:Tls"] = "Disable";
        }

        return settings;
    }

    /// <summary>What is different from a real installation, in words.</summary>
    public const string Shortened =
        "Practice is quicker than life: a session counts as idle after 5 s (default 30 min) and stands still after 4 s (30 s), the bot measures every 1 s (10 s), believes a relief after 3 s (60 s) and watches for 10 s (30 min).";
}
