using System.Text.Json.Nodes;
using ChatBot.Configuration;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack;
using ChatBot.Slack.Views;
using ChatBot.Store;
using ChatBot.Tests.Configuration;
using ChatBot.Tests.Slack;
using ChatBot.Tests.Slack.Views;
using ChatBot.Tests.Steps.Added;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.Tests.Steps;

/// <summary>
/// Step types are open: the two in the folder Added are whole, and one line registers each. Whatever these tests need
/// besides would be a place that knows the step types by name.
/// </summary>
public sealed class AddedStepTests : IAsyncDisposable
{
    private const string Channel = "C0INCIDENTS";

    private const string Page =
        """
        # Too many widgets

        ## Diagnosis

        1. Count the connections <!-- step: connection-usage -->
        2. Count the widgets: <!-- step: count-widgets shelf=left id=count -->

        ## Mitigation

        1. Immediate actions:
           - Move them <!-- step: move-widget to=right id=move -->
        """;

    private static readonly Person Ana = new("T0HOME", "U0ANA");
    private static readonly Person Boris = new("T0HOME", "U0BORIS");

    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-steps-").FullName;
    private readonly WidgetShelves _shelves = new("anvil", "bolt");
    private readonly List<(string Ts, JsonArray Blocks)> _posted = [];
    private IncidentStore? _store;
    private ServiceProvider? _program;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IncidentStore Store => _store!;

