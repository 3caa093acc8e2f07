using System.Text.Json.Nodes;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack;
using ChatBot.Slack.Views;
using ChatBot.Store;
using ChatBot.Tests.Configuration;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Dispatch;

/// <summary>Which message a press may come from.</summary>
public sealed class DeliveryHandlerTests
{
    private const string Copy = "This button is a copy: use the one in the incident's own channel. Nothing was done.";
    private const string Posted = "1700000000.000100";
    private const string Elsewhere = "1700000000.000200";

    private static readonly IncidentId Id = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));
    private static readonly EvidenceId Names = new(new Guid("01936c5e-0000-7000-8000-0000000000bb"));

    [Theory]
    [InlineData("waits", Posted, null)] // pressed before it was known where the card is
    [InlineData("on record", Posted, null)]
    [InlineData("on record", Elsewhere, Copy)]
    [InlineData("never posted", Elsewhere, Copy)]
    public async Task A_button_of_the_card_counts_where_the_card_is_or_comes(string card, string pressed, string? reason)
    {
        await using var bench = await BenchAsync();
        await bench.OpenIncidentAsync(Id, Ana);
        await BringAsync(bench, Slots.Card, card);

        Assert.Equal(reason, await PressAsync(bench, ButtonIds.Stop, ButtonIds.Value(Id), pressed));
    }

    public static readonly TheoryData<string, string, string, string?> Plans =
    [
        .. from action in (string[])[ButtonIds.Approve, ButtonIds.Reject]
           from row in ((string, string, string?)[])
           [
               ("waits", Posted, null),
               ("on record", Posted, null),
               ("on record", Elsewhere, Copy),
               ("never posted", Elsewhere, Copy),
           ]
           select (action, row.Item1, row.Item2, row.Item3),
    ];

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task A_button_of_a_plan_counts_where_the_plan_is_or_comes(string action, string plan, string pressed, string? reason)
    {
        await using var bench = await BenchAsync();
        await ProposeAsync(bench);
        await BringAsync(bench, Slots.Of(new Show(IncidentPart.Plan, ThePlan)), plan);

        Assert.Equal(reason, await PressAsync(bench, action, ButtonIds.Value(Id, ThePlan), pressed));
    }

    [Theory]
    [InlineData(ButtonIds.Approve)]
    [InlineData(ButtonIds.Reject)]
    [InlineData(ButtonIds.Withdraw)]
    public async Task A_plan_that_was_never_shown_has_no_buttons(string action)
    {
        await using var bench = await BenchAsync();
        await AskAsync(bench);
        await BringAsync(bench, Slots.Card, "on record");

        Assert.Equal(Copy, await PressAsync(bench, action, ButtonIds.Value(Id, ThePlan), Elsewhere));
    }

    [Theory]
    [InlineData(ButtonIds.Approve)]
    [InlineData(ButtonIds.Reject)]
    [InlineData(ButtonIds.Withdraw)]
    public async Task A_plan_that_never_was_is_refused_by_the_decision(string action)
    {
        await using var bench = await BenchAsync();
        await ProposeAsync(bench);

        Assert.StartsWith(
            "This button belongs to a plan I don't know.", await PressAsync(bench, action, ButtonIds.Value(Id, NextPlan), Elsewhere), StringComparison.Ordinal);
    }

    private static Task<DispatchBench> BenchAsync() => DispatchBench.OpenAsync(
        AsSlack,
        Given.Smallest().With("Targets:orders-db:Mode", "Act").With("Targets:orders-db:Approvers", new JsonArray(Boris.User)));

    /// <summary>For a plan, which isn't drawn up yet.</summary>
    private static async Task<Facts> AskAsync(DispatchBench bench)
    {
        var may = await bench.Facts.ForPersonAsync(DispatchBench.Target, Ana, Door.Slack, DispatchBench.Token);
        await bench.OpenIncidentAsync(Id, Ana, facts: may);
        await bench.DoAsync(Id, new RecordUsage(new ConnectionUsage(93, 97, 100, 92, 0, 1, 0, 99, true, 0)), facts: may);
        await bench.DoAsync(Id, new RecordConsumers(Names, 92, 60), facts: may);
        await bench.DoAsync(Id, new AskForMitigation(ThePlan, "end-idle", Ana), facts: may);
        return may;
    }

    private static async Task ProposeAsync(DispatchBench bench)
    {
        var may = await AskAsync(bench);
        var pin = new PostgreSqlPin(4711, Noon, Noon, null, "checkout", "orders");
        await bench.DoAsync(Id, new ProposePlan(ThePlan, new EndIdleSessions(new ServerPin(Noon), TimeSpan.FromMinutes(30), [new PinnedSession(pin, default, default, TimeSpan.FromHours(1))], 0)), facts: may);
    }

    /// <summary>Ends the drawing of a part, or leaves it waiting.</summary>
    private static async Task BringAsync(DispatchBench bench, string slot, string state)
    {
        if (state == "waits")
        {
            return;
        }

        // A lane gives out its oldest work only.
        var isEnded = false;
        while (!isEnded)
        {
            var claimed = await bench.ClaimAsync<Show>();
            Assert.NotEmpty(claimed);
            foreach (var (show, item) in claimed)
            {
                var isIt = Slots.Of(show) == slot;
                isEnded |= isIt;
                await bench.Store.WriteAsync(
                    async (transaction, _) =>
                    {
                        await transaction.CompleteWorkAsync(item);
                        if (isIt && state == "on record")
                        {
                            await transaction.SaveMessageAsync(new MessageRow(Id.ToString(), slot, "C0INCIDENTS", Posted, "digest"));
                        }
                    },
                    DispatchBench.Token);
            }
        }
    }

    /// <returns>Why it was refused; null when it was accepted.</returns>
    private static async Task<string?> PressAsync(DispatchBench bench, string action, string value, string ts)
    {
        var answers = new DeliveryAnswers(bench.Store, bench.Dispatcher);
        var press = new Delivery("press:1", DeliveryKind.Press, Boris, "C0INCIDENTS") { ActionId = action, Value = value, MessageTs = ts };
        Assert.True(await bench.Store.ReceiveAsync(new InboxRow(press.Id, SlackIntake.Source, "{}", DateTimeOffset.UnixEpoch), DispatchBench.Token));

        await new DeliveryHandler(bench.Store, bench.Log, bench.Facts, commands: null!, answers).HandleAsync(press, DispatchBench.Token);

        return Answer.FromJson((await bench.Store.ReadAsync((reader, _) => reader.FindAnswerAsync(press.Id), DispatchBench.Token))!).Reason;
    }

    private static JsonObject AsSlack(string method, JsonObject arguments) => method switch
    {
        "auth.test" => new JsonObject { ["team_id"] = Boris.Team, ["user_id"] = "U0BOT" },
        "users.info" => new JsonObject
        {
            ["user"] = new JsonObject
            {
                ["id"] = (string)arguments["user"]!,
                ["team_id"] = Boris.Team,
                ["deleted"] = false,
                ["is_bot"] = false,
                ["is_restricted"] = false,
                ["is_ultra_restricted"] = false,
            },
        },
        _ => new JsonObject { ["ts"] = Posted },
    };
}
