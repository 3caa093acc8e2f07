using System.Globalization;
using ChatBot.Incidents.Mitigations;
using ChatBot.Sandbox;
using ChatBot.Sandbox.Databases;
using ChatBot.Sandbox.Slack;
using Npgsql;

namespace ChatBot.IntegrationTests.Replicas;

/// <summary>
/// Two bot processes that share a PostgreSQL store and a Slack, and one target that leaked sessions fill. Each replica
/// reaches the target over a wire of its own, so that a test can catch it at the very moment of an effect.
/// </summary>
internal sealed class Pair : IAsyncDisposable
{
    public const string Channel = "inc-orders-db";

    private const string StoreName = "chatbot";

    /// <summary>No wait of a test takes longer than this, or something is wrong.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly List<NpgsqlConnection> _sessions = [];
    private readonly List<Replica> _replicas = [];

    private Pair(PostgreSqlServer server, PostgreSqlServer store, SlackSimulator slack)
    {
        Server = server;
        Store = store;
        Slack = slack;
        _patience.CancelAfter(Patience);
    }

    public PostgreSqlServer Server { get; }

    public PostgreSqlServer Store { get; }

    public SlackSimulator Slack { get; }

    public IReadOnlyList<Replica> Replicas => _replicas;

    public Ambush Ambush { get; } = new();

    public CancellationToken Token => _patience.Token;

    public SlackPerson Ana => Slack.Workspace.As("ana");

    public SlackPerson Boris => Slack.Workspace.As("boris");

    public SlackPerson Carl => Slack.Workspace.As("carl");

