using System.Text.Json;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Simulators;

/// <summary>The simulator refuses what Slack refuses, in Slack's words, and takes what is just within the limit.</summary>
public sealed class RefusalTests(RefusalTests.Fixture fixture) : IClassFixture<RefusalTests.Fixture>
{
    private SlackSimulator Slack => fixture.Slack;

    public static readonly TheoryData<string, string, string?, string?> Messages = new()
    {
        // what                        blocks                                                                 error             where
        { "a header of 150",           Header(150),                                                           null,             null },
        { "a header of 151",           Header(151),                                                           "invalid_blocks", "less than 151 characters [json-pointer:/blocks/0/text/text]" },
        { "a section of 3000",         Section(3000),                                                         null,             null },
        { "a section of 3001",         Section(3001),                                                         "invalid_blocks", "less than 3001 characters [json-pointer:/blocks/0/text/text]" },
        { "an empty section",          Section(0),                                                            "invalid_blocks", "more than 0 characters [json-pointer:/blocks/0/text/text]" },
        { "a section of nothing",      """[{"type":"section"}]""",                                            "invalid_blocks", "at least one of: text,fields [json-pointer:/blocks/0]" },
        { "fields of 2001",            $$"""[{"type":"section","fields":[{{Plain(2001)}}]}]""",               "invalid_blocks", "[json-pointer:/blocks/0/fields/0/text]" },
        { "11 fields",                 $$"""[{"type":"section","fields":[{{Many(11, Plain(1))}}]}]""",        "invalid_blocks", "no more than 10 items allowed [json-pointer:/blocks/0/fields]" },
        { "50 blocks",                 $"[{Many(50, Divider)}]",                                              null,             null },
        { "51 blocks",                 $"[{Many(51, Divider)}]",                                              "invalid_blocks", "no more than 50 items allowed [json-pointer:/blocks]" },
        { "11 context elements",       $$"""[{"type":"context","elements":[{{Many(11, Plain(1))}}]}]""",      "invalid_blocks", "/blocks/0/elements]" },
        { "25 buttons",                Actions([.. Enumerable.Range(0, 25).Select(i => Button(id: $"a{i}"))]), null,            null },
        { "26 buttons",                Actions([.. Enumerable.Range(0, 26).Select(i => Button(id: $"a{i}"))]), "invalid_blocks", "no more than 25 items allowed" },
        { "a button text of 76",       Actions(Button(text: 76)),                                             "invalid_blocks", "less than 76 characters" },
        { "a button value of 2001",    Actions(Button(value: 2001)),                                          "invalid_blocks", "less than 2001 characters [json-pointer:/blocks/0/elements/0/value]" },
        { "an action id of 256",       Actions(Button(id: new string('a', 256))),                             "invalid_blocks", "less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]" },
        { "one action id twice",       Actions(Button(id: "a"), Button(id: "a")),                             "invalid_blocks", "`action_id` \"a\" already exists" },
        { "one action id per block",   $"[{Actions(Button(id: "a"))[1..^1]},{Actions(Button(id: "a"))[1..^1]}]", null,             null },
        { "a confirmation of 301",     Actions(Button(more: Confirm(100, 301, 30))),                          "invalid_blocks", "/confirm/text/text]" },
        { "a confirm button of 31",    Actions(Button(more: Confirm(100, 300, 31))),                          "invalid_blocks", "/confirm/confirm/text]" },
        { "a confirmation's edge",     Actions(Button(more: Confirm(100, 300, 30))),                          null,             null },
        { "an unheard-of style",       Actions(Button(more: ""","style":"default" """)),                      "invalid_blocks", "enum value" },
        { "6 overflow options",        Actions($$"""{"type":"overflow","options":[{{Many(6, Option)}}]}"""),  "invalid_blocks", "no more than 5 items" },
        { "101 select options",        Actions($$"""{"type":"static_select","options":[{{Many(101, Option)}}]}"""), "invalid_blocks", "no more than 100 items" },
        { "an unknown block",          """[{"type":"fancy"}]""",                                              "invalid_blocks", "unsupported type: fancy [json-pointer:/blocks/0/type]" },
        { "an unknown element",        Actions("""{"type":"knob"}"""),                                        "invalid_blocks", "unsupported type: knob" },
        { "an unknown property",       """[{"type":"divider","colour":"red"}]""",                             "invalid_blocks", "invalid additional property: colour [json-pointer:/blocks/0]" },
        { "too much in all blocks",    $"[{Section(2700)[1..^1]},{Many(4, Section(2700)[1..^1])}]",           "msg_blocks_too_long", null },
        { "no array",                  """{"type":"divider"}""",                                              "invalid_blocks_format", null },
    };

