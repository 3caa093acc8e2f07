using System.Text;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>A bot with one open incident, for everything it can't make sense of.</summary>
public sealed class OpenIncident : IAsyncLifetime
{
    private Practice? _practice;

    internal Practice Practice => _practice ?? throw new InvalidOperationException("Nothing has been started.");

    internal SeenMessage Card { get; private set; } = null!;

    /// <summary>What the buttons of the card carry: the incident's id.</summary>
    internal string Id => Card.Button("End idle sessions")!.Value!.Split('.')[0];

    public async ValueTask InitializeAsync()
    {
        _practice = await Practice.StartAsync();
        Practice.Settings["Slack:SilenceLimit"] = "5s";
        Practice.AddTarget("nobody-uses-it", Practice.Server);
        await Practice.StartBotAsync();
        await Practice.LeakAsync(2);
        Card = await Practice.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_practice is not null)
        {
            await _practice.DisposeAsync();
        }
    }
}

/// <summary>Nonsense gets a clear answer where there is somebody to answer, leaves nothing but the rejection, and the bot goes on.</summary>
public sealed class BadInputTests(OpenIncident open) : IClassFixture<OpenIncident>
{
    private const string Help = "I understand:";
    private const string NotMine = "This button isn't one of mine, or an older version of me made it. Nothing was done.";

    private Practice Practice => open.Practice;

