using System.Text.Json.Nodes;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Slack;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.Tests.Slack;

/// <summary>What Slack leaves out, and a clock that is set back, let nobody pass.</summary>
public sealed class UnsaidTests
{
    private static readonly Person Boris = new("T0HOME", "U0BORIS");
    private static readonly string[] Approvers = ["S0ONCALL"];

    public static readonly TheoryDataRow<string, string>[] Untold =
    [
        new("somebody else", """{"id": "U0OTHER", "team_id": "T0HOME", "deleted": false, "is_bot": false, "is_restricted": false, "is_ultra_restricted": false}"""),
        new("nobody", """{"team_id": "T0HOME", "deleted": false, "is_bot": false, "is_restricted": false, "is_ultra_restricted": false}"""),
        new("no workspace", """{"id": "U0BORIS", "deleted": false, "is_bot": false, "is_restricted": false, "is_ultra_restricted": false}"""),
        new("not whether switched off", """{"id": "U0BORIS", "team_id": "T0HOME", "is_bot": false, "is_restricted": false, "is_ultra_restricted": false}"""),
        new("not whether a bot", """{"id": "U0BORIS", "team_id": "T0HOME", "deleted": false, "is_restricted": false, "is_ultra_restricted": false}"""),
        new("not whether a guest", """{"id": "U0BORIS", "team_id": "T0HOME", "deleted": false, "is_bot": false, "is_ultra_restricted": false}"""),
        new("not whether a guest of one channel", """{"id": "U0BORIS", "team_id": "T0HOME", "deleted": false, "is_bot": false, "is_restricted": false}"""),
        new("no yes or no", """{"id": "U0BORIS", "team_id": "T0HOME", "deleted": "false", "is_bot": false, "is_restricted": false, "is_ultra_restricted": false}"""),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Untold))]
    public async Task What_Slack_does_not_say_is_unverified(string what, string user)
    {
        _ = what;
        var directory = Directory(new WrongClock(), _ => JsonNode.Parse(user)!.AsObject(), ["U0BORIS"]);

        Assert.Equal(Standing.Unverified, (await directory.StandingOfAsync(Boris, Approvers, Token)).Standing);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_keeps_no_old_answer_alive()
    {
        var clock = new WrongClock();
        List<string> members = ["U0BORIS"];
        var directory = Directory(clock, Whole, members);
        Assert.Equal(Standing.Approver, (await directory.StandingOfAsync(Boris, Approvers, Token)).Standing);

        members.Clear();
        clock.Elapsed += TimeSpan.FromSeconds(29);
        Assert.Equal(Standing.Approver, (await directory.StandingOfAsync(Boris, Approvers, Token)).Standing);

        clock.Elapsed += TimeSpan.FromSeconds(2);
        clock.SetBack = TimeSpan.FromHours(1);
        Assert.Equal(Standing.Member, (await directory.StandingOfAsync(Boris, Approvers, Token)).Standing);
    }

    private static JsonObject Whole(string id) => new()
    {
        ["id"] = id,
        ["team_id"] = "T0HOME",
        ["deleted"] = false,
        ["is_bot"] = false,
        ["is_restricted"] = false,
        ["is_ultra_restricted"] = false,
    };

    private static SlackDirectory Directory(TimeProvider clock, Func<string, JsonObject> user, IReadOnlyList<string> members) => new(
        new AnsweringWire((method, arguments) => method switch
        {
            "auth.test" => new() { ["team_id"] = "T0HOME" },
            "users.info" => new() { ["user"] = user((string)arguments["user"]!) },
            _ => new() { ["users"] = new JsonArray([.. members.Select(id => JsonValue.Create(id))]) },
        }),
        clock,
        TimeSpan.FromSeconds(30),
        NullLogger<SlackDirectory>.Instance);

    /// <summary>Time passes as the test says, whatever the clock on the wall shows.</summary>
    private sealed class WrongClock : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }

        public TimeSpan SetBack { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50) + Elapsed - SetBack;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