    public static readonly TheoryData<string, string, string, string> Calls = new()
    {
        // what                       method                arguments                                                        error
        { "no text",                  "chat.postMessage",   """{"channel":"C0ORDERSDB"}""",                                  "no_text" },
        { "no channel",               "chat.postMessage",   """{"text":"x"}""",                                              "invalid_arguments" },
        { "an unknown channel",       "chat.postMessage",   """{"channel":"C404","text":"x"}""",                             "channel_not_found" },
        { "a channel without the bot", "chat.postMessage",  """{"channel":"C0GENERAL1","text":"x"}""",                       "not_in_channel" },
        { "an archived channel",      "chat.postMessage",   """{"channel":"C0ARCHIVED","text":"x"}""",                       "is_archived" },
        { "text as an object",        "chat.postMessage",   """{"channel":"C0ORDERSDB","text":{}}""",                        "invalid_arguments" },
        { "metadata without payload", "chat.postMessage",   """{"channel":"C0ORDERSDB","text":"x","metadata":{"event_type":"a"}}""", "invalid_metadata_format" },
        { "a reply to nothing",       "chat.postMessage",   """{"channel":"C0ORDERSDB","text":"x","thread_ts":"1.000001"}""", "thread_not_found" },
        { "whispering to an outsider", "chat.postEphemeral", """{"channel":"C0ORDERSDB","user":"U0OUTSIDE1","text":"x"}""",  "user_not_in_channel" },
        { "a message that isn't",     "chat.update",        """{"channel":"C0ORDERSDB","ts":"1.000001","text":"x"}""",       "message_not_found" },
        { "an update beyond 4000",    "chat.update",        $$"""{"channel":"C0ORDERSDB","ts":"OWN","text":"{{new string('x', 4001)}}"}""", "msg_too_long" },
        { "somebody else's message",  "chat.update",        """{"channel":"C0ORDERSDB","ts":"ANAS","text":"x"}""",           "cant_update_message" },
        { "a made-up trigger",        "views.open",         $$"""{"trigger_id":"1.a","view":{{Modal(24, 3000)}}}""",         "invalid_trigger" },
        { "a modal title of 25",      "views.open",         $$"""{"trigger_id":"1.a","view":{{Modal(25, 3000)}}}""",         "invalid_arguments" },
        { "private metadata of 3001", "views.open",         $$"""{"trigger_id":"1.a","view":{{Modal(24, 3001)}}}""",         "invalid_arguments" },
        { "a scope it lacks",         "usergroups.list",    "{}",                                                            "missing_scope" },
        { "a method that isn't",      "chat.postMassage",   "{}",                                                            "unknown_method" },
        { "no JSON",                  "chat.postMessage",   "{",                                                             "invalid_json" },
        { "a file nobody uploaded",   "files.completeUploadExternal", """{"files":[{"id":"F404"}],"channel_id":"C0ORDERSDB"}""", "file_not_found" },
        { "no files",                 "files.completeUploadExternal", """{"files":[],"channel_id":"C0ORDERSDB"}""",          "invalid_arguments" },
        { "files without ids",        "files.completeUploadExternal", """{"files":["F1"],"channel_id":"C0ORDERSDB"}""",      "invalid_arguments" },
        { "a file to nowhere",        "files.completeUploadExternal", """{"files":[{"id":"F1"}],"channel_id":"C404"}""",     "channel_not_found" },
        { "a file where the bot isn't", "files.completeUploadExternal", """{"files":[{"id":"F1"}],"channel_id":"C0GENERAL1"}""", "not_in_channel" },
        { "a file for an archive",    "files.completeUploadExternal", """{"files":[{"id":"F1"}],"channel_id":"C0ARCHIVED"}""", "is_archived" },
        { "a file in no thread",      "files.completeUploadExternal", """{"files":[{"id":"F1"}],"channel_id":"C0ORDERSDB","thread_ts":"1.000001"}""", "thread_not_found" },

        // Reading methods drop a JSON body, and answer as if nothing had come.
        { "a user asked for in JSON", "users.info",         """{"user":"U0ANA00001"}""",                                     "user_not_found" },
        { "an upload asked for in JSON", "files.getUploadURLExternal", """{"filename":"a.txt","length":3}""",                "invalid_arguments" },
        { "a thread asked for in JSON", "conversations.replies", """{"channel":"C0ORDERSDB","ts":"OWN"}""",                  "invalid_arguments" },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task Blocks_are_taken_or_refused(string what, string blocks, string? error, string? where)
    {
        await using var app = PlainApp.Of(Slack);
        var before = Slack.Workspace.Messages("C0ORDERSDB").Count;

        var (_, answer) = await app.CallAsync("chat.postMessage", $$"""{"channel":"C0ORDERSDB","text":"x","blocks":{{blocks}}}""");

        AssertRefused(what, answer, error, where);
        Assert.Equal(error is null ? before + 1 : before, Slack.Workspace.Messages("C0ORDERSDB").Count);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Calls_are_refused(string what, string method, string arguments, string error)
    {
        await using var app = PlainApp.Of(Slack);
        var (_, own) = await app.CallAsync("chat.postMessage", """{"channel":"C0ORDERSDB","text":"card"}""");
        var anas = await Slack.Workspace.As("ana").SayAsync("inc-orders-db", "hello", cancellationToken: TestContext.Current.CancellationToken);

        var (http, answer) = await app.CallAsync(
            method,
            arguments
                .Replace("OWN", own.GetProperty("ts").GetString(), StringComparison.Ordinal)
                .Replace("ANAS", anas.Ts, StringComparison.Ordinal));

        AssertRefused(what, answer, error, where: null);
        Assert.Equal("application/json", http.Content.Headers.ContentType?.MediaType);
        Assert.Equal(error, Slack.Calls.All[^1].Error);
        Assert.False(error is "missing_scope" && answer.GetProperty("needed").GetString() is not "usergroups:read");
    }

    [Fact]
    public async Task Tokens_are_told_apart_and_long_text_is_cut()
    {
        await using var app = PlainApp.Of(Slack);

        Assert.Equal("invalid_auth", await ErrorAsync("auth.test", "xoxb-wrong"));
        Assert.Equal("not_allowed_token_type", await ErrorAsync("auth.test", Slack.Options.AppToken));
        Assert.Equal("not_allowed_token_type", await ErrorAsync("apps.connections.open", Slack.Options.BotToken));

        var (_, posted) = await app.CallFormAsync("chat.postMessage", new()
        {
            ["channel"] = "U0ANA00001",
            ["text"] = new string('x', 40_001),
        });
        Assert.Equal(40_000, posted.GetProperty("message").GetProperty("text").GetString()!.Length);
        Assert.Equal("D0ANA00001", posted.GetProperty("channel").GetString());

        async Task<string?> ErrorAsync(string method, string token)
        {
            var (_, answer) = await app.CallAsync(method, "{}", token);
            return answer.GetProperty("error").GetString();
        }
    }

    private static void AssertRefused(string what, JsonElement answer, string? error, string? where)
    {
        Assert.True(answer.GetProperty("ok").GetBoolean() == (error is null), $"{what}: {answer}");
        Assert.Equal(error, answer.TryGetProperty("error", out var named) ? named.GetString() : null);
        if (where is not null)
        {
            var messages = answer.GetProperty("response_metadata").GetProperty("messages").EnumerateArray();
            Assert.Contains(messages, message => message.GetString()!.Contains(where, StringComparison.Ordinal));
        }
    }

    private const string Divider = """{"type":"divider"}""";

    private const string Option = """{"text":{"type":"plain_text","text":"o"},"value":"v"}""";

    private static string Many(int count, string json) => string.Join(',', Enumerable.Repeat(json, count));

    private static string Plain(int length) => $$"""{"type":"plain_text","text":"{{new string('x', length)}}"}""";

    private static string Header(int length) => $$"""[{"type":"header","text":{{Plain(length)}}}]""";

    private static string Section(int length) =>
        $$"""[{"type":"section","text":{"type":"mrkdwn","text":"{{new string('x', length)}}"} }]""";

    private static string Actions(params string[] elements) =>
        $$"""[{"type":"actions","elements":[{{string.Join(',', elements)}}]}]""";

    private static string Button(int text = 75, int value = 2000, string id = "a", string more = "") =>
        $$"""{"type":"button","action_id":"{{id}}","text":{{Plain(text)}},"value":"{{new string('v', value)}}"{{more}}}""";

    private static string Confirm(int title, int text, int button) =>
        $$""","confirm":{"title":{{Plain(title)}},"text":{{Plain(text)}},"deny":{{Plain(30)}},"confirm":{{Plain(button)}} }""";

    private static string Modal(int title, int metadata) =>
        $$"""{"type":"modal","title":{{Plain(title)}},"private_metadata":"{{new string('m', metadata)}}","blocks":[{{Divider}}]}""";

    /// <summary>One simulator for all rows: without limits of rate, with a scope missing and an archived channel.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private static readonly SlackSimulatorOptions Usual = new();

        public SlackSimulator Slack { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Slack = await SlackSimulator.StartAsync(Usual with
        {
            RateLimits = SlackRateLimits.Off,
            Users = [.. Usual.Users, new SlackUser("U0OUTSIDE1", "outsider", "Otto Outsider")],
            Channels = [.. Usual.Channels, new SlackChannel("C0ARCHIVED", "old", ["chatbot"]) { IsArchived = true }],
            BotScopes = [.. Usual.BotScopes.Except(["usergroups:read"])],
        });

        public ValueTask DisposeAsync() => Slack.DisposeAsync();
    }
}
