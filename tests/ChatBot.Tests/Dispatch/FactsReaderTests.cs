using System.Text.Json.Nodes;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Slack;
using ChatBot.Tests.Configuration;
using ChatBot.Tests.Slack;

namespace ChatBot.Tests.Dispatch;

/// <summary>Who somebody is to a target: Slack's word, and the configuration's where Slack is silent and the terminal was the door.</summary>
public sealed class FactsReaderTests
{
    public static readonly TheoryData<string, string, Door, string, Standing> Cases = new()
    {
        // person          approvers      door           Slack says         standing
        { "T0HOME/U0ANA",   "S0123ABCD",   Door.Terminal, "nothing",         Standing.Approver }, // the configuration puts her into the group
        { "T0HOME/U0ANA",   "U0ANA",       Door.Terminal, "nothing",         Standing.Approver },
        { "T0HOME/U0ANA",   "S0OTHER",     Door.Terminal, "nothing",         Standing.Member },
        { "T0HOME/U0ANA",   "",            Door.Terminal, "nothing",         Standing.Member },
        { "E0HOME/W0BORIS", "S0123ABCD",   Door.Terminal, "nothing",         Standing.Member },
        { "T0HOME/U0CARL",  "U0CARL",      Door.Terminal, "nothing",         Standing.Unverified }, // not at the terminal
        { "E0HOME/U0ANA",   "U0ANA",       Door.Terminal, "nothing",         Standing.Unverified }, // of another workspace
        { "T0HOME/U0ANA",   "S0123ABCD",   Door.Slack,    "nothing",         Standing.Unverified },
        { "T0HOME/U0ANA",   "U0ANA",       Door.Slack,    "nothing",         Standing.Unverified },
        { "T0HOME/U0ANA",   "U0ANA",       Door.Terminal, "user_not_found",  Standing.Outsider }, // Slack knows no such account any more
        { "T0HOME/U0ANA",   "U0ANA",       Door.Terminal, "deleted",         Standing.Deactivated },
        { "T0HOME/U0ANA",   "U0ANA",       Door.Terminal, "is_restricted",   Standing.Outsider },
        { "T0HOME/U0ANA",   "S0123ABCD",   Door.Terminal, "all is well",     Standing.Member }, // she left the group in Slack
        { "T0HOME/U0ANA",   "U0ANA",       Door.Terminal, "all is well",     Standing.Approver },
        { "T0HOME/U0ANA",   "S0123ABCD",   Door.Terminal, "ServerError",     Standing.Approver },
        { "T0HOME/U0ANA",   "S0123ABCD",   Door.Terminal, "RateLimited",     Standing.Approver },
        { "T0HOME/U0ANA",   "S0123ABCD",   Door.Terminal, "Unreadable",      Standing.Unverified }, // something did answer
        { "T0HOME/U0ANA",   "U0ANA",       Door.Terminal, "missing_scope",   Standing.Unverified }, // a refusal is an answer
        { "T0HOME/U0ANA",   "",            Door.Terminal, "account_inactive", Standing.Unverified },
        { "T0HOME/U0ANA",   "S0123ABCD",   Door.Terminal, "no_such_subteam", Standing.Unverified }, // the group was disbanded
        { "T0HOME/U0ANA",   "S0123ABCD",   Door.Terminal, "silent groups",   Standing.Approver },
        { "T0HOME/U0ANA",   "S0123ABCD,S0OTHER", Door.Terminal, "S0OTHER is silent", Standing.Member }, // she left the one that answers
        { "T0HOME/U0ANA",   "S0123ABCD,S0OTHER", Door.Terminal, "S0OTHER is gone, the rest silent", Standing.Unverified },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Slack_is_asked_first_and_the_configuration_only_in_its_silence(string who, string approvers, Door door, string says, Standing standing)
    {
        var settings = Given.Full().With("Targets:orders-db:Approvers", new JsonArray([.. approvers.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => (JsonNode)id)]));
        await using var bench = await DispatchBench.OpenAsync((method, arguments) => SaysSlack(says, method, arguments), settings);
        var person = new Person(who.Split('/')[0], who.Split('/')[1]);

        var wish = await bench.Facts.ForPersonAsync("orders-db", person, door, DispatchBench.Token);
        var step = await bench.Facts.ForStepAsync("orders-db", [new Approval(person, door)], DispatchBench.Token);

        Assert.Equal(standing, wish.Standing);
        Assert.Equal(standing, step.ApproversStillStand);
    }

    [Fact]
    public async Task One_approval_given_in_Slack_keeps_a_step_waiting_for_Slack()
    {
        var settings = Given.Full().With("Targets:orders-db:Approvers", new JsonArray("U0ANA", "W0BORIS"));
        await using var bench = await DispatchBench.OpenAsync((method, arguments) => SaysSlack("nothing", method, arguments), settings);
        var (ana, boris) = (new Person("T0HOME", "U0ANA"), new Person("E0HOME", "W0BORIS"));

        var both = await bench.Facts.ForStepAsync("orders-db", [new Approval(ana, Door.Terminal), new Approval(boris, Door.Terminal)], DispatchBench.Token);
        var one = await bench.Facts.ForStepAsync("orders-db", [new Approval(ana, Door.Terminal), new Approval(boris, Door.Slack)], DispatchBench.Token);

        Assert.Equal(Standing.Approver, both.ApproversStillStand);
        Assert.Equal(Standing.Unverified, one.ApproversStillStand);
    }

    private static JsonObject SaysSlack(string says, string method, JsonObject arguments) => method switch
    {
        _ when says == "nothing" => throw Failure(method, SlackFailure.NoAnswer),
        _ when Enum.TryParse<SlackFailure>(says, out var failure) => throw Failure(method, failure),
        _ when says is "missing_scope" or "account_inactive" => throw AnsweringWire.Refusal(method, says),
        "usergroups.users.list" when says == "no_such_subteam" => throw AnsweringWire.Refusal(method, says),
        "usergroups.users.list" when (string)arguments["usergroup"]! == "S0OTHER" && says.StartsWith("S0OTHER is gone", StringComparison.Ordinal) =>
            throw AnsweringWire.Refusal(method, "no_such_subteam"),
        "usergroups.users.list" when says is "silent groups" or "S0OTHER is gone, the rest silent"
            || (says == "S0OTHER is silent" && (string)arguments["usergroup"]! == "S0OTHER") => throw Failure(method, SlackFailure.NoAnswer),
        "auth.test" => new JsonObject { ["team_id"] = "T0HOME" },
        "users.info" when says == "user_not_found" => throw AnsweringWire.Refusal(method, says),
        "users.info" => new JsonObject
        {
            ["user"] = new JsonObject
            {
                ["id"] = (string)arguments["user"]!,
                ["team_id"] = "T0HOME",
                ["deleted"] = says == "deleted",
                ["is_bot"] = false,
                ["is_restricted"] = says == "is_restricted",
                ["is_ultra_restricted"] = false,
            },
        },
        _ => new JsonObject { ["users"] = new JsonArray() },
    };

    private static SlackCallException Failure(string method, SlackFailure failure) =>
        new(method, failure, error: null, retryAfter: null, mayHaveHappened: false, "as the test says");
}
