using System.Text.Json.Nodes;
using ChatBot.Configuration;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Slack;
using ChatBot.Store;
using ChatBot.Tests.Slack;
using Microsoft.Extensions.Logging.Abstractions;
using Given = ChatBot.Tests.Configuration.Given;

namespace ChatBot.Tests.Dispatch;

/// <summary>A store in a file of its own, and what works on it, while a test plays Slack.</summary>
internal sealed class DispatchBench : IAsyncDisposable
{
    public const string Target = "orders-db";

    private readonly string _folder;

    private DispatchBench(string folder, IncidentStore store, Func<string, JsonObject, JsonObject> slack, JsonObject? settings)
    {
        _folder = folder;
        Store = store;
        Wire = new AnsweringWire(slack);
        Options = Given.Read(settings ?? Given.Smallest()).Options!;
        var directory = new SlackDirectory(Wire, TimeProvider.System, TimeSpan.Zero, NullLogger<SlackDirectory>.Instance);
        Facts = new FactsReader(Options, directory);
        Dispatcher = new Dispatcher(store, Log);
        Outbox = new SlackOutbox(Wire, new PostedMessages(Wire), store, new IncidentDrawing(store, Facts), NullLogger<SlackOutbox>.Instance);
    }

    public IncidentStore Store { get; }

    public AnsweringWire Wire { get; }

    public ChatBotOptions Options { get; }

    public FactsReader Facts { get; }

    public IncidentLog Log { get; } = new();

    public Dispatcher Dispatcher { get; }

    public SlackOutbox Outbox { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<DispatchBench> OpenAsync(Func<string, JsonObject, JsonObject>? slack = null, JsonObject? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("chatbot-dispatch-").FullName;
        var store = await IncidentStore.OpenAsync(
            new SqliteStoreSettings(Path.Combine(folder, "chatbot.db")), TimeProvider.System, NullLoggerFactory.Instance, Token);
        return new DispatchBench(folder, store, slack ?? ((_, _) => []), settings);
    }

    /// <summary>A command and its decision; it has to be accepted.</summary>
    public async Task DoAsync(IncidentId id, IncidentCommand command, EvidenceRow? evidence = null, Facts? facts = null)
    {
        var answer = await Dispatcher.RunAsync(
            commandId: null,
            id,
            command,
            facts ?? Facts.ForResult(Target),
            (transaction, _) => evidence is null ? Task.CompletedTask : transaction.AddEvidenceAsync(evidence),
            Token);
        Assert.Null(answer.Reason);
    }

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

    /// <summary>Carries out the first drawing of the channel's lane.</summary>
    public async Task<IncidentPart> ShowNextAsync(IncidentId id)
    {
        var (show, item) = Assert.Single(await ClaimAsync<Show>());
        await Outbox.ShowAsync(show, await IncidentAsync(id), item, Token);
        return show.Part;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