    public async ValueTask DisposeAsync()
    {
        await (_program?.DisposeAsync() ?? default);
        await (_store?.DisposeAsync() ?? default);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Two_added_step_types_are_read_planned_approved_carried_out_and_told_by_the_real_program()
    {
        await StartAsync(Page);
        await DeliverAsync(new Delivery("command:1", DeliveryKind.Command, Ana, Channel) { Text = "start orders-db" });
        await WorkAsync();

        // The read: evidence of its own kind, a message of its own, its file in the thread.
        var incident = await IncidentAsync();
        var count = incident.FindStep("count")!;
        Assert.Equal((PageStepStage.Answered, 1), (count.Stage, count.Files.Length));
        Assert.Contains("*2 Count the widgets*\nThe left shelf holds *2 widgets*.\nanvil, bolt\n[Run again]", await SeenAsync(StepShow("count")), StringComparison.Ordinal);

        // The change: offered on the card and in the list, asked for with the button that is drawn.
        Assert.Contains("*Next:* move the widgets off the left shelf.", await SeenAsync(new Show(IncidentPart.Card)), StringComparison.Ordinal);
        Assert.Contains("Now: move the widgets off the left shelf.  [Move the widgets]", await SeenAsync(ListShow), StringComparison.Ordinal);
        await PressAsync("press:1", ButtonIds.PlanStep, Ana);
        await WorkAsync();
        incident = await IncidentAsync();
        Assert.Equal(IncidentState.AwaitingApproval, incident.State);
        Assert.Equal((MoveWidget.StoredName, "move"), (incident.Plan!.Mitigation, incident.Plan.PageStep));
        var plan = new Show(IncidentPart.Plan, incident.Plan.Id);
        var proposed = await SeenAsync(plan);
        Assert.Contains("move 2 widgets on orders-db, PRODUCTION*", proposed, StringComparison.Ordinal);
        Assert.Contains("Nothing breaks; they can be moved back.", proposed, StringComparison.Ordinal);
        Assert.Contains("Move 2 widgets to the right shelf.", proposed, StringComparison.Ordinal); // the question before Approve

        // Carried out by the one runner, under keys of its own, with words of its own.
        await PressAsync("press:2", ButtonIds.Approve, Boris);
        await WorkAsync();
        incident = await IncidentAsync();
        Assert.Equal(IncidentState.Verifying, incident.State);
        Assert.Equal(["anvil", "bolt"], _shelves.On("right"));
        Assert.Equal(2, _shelves.Keys.Distinct().Count());
        Assert.Contains("Approved by <@U0BORIS>. 2 moved.", await SeenAsync(plan), StringComparison.Ordinal);
        Assert.Contains("anvil   moved", await SeenAsync(plan), StringComparison.Ordinal);
        Assert.Contains("2 moved.", await SeenAsync(new Show(IncidentPart.Card)), StringComparison.Ordinal);

        await DeliverAsync(new Delivery("command:2", DeliveryKind.Command, Ana, Channel) { Text = "stop orders-db the shelf is free" });
        await WorkAsync();
        Assert.Contains(
            "Changes by me: 2 widgets moved (asked by <@U0ANA>, approved by <@U0BORIS>).", await SeenAsync(new Show(IncidentPart.Card)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_added_change_whose_outcome_was_lost_is_observed_and_not_done_twice()
    {
        await StartAsync(Page);
        await DeliverAsync(new Delivery("command:1", DeliveryKind.Command, Ana, Channel) { Text = "start orders-db" });
        await WorkAsync();
        await PressAsync("press:1", ButtonIds.PlanStep, Ana);
        await WorkAsync();
        await PressAsync("press:2", ButtonIds.Approve, Boris);

        // The process ends right after the first effect: the intent is on record, the outcome isn't.
        var plan = (await IncidentAsync()).Plan!;
        var row = (await Store.ReadAsync((reader, _) => reader.ReadPlanAsync(plan.Id.ToString()), Token))!;
        var key = Plan.FromBytes(row.Bytes, new MitigationKinds([MoveWidget.Kind])).IdempotencyKeyOf(1);
        var known = await Program<FactsReader>().ForStepAsync("orders-db", plan.Approvals, Token);
        await Program<Dispatcher>().RunAsync(null, (await IncidentAsync()).Id, new BeginStep(plan.Id, 1, plan.Hash, key, 1), known, (_, _) => Task.CompletedTask, Token);
        _shelves.Move("anvil", "right", key);

        await WorkAsync();
        Assert.Equal(["anvil", "bolt"], _shelves.On("right"));
        Assert.Single(_shelves.Keys, key);
        Assert.All((await IncidentAsync()).FindPlan(plan.Id)!.Steps, step => Assert.Equal(Outcome.Applied, step.Result!.Outcome));
    }

    [Fact]
    public async Task A_page_is_told_what_an_added_step_allows()
    {
        await StartAsync(Page);
        await File.WriteAllTextAsync(Path.Combine(_folder, "widgets.md"), Page.Replace("shelf=left", "shelf=middle", StringComparison.Ordinal), Token);

        Assert.Contains("one of left, right", Assert.Single(Program<Pages>().Check(Program<ChatBotOptions>().Targets.Values)), StringComparison.OrdinalIgnoreCase);
    }

    private static Show StepShow(string id) => new(IncidentPart.Step) { Step = id };

    private static Show ListShow => new(IncidentPart.Steps) { Phase = RunbookPhase.Immediate };

    private async Task StartAsync(string page)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "widgets.md"), page, Token);
        var settings = Given.Smallest()
            .With("Runbooks:Folder", _folder)
            .With("Targets:orders-db:Runbook", "widgets")
            .With("Targets:orders-db:Port", 1) // nobody listens: the widgets are all there is
            .With("Targets:orders-db:Mode", "Act")
            .With("Targets:orders-db:Approvers", new JsonArray(Boris.User));
        var options = Given.Read(settings).Options!;
        _store = await IncidentStore.OpenAsync(
            new SqliteStoreSettings(Path.Combine(_folder, "chatbot.db")), TimeProvider.System, NullLoggerFactory.Instance, Token);
        _program = new ServiceCollection()
            .AddLogging(logging => logging.ClearProviders())
            .AddChatBot(options, _store)
            .AddSingleton(_shelves)
            .AddSingleton<ISlackWire>(new AnsweringWire(AsSlack))
            .AddWidgets()
            .BuildServiceProvider();
        Assert.Equal([], Program<Pages>().Check(options.Targets.Values));
    }

    private T Program<T>()
        where T : notnull => _program!.GetRequiredService<T>();

    private async Task DeliverAsync(Delivery delivery)
    {
        Assert.True(await Store.ReceiveAsync(new InboxRow(delivery.Id, SlackIntake.Source, "{}", DateTimeOffset.UtcNow), Token));
        await Program<DeliveryHandler>().HandleAsync(delivery, Token);
    }

    /// <summary>Presses the newest button of this kind that Slack shows.</summary>
    private Task PressAsync(string id, string action, Person by)
    {
        var (ts, button) = _posted.AsEnumerable().Reverse()
            .SelectMany(message => SeenText.Buttons(message.Blocks).Select(button => (message.Ts, Button: button)))
            .First(shown => (string)shown.Button["action_id"]! == action);
        return DeliverAsync(new Delivery(id, DeliveryKind.Press, by, Channel) { ActionId = action, Value = (string)button["value"]!, MessageTs = ts });
    }

    /// <summary>Does all that is due, and what that brings.</summary>
    private async Task WorkAsync()
    {
        while (await Store.ClaimAsync(10, TimeSpan.FromMinutes(1), Token) is { Count: > 0 } items)
        {
            foreach (var item in items)
            {
                await Program<WorkRunner>().RunAsync(item, Token);
            }
        }
    }

    private async Task<Incident> IncidentAsync()
    {
        var row = await Store.ReadAsync((reader, _) => reader.FindOpenIncidentAsync("orders-db"), Token) ?? _last!;
        _last = row;
        return (await Store.ReadAsync((reader, _) => Program<IncidentLog>().LoadAsync(reader, new IncidentId(Guid.ParseExact(row.Id, "N"))), Token))!;
    }

    private IncidentRow? _last;

    private async Task<string> SeenAsync(Show show) => SeenText.Of(await Program<IncidentDrawing>().DrawAsync(show, await IncidentAsync(), Token));

    private JsonObject AsSlack(string method, JsonObject arguments)
    {
        switch (method)
        {
            case "chat.postMessage" or "chat.update":
                var ts = (string?)arguments["ts"] ?? $"1700000000.{_posted.Count:D6}";
                _posted.RemoveAll(message => message.Ts == ts);
                _posted.Add((ts, arguments["blocks"]!.DeepClone().AsArray()));
                return new JsonObject { ["ok"] = true, ["ts"] = ts };
            case "users.info":
                return new JsonObject
                {
                    ["ok"] = true,
                    ["user"] = new JsonObject
                    {
                        ["id"] = (string)arguments["user"]!,
                        ["team_id"] = "T0HOME",
                        ["deleted"] = false,
                        ["is_bot"] = false,
                        ["is_restricted"] = false,
                        ["is_ultra_restricted"] = false,
                    },
                };
            case "files.getUploadURLExternal":
                return new JsonObject { ["ok"] = true, ["upload_url"] = "https://files.slack.com/upload/v1/abc", ["file_id"] = $"F{_posted.Count:D8}" };
            case "auth.test":
                return new JsonObject { ["ok"] = true, ["team_id"] = "T0HOME", ["user_id"] = "U0BOT" };
            default:
                return new JsonObject { ["ok"] = true };
        }
    }
}