    /// <summary>Two bots, ready, and a target that refuses ordinary logins.</summary>
    public static async Task<Pair> StartAsync()
    {
        var server = await PostgreSqlServer.StartAsync(maxConnections: 30, ["log_line_prefix='%p %e '"]);
        var store = await PostgreSqlServer.StartAsync(maxConnections: 100);
        var pair = new Pair(server, store, await SlackSimulator.StartAsync(new SlackSimulatorOptions { RateLimits = SlackRateLimits.Off }));
        try
        {
            await store.ExecuteAsync($"create database {StoreName}");
            await server.ExecuteAsync(
                """
                create role chatbot login connection limit 5;
                grant pg_read_all_stats, pg_signal_backend to chatbot;
                create role app login;
                """);
            await pair.StartReplicaAsync();
            await pair.StartReplicaAsync();
            await pair.FillAsync();
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>The next thing a person does reaches both sockets of both replicas.</summary>
    public void OverAllSockets() => Slack.Faults.DeliverNext(Slack.Faults.Sockets, overAllSockets: true);

    /// <summary>An incident up to the plan that waits for its approver.</summary>
    public async Task<SeenMessage> UntilPlanAsync()
    {
        OverAllSockets();
        await Ana.TypeAsync(Channel, "/runbook start orders-db", Token);
        var card = await CardAsync(message => message.Button("End idle sessions") is not null);
        OverAllSockets();
        await Ana.PressAsync(card, "End idle sessions", cancellationToken: Token);
        return await PlanAsync(message => message.Button("Approve") is not null);
    }

    public Task<SeenMessage> CardAsync(Func<SeenMessage, bool> isSo) =>
        Ana.WaitForAsync(Channel, message => message.Author == "chatbot" && message.Says("Opened by") && isSo(message), Token);

    public Task<SeenMessage> PlanAsync(Func<SeenMessage, bool> isSo) =>
        Ana.WaitForAsync(Channel, message => message.Says("*Plan ") && isSo(message), Token);

    public Task<SeenMessage> FinishedPlanAsync() => PlanAsync(message => message.Says("Approved by") && !message.Says("Running:"));

    /// <summary>Waits for what a server or process says, asked again and again.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            if (Token.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited in vain. The bots say:\n{string.Join("\n\n", _replicas.Select(replica => replica.Process.Output))}");
            }

            await Task.Yield();
        }
    }

    /// <summary>A number, asked of the store behind the bots' backs.</summary>
    public Task<long> CountAsync(string sql) => Store.ScalarAsync<long>(sql, StoreName);

    /// <summary>Everything delivered is decided, and everybody is told.</summary>
    public Task UntilQuietAsync() => UntilAsync(async () =>
        await CountAsync("select (select count(*) from inbox where done_at is null) + (select count(*) from work where kind = 'tell-person/1')") == 0);

    /// <summary>How many words this person alone got.</summary>
    public int AnswersTo(SlackPerson person) =>
        Slack.Workspace.Messages(Slack.Workspace.RequireChannel(Channel).Id).Count(message => message.EphemeralFor == person.User.Id);

    /// <summary>Whatever happened: one incident, one plan, one execution, an outcome for each step, no session ended twice.</summary>
    /// <returns>How often the outcomes came out, by name.</returns>
    public async Task<IReadOnlyDictionary<string, int>> EnsureOnceAsync()
    {
        Assert.Equal((1, 1, 1), (
            await CountAsync("select count(*) from incidents"),
            await CountAsync("select count(*) from plans"),
            await CountAsync("select count(*) from executions where finished_at is not null")));
        var plan = Plan.FromBytes(await Store.ScalarAsync<byte[]>("select bytes from plans", StoreName), new MitigationKinds([EndIdleSessions.Kind]));
        var planned = ((EndIdleSessions)plan.Mitigation).Sessions.Select(session => (int)session.Pin.Number).Order().ToArray();
        Assert.Equal(planned.Length, await CountAsync("select count(*) from intents where outcome is not null"));
        Assert.Equal(planned.Length, await CountAsync("select count(*) from events where type = 'step-finished'"));
        Assert.Equal(planned, await EndedAsync());

        var messages = Slack.Workspace.Messages(Slack.Workspace.RequireChannel(Channel).Id);
        Assert.Equal(2, messages.Count(message => message.ThreadTs is null && message.EphemeralFor is null)); // the card and the plan
        // Each part of the incident once. A file comes again when it changed.
        var parts = await Store.ScalarAsync<long>("select count(*) from messages where slot not like 'file:%' and slot not like 'report:%'", StoreName);
        Assert.Equal(parts, messages.Count(message => message.EphemeralFor is null && message.Files.Count == 0));
        var outcomes = await Store.ScalarAsync<string[]>("select array_agg(outcome) from intents", StoreName);
        return outcomes.CountBy(outcome => outcome).ToDictionary();
    }

    public async ValueTask DisposeAsync()
    {
        Ambush.Release();
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }

        await Slack.DisposeAsync();
        await Store.DisposeAsync();
        await Server.DisposeAsync();
        _patience.Dispose();
    }

    /// <summary>Process ids of the sessions that were told to end, as often as they were, from the target's own log.</summary>
    private async Task<int[]> EndedAsync() =>
    [
        .. (await File.ReadAllLinesAsync(Server.LogFile, Token))
            .Where(line => line.Contains(" 57P01 FATAL", StringComparison.Ordinal))
            .Select(line => int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture))
            .Order(),
    ];

    private async Task StartReplicaAsync()
    {
        Replica? replica = null;
        var wire = new WatchedWire(Server.Port, "pg_terminate_backend", passing => Ambush.PassAsync(passing, replica!));
        replica = new Replica(BotProcess.Start(Settings(wire)), wire);
        _replicas.Add(replica);
        var wanted = _replicas.Count;
        await UntilAsync(async () => replica.Process.IsRunning
            ? await Server.ScalarAsync<long>("select count(*) from pg_stat_activity where usename = 'chatbot'") == wanted
            : throw new InvalidOperationException($"The bot ended:\n{replica.Process.Output}"));
        await Slack.Faults.WaitForSocketsAsync(2 * wanted, Token);
    }

    private async Task FillAsync()
    {
        try
        {
            while (true)
            {
                var session = new NpgsqlConnection(Server.ConnectionString("app") + ";Application Name=checkout-api");
                await session.OpenAsync(Token);
                _sessions.Add(session);
            }
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            // As full as ordinary users can make it.
        }
    }

    private Dictionary<string, string> Settings(WatchedWire wire) => new()
    {
        ["Slack:BotToken"] = Slack.Options.BotToken,
        ["Slack:AppToken"] = Slack.Options.AppToken,
        ["Slack:ApiUrl"] = Slack.ApiUrl.ToString(),
        ["Store:Engine"] = "PostgreSql",
        ["Store:ConnectionString"] = $"Host=127.0.0.1;Port={Store.Port};Username=postgres;Database={StoreName}",
        ["Work:Lease"] = "2s",
        ["Work:PollEvery"] = "50ms",
        ["Work:RetryAtMost"] = "1s",
        ["EndIdleSessions:IdleFor"] = "1s",
        ["EndIdleSessions:SeenGoneWithin"] = "2s",
        ["Watch:SampleEvery"] = "200ms",
        ["Watch:ConsumersEvery"] = "500ms",
        ["Watch:LookApart"] = "100ms",
        ["Watch:ReliefAfter"] = "1s",
        ["Watch:WatchFor"] = "2s",
        ["Targets:orders-db:Host"] = "127.0.0.1",
        ["Targets:orders-db:Port"] = wire.Port.ToString(CultureInfo.InvariantCulture),
        ["Targets:orders-db:User"] = "chatbot",
        ["Targets:orders-db:Environment"] = "PRODUCTION",
        ["Targets:orders-db:Mode"] = "Act",
        ["Targets:orders-db:Approvers:0"] = "S0DBONCALL",
    };
}