    public static readonly TheoryData<string, string> Lines = new()
    {
        { "", Help },
        { "help", Help },
        { "restart orders-db", Help },
        { "start", Help },
        { "start orders-db and be quick", Help },
        { "<!channel> <@U0BORIS001> *now* `drop table`", Help },
        { "\u0007\u202e\u0000", Help },
        { new string('x', 10_000), Help },
        { "start nosuch", "There is no target called \"nosuch\". Targets: nobody-uses-it, orders-db." },
        { "start <!channel>", "There is no target called \"" },
        { "start @boris", "There is no target called \"" },
        { "Start NoSuch", "There is no target called \"nosuch\"." },
        { "start no\u0007\u202esuch", "There is no target called \"" },
        { "start " + new string('y', 10_000), "There is no target called \"" },
        { "stop nosuch", "There is no target called \"nosuch\"." },
        { "stop nobody-uses-it it is late", "No incident is open on nobody-uses-it." },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_line_without_a_meaning_is_answered(string line, string answer)
    {
        var before = await CountsAsync();
        await Practice.Ana.TypeAsync(Practice.Channel, $"/runbook {line}".TrimEnd(), Practice.Token);
        var told = await AnsweredAsync(before, Practice.Ana, answer);

        var raw = Practice.Slack.Workspace.FindMessage(told.ChannelId, told.Ts)!;
        Assert.DoesNotContain("<!", raw.Content.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<@", raw.Content.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(raw.Content.Text, sign => char.IsControl(sign) && sign != '\n');
        Assert.InRange(raw.Content.Text.Length, 1, 500);
        Assert.DoesNotContain(Practice.Boris.Sees(Practice.Channel), message => message.Ts == told.Ts);
    }

    // the button               what it carries; {0} is the incident           the answer
    public static readonly TheoryData<string, string?, string> Buttons = new()
    {
        { "incident.explode", "{0}", NotMine },
        { "", "{0}", NotMine },
        { "plan.approve", null, NotMine },
        { "plan.approve", "{0}", NotMine }, // without a plan
        { "plan.approve", "'; drop table events; --", NotMine },
        { "plan.approve", "{0}.{0}.{0}", NotMine },
        { "incident.resolve", "00000000-0000-0000-0000-000000000000", NotMine },
        { "incident.resolve", "0198f00000007000800000000000beef", "I don't know the incident of this button any more. Nothing was done." },
        { "plan.approve", "{0}.0198f00000007000800000000000beef", "This button belongs to a plan I don't know. Your press changed nothing." },
        { "plan.reject", "{0}.0198f00000007000800000000000beef", "This button belongs to a plan I don't know. Your press changed nothing." },
        { "incident.new-plan", "{0}.0198f00000007000800000000000beef.x", NotMine },
    };

    [Theory]
    [MemberData(nameof(Buttons))]
    public async Task A_button_that_nobody_drew_is_answered(string button, string? value, string answer)
    {
        var before = await CountsAsync();
        await Practice.Boris.PressUnknownAsync(open.Card, button, value?.Replace("{0}", open.Id, StringComparison.Ordinal), Practice.Token);
        await AnsweredAsync(before, Practice.Boris, answer);
    }

    [Fact]
    public async Task Frames_that_Slack_never_sends_change_nothing()
    {
        var before = await CountsAsync();
        string[] frames =
        [
            "", "null", "[]", "{}", "garbage", "{\"type\":", "{\"type\":\"hello\"}",
            """{"envelope_id":7,"type":"interactive","payload":{}}""",
            """{"envelope_id":"n1","type":"slash_commands"}""",
            """{"envelope_id":"n2","type":"slash_commands","payload":[1]}""",
            """{"envelope_id":"n3","type":"slash_commands","payload":{"user_id":5,"team_id":{},"channel_id":null}}""",
            """{"envelope_id":"n4","type":"interactive","payload":{"type":"block_actions","user":"me","actions":{}}}""",
            """{"envelope_id":"n5","type":"interactive","payload":{"type":"block_actions","user":{"id":"U1","team_id":"T1"},"channel":{"id":"C1"},"actions":[1,2]}}""",
            """{"envelope_id":"n6","type":"interactive","payload":{"type":"view_submission"}}""",
            """{"envelope_id":"n7","envelope_id":"n8","type":"interactive","payload":{}}""",
            """{"envelope_id":"n9","type":"slash_commands","payload":{"text":"\ud800"}}""",
            new string('[', 100_000),
            $$"""{"envelope_id":"{{new string('n', 2_000_000)}}"}""",
        ];
        foreach (var frame in frames)
        {
            await Practice.Slack.Faults.SendRawAsync(Encoding.UTF8.GetBytes(frame), Practice.Token);
        }

        await Practice.Slack.Faults.SendUnknownEnvelopeAsync(cancellationToken: Practice.Token);
        await Practice.Slack.Faults.SendUnknownEnvelopeAsync("events_api", Practice.Token);
        Assert.Equal(2, Practice.Slack.Faults.Sockets);
        await AssertStillAnswersAsync(before);
    }

    [Fact]
    public async Task Invalid_UTF_8_costs_a_socket_and_nothing_else()
    {
        var before = await CountsAsync();
        var opened = Practice.Slack.Calls.Of("apps.connections.open").Count;
        await Practice.Slack.Faults.SendRawAsync([.. "{\"type\":\""u8, 0xff, 0xfe, 0xc0, .. "\"}"u8], Practice.Token);

        // The protocol demands that such a connection fails; both are opened again.
        await Practice.Slack.Calls.WaitForAsync(calls => calls.Count(call => call.Method == "apps.connections.open") >= opened + 2, Practice.Token);
        await Practice.Slack.Faults.WaitForSocketsAsync(2, Practice.Token);
        await AssertStillAnswersAsync(before);
    }

    /// <summary>The answer came to one person, the rejection is stored, and nothing else.</summary>
    private async Task<SeenMessage> AnsweredAsync(Counts before, SlackPerson person, string answer)
    {
        await person.WaitForAllAsync(Practice.Channel, seen => Answers(person).Count > before.Answers(person), Practice.Token);
        var told = Answers(person)[^1];
        Assert.Contains(answer, told.Text, StringComparison.Ordinal);
        await AssertNothingStoredAsync(before, rejections: 1);
        Assert.True(Practice.Bot!.IsRunning);
        return told;
    }

    private async Task AssertStillAnswersAsync(Counts before)
    {
        await AssertNothingStoredAsync(before, rejections: 0);
        await Practice.Ana.TypeAsync(Practice.Channel, "/runbook", Practice.Token);
        await AnsweredAsync(before, Practice.Ana, Help);
    }

    private async Task AssertNothingStoredAsync(Counts before, int rejections)
    {
        var after = await CountsAsync();
        Assert.Equal(before with { Commands = before.Commands + rejections }, after with { ByAna = before.ByAna, ByBoris = before.ByBoris });
        Assert.Equal(0, await Practice.CountAsync("select count(*) from inbox where done_at is null"));
    }

    // Measurements go on meanwhile.
    private async Task<Counts> CountsAsync() => new(
        await Practice.CountAsync("select count(*) from commands"),
        await Practice.CountAsync("select count(*) from events where type not in ('usage-measured', 'consumers-measured', 'page-step-answered', 'page-step-failed')"),
        await Practice.CountAsync("select count(*) from incidents"),
        await Practice.CountAsync("select count(*) from plans"),
        await Practice.CountAsync("select count(*) from approvals"),
        Answers(Practice.Ana).Count,
        Answers(Practice.Boris).Count);

    private static IReadOnlyList<SeenMessage> Answers(SlackPerson person) =>
        [.. person.Sees(Practice.Channel).Where(message => message.IsEphemeral && message.Author == "chatbot")];

    private sealed record Counts(long Commands, long Events, long Incidents, long Plans, long Approvals, int ByAna, int ByBoris)
    {
        public int Answers(SlackPerson person) => person.User.Name == "ana" ? ByAna : ByBoris;
    }
}
