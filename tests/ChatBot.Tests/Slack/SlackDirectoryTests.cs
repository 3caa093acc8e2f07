using System.Text.Json.Nodes;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Slack;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack;

public class SlackDirectoryTests
{
    private const string Group = "S0DBA";
    private const string OtherGroup = "S0SRE";

    private readonly FakeTimeProvider _clock = new(Noon);

    private readonly RecordedSlack _slack = new RecordedSlack()
        .Says("auth.test", """{"ok":true,"team_id":"T0HOME","user_id":"U0BOT"}""")
        .Says("users.info", """{"ok":true,"user":{"id":"U0ANA","team_id":"T0HOME","deleted":false,"is_bot":false,"is_restricted":false,"is_ultra_restricted":false}}""")
        .Says($"usergroups.users.list {Group}", """{"ok":true,"users":["U0BORIS","U0CARL"]}""")
        .Says($"usergroups.users.list {OtherGroup}", """{"ok":true,"users":[]}""");

    public static readonly TheoryData<string, string, string, Standing> Cases = new()
    {
        // who             what Slack says             approvers       standing
        { "T0HOME/U0ANA",    "team_id T0HOME",          "",             Standing.Member },
        { "T0HOME/U0ANA",    "team_id T0HOME",          "U0BORIS",      Standing.Member },
        { "T0HOME/U0ANA",    "team_id T0HOME",          "S0DBA",        Standing.Member },
        { "T0HOME/U0ANA",    "team_id T0HOME",          "S0SRE",        Standing.Member }, // nobody is in it
        { "T0HOME/U0ANA",    "team_id T0HOME",          "U0ANA",        Standing.Approver },
        { "T0HOME/U0ANA",    "team_id T0HOME",          "u0ana",        Standing.Member },
        { "T0HOME/U0CARL",   "team_id T0HOME",          "S0DBA",        Standing.Approver },
        { "T0HOME/U0CARL",   "team_id T0HOME",          "S0SRE,S0DBA",  Standing.Approver },
        { "T0HOME/U0ANA",    "is_restricted true",      "U0ANA",        Standing.Outsider },
        { "T0HOME/U0ANA",    "is_ultra_restricted true", "U0ANA",        Standing.Outsider },
        { "T0HOME/U0ANA",    "is_stranger true",        "U0ANA",        Standing.Outsider },
        { "T0HOME/U0ANA",    "team_id T0THEIRS",        "U0ANA",        Standing.Outsider },
        { "T0THEIRS/U0ANA",  "team_id T0HOME",          "U0ANA",        Standing.Outsider },
        { "E0ORG/U0ANA",     "team_id T0HOME",          "U0ANA",        Standing.Outsider },
        { "T0HOME/U0ANA",    "deleted true",            "U0ANA",        Standing.Deactivated },
        { "T0HOME/U0ANA",    "is_bot true",             "U0ANA",        Standing.Bot },
        { "T0HOME/U0ANA",    "is_workflow_bot true",    "U0ANA",        Standing.Bot },
        { "T0HOME/U0CARL",   "is_restricted true",      "S0DBA",        Standing.Outsider }, // a guest in the group
        { "T0HOME/U0CARL",   "deleted true",            "S0DBA",        Standing.Deactivated },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_person_stands_where_Slack_says(string who, string about, string approvers, Standing standing)
    {
        var person = new Person(who.Split('/')[0], who.Split('/')[1]);
        var user = new JsonObject
        {
            ["id"] = person.User,
            ["team_id"] = "T0HOME",
            ["deleted"] = false,
            ["is_bot"] = false,
            ["is_restricted"] = false,
            ["is_ultra_restricted"] = false,
        };
        var (field, value) = (about.Split(' ')[0], about.Split(' ')[1]);
        user[field] = value == "true" ? true : value;
        _slack.Says("users.info", new JsonObject { ["ok"] = true, ["user"] = user }.ToJsonString());

        Assert.Equal(standing, await StandingAsync(person, approvers.Split(',', StringSplitOptions.RemoveEmptyEntries)));
    }

    public static readonly TheoryData<string, string> Failures =
    [
        .. from method in new[] { "auth.test", "users.info", $"usergroups.users.list {Group}" }
           from failure in Enum.GetNames<SlackFailure>()
           select (method, failure),
    ];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_question_without_an_answer_verifies_nobody(string question, string failure)
    {
        _slack.Fails(question, Enum.Parse<SlackFailure>(failure), "missing_scope");

        Assert.Equal(Standing.Unverified, await StandingAsync(Ana, [Group]));
    }

    [Theory]
    [InlineData("users.info", "user_not_found", Standing.Outsider)]
    [InlineData("users.info", "user_not_visible", Standing.Outsider)]
    [InlineData("auth.test", "user_not_found", Standing.Unverified)]
    [InlineData("usergroups.users.list", "user_not_found", Standing.Unverified)]
    public async Task An_account_that_Slack_does_not_know_is_nobody_here(string question, string error, Standing standing)
    {
        _slack.Fails(question.StartsWith("usergroups", StringComparison.Ordinal) ? $"{question} {Group}" : question, SlackFailure.Refused, error);

        Assert.Equal(standing, await StandingAsync(Ana, [Group]));
    }

    [Fact]
    public async Task One_group_that_answers_yes_is_enough()
    {
        _slack.Fails($"usergroups.users.list {OtherGroup}", SlackFailure.NoAnswer);

        Assert.Equal(Standing.Approver, await StandingAsync(Boris, [OtherGroup, Group]));
        Assert.Equal(Standing.Unverified, await StandingAsync(Ana, [OtherGroup, Group]));
    }

    [Fact]
    public async Task An_approver_by_id_needs_no_group() =>
        Assert.Equal(Standing.Approver, await new RecordedDirectory(_slack.Fails("usergroups.users.list", SlackFailure.NoAnswer)).AskAsync(Ana, "S0GONE", "U0ANA"));

    [Theory]
    [InlineData("auth.test", """{"ok":true}""")]
    [InlineData("auth.test", """{"ok":true,"team_id":null}""")]
    [InlineData("auth.test", """{"ok":true,"team_id":""}""")]
    [InlineData("auth.test", """{"ok":true,"team_id":7}""")]
    [InlineData("users.info", """{"ok":true}""")]
    [InlineData("users.info", """{"ok":true,"user":null}""")]
    [InlineData("users.info", """{"ok":true,"user":[]}""")]
    [InlineData("users.info", """{"ok":true,"user":"U0BORIS"}""")]
    [InlineData("users.info", """{"ok":true,"user":{}}""")]
    [InlineData("users.info", """{"ok":true,"user":{"id":"U0SOMEBODY","team_id":"T0HOME","deleted":false,"is_bot":false,"is_restricted":false,"is_ultra_restricted":false}}""")]
    [InlineData("users.info", """{"ok":true,"user":{"id":["U0BORIS"],"team_id":"T0HOME","deleted":false,"is_bot":false,"is_restricted":false,"is_ultra_restricted":false}}""")]
    [InlineData("usergroups.users.list", """{"ok":true}""")]
    [InlineData("usergroups.users.list", """{"ok":true,"users":null}""")]
    [InlineData("usergroups.users.list", """{"ok":true,"users":"U0BORIS"}""")]
    [InlineData("usergroups.users.list", """{"ok":true,"users":{"U0BORIS":true}}""")]
    [InlineData("usergroups.users.list", """{"ok":true,"users":[{"id":"U0BORIS"}]}""")]
    [InlineData("usergroups.users.list", """{"ok":true,"users":[7]}""")]
    public async Task An_answer_that_says_nothing_verifies_nobody(string method, string answer)
    {
        _slack.Says("users.info", """{"ok":true,"user":{"id":"U0BORIS","team_id":"T0HOME","deleted":false,"is_bot":false,"is_restricted":false,"is_ultra_restricted":false}}""");
        _slack.Says(method.StartsWith("usergroups", StringComparison.Ordinal) ? $"{method} {Group}" : method, answer);

        Assert.Equal(Standing.Unverified, await new RecordedDirectory(_slack).AskAsync(Boris, Group));
    }

    [Fact]
    public async Task An_answer_is_remembered_for_as_long_as_it_is_fresh()
    {
        var directory = Directory(TimeSpan.FromSeconds(30));
        await directory.StandingOfAsync(Ana, [Group], TestContext.Current.CancellationToken);
        Assert.Equal(["auth.test", "users.info U0ANA", $"usergroups.users.list {Group}"], _slack.Asked);

        // Removed from the workspace: seen when the answer is too old, not before.
        _slack.Says("users.info", """{"ok":true,"user":{"id":"U0ANA","team_id":"T0HOME","deleted":true}}""");
        _clock.Advance(TimeSpan.FromMilliseconds(29_999));
        Assert.Equal(Standing.Member, (await directory.StandingOfAsync(Ana, [Group], TestContext.Current.CancellationToken)).Standing);
        Assert.Equal(3, _slack.Asked.Count);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Standing.Deactivated, (await directory.StandingOfAsync(Ana, [Group], TestContext.Current.CancellationToken)).Standing);
    }

