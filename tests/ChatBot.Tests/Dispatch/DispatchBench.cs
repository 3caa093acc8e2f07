using System.Text.Json.Nodes;
using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Slack;
using ChatBot.Steps;
using ChatBot.Steps.TerminateIdle;
using ChatBot.Store;
using ChatBot.Tests.Configuration;
using ChatBot.Tests.Slack;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.Tests.Dispatch;

/// <summary>A store in a file of its own, and what works on it, while a test plays Slack.</summary>
internal sealed class DispatchBench : IAsyncDisposable
{
    public const string Target = "orders-db";

    /// <summary>As short as a page can be that ends sessions.</summary>
    public const string Page =
        """
        # Too many connections

        ## Diagnosis

        1. Count them <!-- step: connection-usage -->
        2. Say whose they are <!-- step: connection-consumers -->

        ## Mitigation

        1. Immediate actions:
           - End the idle ones <!-- step: terminate-idle id=end-idle -->

             ```bash
             psql -h <host> -U <user> -d <database> -c "SELECT 1;"
             ```
        2. Long-term solutions:
           - Find out why
        """;

    private readonly string _folder;
    private readonly List<(Show Show, WorkItem Item)> _claimed = [];

    private DispatchBench(
        string folder, IncidentStore store, Func<string, JsonObject, JsonObject> slack, JsonObject settings, WarmConnections connections, IReadOnlyList<IReadingStep> reading)
    {
        _folder = folder;
        Store = store;
        Connections = connections;
        Wire = new AnsweringWire(slack);
        Options = Given.Read(settings.With("Targets:orders-db:Runbook", "page")).Options!;
        var directory = new SlackDirectory(Wire, TimeProvider.System, TimeSpan.Zero, NullLogger<SlackDirectory>.Instance);
        Facts = new FactsReader(Options, directory);
        Dispatcher = new Dispatcher(store, Log);
        Steps = new StepCatalogue(
            reading,
            [
                new TerminateIdleStep(
                    new TargetServers(Options.Targets.Keys.Select(target => new PostgreSqlTargetServer(target, connections, TimeProvider.System))), Options),
            ]);
        Pages = new Pages(folder, Steps, NullLogger<Pages>.Instance);
        Drawing = new IncidentDrawing(store, Facts, Pages, new TemporaryPlans(store, Steps), Steps);
        Outbox = new SlackOutbox(Wire, new PostedMessages(Wire), store, new IncidentThread(store), Drawing, NullLogger<SlackOutbox>.Instance);
    }

    public IncidentStore Store { get; }

    public WarmConnections Connections { get; }

    public AnsweringWire Wire { get; }

    public ChatBotOptions Options { get; }

    public FactsReader Facts { get; }

    public IncidentLog Log { get; } = new();

    public Dispatcher Dispatcher { get; }

    public StepCatalogue Steps { get; }

    public Pages Pages { get; }

    public IncidentDrawing Drawing { get; }

    public SlackOutbox Outbox { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="page">What incidents follow; <see cref="Page"/> if left out.</param>
    /// <param name="reading">Step types that the page can name besides.</param>
    /// <param name="targets">What the bot keeps connections to; none if left out.</param>
    public static async Task<DispatchBench> OpenAsync(
        Func<string, JsonObject, JsonObject>? slack = null,
        JsonObject? settings = null,
        string page = Page,
        IReadOnlyList<IReadingStep>? reading = null,
        params IReadOnlyList<PostgreSqlTarget> targets)
    {
        var folder = Directory.CreateTempSubdirectory("chatbot-dispatch-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "page.md"), page, Token);
        var store = await IncidentStore.OpenAsync(
            new SqliteStoreSettings(Path.Combine(folder, "chatbot.db")), TimeProvider.System, NullLoggerFactory.Instance, Token);
        return new DispatchBench(
            folder, store, slack ?? ((_, _) => []), settings ?? Given.Smallest(), new WarmConnections(targets, TimeProvider.System, NullLoggerFactory.Instance), reading ?? []);
    }

    /// <summary>Opens an incident that follows <see cref="Page"/>.</summary>
    public async Task OpenIncidentAsync(IncidentId id, Person by, string target = Target, Facts? facts = null)
    {
        var page = Pages.Current("page")!;
        await DoAsync(
            id, new OpenIncident(id, target, "C0INCIDENTS", by, page.Chosen), transaction => transaction.AddPageAsync(page.Chosen.Hash, page.Bytes), facts);
    }

    /// <summary>A command and its decision; it has to be accepted.</summary>
    public Task DoAsync(IncidentId id, IncidentCommand command, EvidenceRow? evidence = null, Facts? facts = null) =>
        DoAsync(id, command, transaction => evidence is null ? Task.CompletedTask : transaction.AddEvidenceAsync(evidence), facts);

    public async Task<Incident> IncidentAsync(IncidentId id) =>
        (await Store.ReadAsync((reader, _) => Log.LoadAsync(reader, id), Token))!;

    /// <summary>Claims all that is due, and picks what is of this kind.</summary>
    public async Task<IReadOnlyList<(T Effect, WorkItem Item)>> ClaimAsync<T>()
        where T : Effect
    {
        var items = await Store.ClaimAsync(10, TimeSpan.FromMinutes(1), Token);
        return
        [
            .. items.Select(item => (Effect: EffectCodec.Read(item.Kind, item.Body), item))
                .Where(work => work.Effect is T)
                .Select(work => ((T)work.Effect!, work.item)),
        ];
    }

    /// <summary>Carries out the oldest drawing.</summary>
    public async Task<string> ShowNextAsync(IncidentId id)
    {
        // Card and thread have a lane each; here the older work goes first.
        _claimed.AddRange(await ClaimAsync<Show>());
        Assert.NotEmpty(_claimed);
        var (show, item) = _claimed.MinBy(claimed => claimed.Item.Seq);
        _claimed.Remove((show, item));
        await Outbox.ShowAsync(show, await IncidentAsync(id), item, Token);
        return Slots.Of(show);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Connections.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task DoAsync(IncidentId id, IncidentCommand command, Func<StoreTransaction, Task> also, Facts? facts)
    {
        var answer = await Dispatcher.RunAsync(commandId: null, id, command, facts ?? Facts.ForResult(Target), (transaction, _) => also(transaction), Token);
        Assert.Null(answer.Reason);
    }
}
