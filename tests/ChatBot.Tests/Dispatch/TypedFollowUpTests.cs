using System.Text.Json;
using System.Text.Json.Nodes;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Slack;
using ChatBot.Store;

namespace ChatBot.Tests.Dispatch;

/// <summary>What is left to do, as people type it long after the incident.</summary>
public sealed class TypedFollowUpTests
{
    private const string LongTerm = "mitigation-2-1";

    private static readonly IncidentId Id = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));
    private static readonly Person Ana = new("T0HOME", "U0ANA");
    private static readonly Person Boris = new("T0HOME", "U0BORIS");

    [Fact]
    public async Task Anybody_can_put_off_what_is_somebody_elses()
    {
        await using var bench = await DispatchBench.OpenAsync((method, arguments) => SaysSlack(method, arguments, isGuest: false));
        await bench.OpenIncidentAsync(Id, Ana);
        await bench.DoAsync(Id, new AssignFollowUp(LongTerm, Owner: null, Due: null, Ana));
        var day = DateOnly.FromDateTime(DateTime.UtcNow.AddDays(30));

        Assert.Null(await TypeAsync(bench, Boris, $"followup F1 {day:yyyy-MM-dd}"));

        var row = Assert.Single(await bench.Store.ReadAsync((reader, _) => reader.ReadOpenFollowUpsAsync(null, 10), DispatchBench.Token));
        Assert.Equal((Ana.User, day), (row.OwnerUser, DateOnly.FromDateTime(row.Due.UtcDateTime)));
    }

    [Theory]
    [InlineData(false, "F1  orders-db  Find out why  <@U0ANA>, due ")]
    [InlineData(true, "Only members of this workspace can do this.")]
    public async Task The_list_is_for_members(bool isGuest, string says)
    {
        await using var bench = await DispatchBench.OpenAsync((method, arguments) => SaysSlack(method, arguments, isGuest));
        await bench.OpenIncidentAsync(Id, Ana);
        await bench.DoAsync(Id, new AssignFollowUp(LongTerm, Owner: null, Due: null, Ana));

        Assert.StartsWith(says, await TypeAsync(bench, Boris, "followups"), StringComparison.Ordinal);
    }

    /// <returns>What the person is told; null when nothing.</returns>
    private static async Task<string?> TypeAsync(DispatchBench bench, Person by, string text)
    {
        var commands = new TypedCommands(
            bench.Store, bench.Facts, bench.Pages, new FollowUpList(bench.Store, bench.Log, bench.Pages), new DeliveryAnswers(bench.Store, bench.Dispatcher), bench.Options);
        var delivery = new Delivery("command:1", DeliveryKind.Command, by, "C0INCIDENTS") { Text = text };
        await bench.Store.ReceiveAsync(new InboxRow(delivery.Id, SlackIntake.Source, JsonSerializer.Serialize(delivery, StoredJson.Options), DateTimeOffset.UnixEpoch), DispatchBench.Token);

        await commands.HandleAsync(delivery, DispatchBench.Token);

        return Answer.FromJson((await bench.Store.ReadAsync((reader, _) => reader.FindAnswerAsync(delivery.Id), DispatchBench.Token))!).Said;
    }

    private static JsonObject SaysSlack(string method, JsonObject arguments, bool isGuest) => method switch
    {
        "auth.test" => new JsonObject { ["team_id"] = "T0HOME" },
        _ => new JsonObject
        {
            ["user"] = new JsonObject
            {
                ["id"] = (string)arguments["user"]!,
                ["team_id"] = "T0HOME",
                ["deleted"] = false,
                ["is_bot"] = false,
                ["is_restricted"] = isGuest,
                ["is_ultra_restricted"] = false,
            },
        },
    };
}