    [Fact]
    public async Task With_no_freshness_Slack_is_always_asked()
    {
        var directory = Directory(TimeSpan.Zero);
        await directory.StandingOfAsync(Ana, [Group], TestContext.Current.CancellationToken);
        await directory.StandingOfAsync(Ana, [Group], TestContext.Current.CancellationToken);

        Assert.Equal(6, _slack.Asked.Count);
    }

    [Fact]
    public async Task A_failure_is_not_remembered()
    {
        var directory = Directory(TimeSpan.FromSeconds(30));
        _slack.Fails("users.info", SlackFailure.RateLimited);
        Assert.Equal(Standing.Unverified, (await directory.StandingOfAsync(Ana, ["U0ANA"], TestContext.Current.CancellationToken)).Standing);

        _slack.Says("users.info", """{"ok":true,"user":{"id":"U0ANA","team_id":"T0HOME","deleted":false,"is_bot":false,"is_restricted":false,"is_ultra_restricted":false}}""");
        Assert.Equal(Standing.Approver, (await directory.StandingOfAsync(Ana, ["U0ANA"], TestContext.Current.CancellationToken)).Standing);
    }

    [Fact]
    public async Task What_is_known_of_one_person_says_nothing_about_another()
    {
        var directory = Directory(TimeSpan.FromSeconds(30));
        await directory.StandingOfAsync(Ana, [], TestContext.Current.CancellationToken);
        await directory.StandingOfAsync(Boris, [], TestContext.Current.CancellationToken);

        Assert.Equal(["auth.test", "users.info U0ANA", "users.info U0BORIS"], _slack.Asked);
    }

    private Task<Standing> StandingAsync(Person person, params string[] approvers)
    {
        if (person == Boris)
        {
            _slack.Says("users.info U0BORIS", """{"ok":true,"user":{"id":"U0BORIS","team_id":"T0HOME","deleted":false,"is_bot":false,"is_restricted":false,"is_ultra_restricted":false}}""");
        }

        return new RecordedDirectory(_slack).AskAsync(person, approvers);
    }

    private SlackDirectory Directory(TimeSpan freshFor) => new(_slack, _clock, freshFor, NullLogger<SlackDirectory>.Instance);

    /// <summary>A directory that remembers nothing.</summary>
    private sealed class RecordedDirectory(RecordedSlack slack)
    {
        public async Task<Standing> AskAsync(Person person, params string[] approvers) =>
            (await new SlackDirectory(slack, TimeProvider.System, TimeSpan.Zero, NullLogger<SlackDirectory>.Instance)
                .StandingOfAsync(person, approvers, TestContext.Current.CancellationToken)).Standing;
    }
}
