using ChatBot.Sandbox;
using ChatBot.Sandbox.Databases;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>With settings or a store that can't work the program ends at once, and says what to change, line by line.</summary>
public sealed class StartTests : IDisposable
{
    private const string Canary = "canary7f3a9c51e8";

    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-start-").FullName;
    private readonly Dictionary<string, string> _settings;

    public StartTests()
    {
        _settings = new()
        {
            ["Slack:BotToken"] = $"xoxb-{Canary}-bot",
            ["Slack:AppToken"] = $"xapp-{Canary}-app",
            ["Slack:ApiUrl"] = "http://127.0.0.1:1/api/", // nobody is there
            ["Store:Path"] = StorePath,
            ["Targets:orders-db:Host"] = "127.0.0.1",
            ["Targets:orders-db:Port"] = "1",
            ["Targets:orders-db:User"] = "chatbot",
            ["Targets:orders-db:Password"] = $"{Canary}-password",
            ["Targets:orders-db:Environment"] = "PRODUCTION",
        };
    }

    private string StorePath => Path.Combine(_folder, "chatbot.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_mistake_is_one_line_and_no_line_holds_a_secret()
    {
        _settings.Remove("Slack:BotToken");
        _settings["Slack:AppToken"] = $"xoxp-{Canary}"; // of another kind
        _settings["Slack:BotTokn"] = $"xoxb-{Canary}"; // misspelt
        _settings["Wrok:Lease"] = "30s";
        _settings["Approval:Lifetime"] = "10";
        _settings["Watch:ReliefBelow"] = "80";
        _settings["Targets:orders-db:Port"] = $"{Canary}-password"; // pasted into the wrong line

        var lines = await RefusedAsync();
        Assert.Equal("ChatBot doesn't start. 7 mistakes in the settings:", lines[0]);
        Assert.Equal(8, lines.Count);
        AssertLine(lines, "Slack:BotToken ", "nothing", "a bot token, xoxb-...");
        AssertLine(lines, "Slack:AppToken ", "***", "an app-level token, xapp-...");
        AssertLine(lines, "Slack:BotTokn ", "an unknown key", "one of ");
        AssertLine(lines, "Wrok ", "an unknown key", "Work");
        AssertLine(lines, "Approval:Lifetime ", "\"10\"", "a duration from 1s to 1h");
        AssertLine(lines, "Watch:ReliefBelow ", "\"80\"", "a share from 0.1 to 0.99");
        AssertLine(lines, "Targets:orders-db:Port ", "***", "a number from 1 to 65535");
    }

    [Fact]
    public async Task Two_targets_of_one_name_are_refused()
    {
        var file = Path.Combine(_folder, "settings.json");
        await File.WriteAllTextAsync(
            file,
            """{ "Targets": { "stock-db": { "Host": "a" }, "stock-db": { "Host": "b" }, "Stock-DB": { "Host": "c" } } }""",
            TestContext.Current.CancellationToken);
        var lines = await RefusedAsync(new() { ["CHATBOT_SETTINGS"] = file });
        AssertLine(lines, "Targets:stock-db ", "twice in settings.json", "once");
        AssertLine(lines, "Targets:Stock-DB ", "twice in settings.json", "once");
    }

    [Fact]
    public async Task A_store_that_can_not_be_written_is_refused()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "file"), "", TestContext.Current.CancellationToken);
        _settings["Store:Path"] = Path.Combine(_folder, "file", "chatbot.db"); // no folder
        var lines = await RefusedAsync();
        Assert.Equal(2, lines.Count);
        AssertLine(lines, "Store ", _settings["Store:Path"], "can't be made");
    }

    [Fact]
    public async Task A_store_server_that_does_not_answer_is_refused()
    {
        _settings.Remove("Store:Path");
        _settings["Store:Engine"] = "PostgreSql";
        _settings["Store:ConnectionString"] = $"Host=127.0.0.1;Port=2;Username=chatbot;Password={Canary}-store;Timeout=2";
        var lines = await RefusedAsync();
        Assert.Equal(2, lines.Count);
        AssertLine(lines, "Store ", "");
    }

    [Fact]
    public async Task A_store_on_the_server_of_a_target_is_refused_before_anybody_asks_it()
    {
        _settings.Remove("Store:Path");
        _settings["Store:Engine"] = "PostgreSql";
        _settings["Store:ConnectionString"] = $"Host=localhost;Port=1;Username=chatbot;Password={Canary}-store;Timeout=2";
        var lines = await RefusedAsync();
        Assert.Equal(2, lines.Count);
        AssertLine(lines, "Store:ConnectionString ", "leads to the server of the target orders-db.", "another server");
    }

    [Fact]
    public async Task A_store_that_leads_to_the_server_of_a_target_by_another_address_stops_the_bot_as_soon_as_it_is_in()
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await PostgreSqlServer.StartAsync(20, cancellationToken: token);
        await using var wire = new WatchedWire(server.Port, "a statement that nobody sends", _ => Task.CompletedTask);
        _settings["Targets:orders-db:Port"] = $"{server.Port}";
        _settings["Targets:orders-db:User"] = "postgres";
        _settings.Remove("Store:Path");
        _settings["Store:Engine"] = "PostgreSql";
        _settings["Store:ConnectionString"] = $"Host=127.0.0.1;Port={wire.Port};Username=postgres";

        var lines = await RefusedAsync();
        AssertLine(lines, "Store:ConnectionString ", "leads to the server of the target orders-db.", "another server");
    }

    [Fact]
    public async Task A_second_process_on_the_same_file_is_refused()
    {
        await using var first = BotProcess.Start(_settings);
        while (!File.Exists(StorePath)) // made under the lock
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            Assert.True(first.IsRunning, first.Output);
            await Task.Yield();
        }

        var lines = await RefusedAsync();
        Assert.Equal(2, lines.Count);
        AssertLine(lines, "Store ", StorePath, "is in use by another process.");
        Assert.True(first.IsRunning, first.Output);
        Assert.DoesNotContain(Canary, first.Output, StringComparison.Ordinal);
    }

    /// <returns>What it wrote to stderr.</returns>
    private async Task<IReadOnlyList<string>> RefusedAsync(Dictionary<string, string>? environment = null)
    {
        await using var bot = BotProcess.Start(_settings, environment: environment);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        await bot.WaitForExitAsync(patience.Token);

        Assert.Equal(1, bot.ExitCode);
        Assert.DoesNotContain(Canary, bot.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", bot.Output, StringComparison.Ordinal); // a sentence, not a stack trace
        return bot.Errors;
    }

    private static void AssertLine(IReadOnlyList<string> lines, string key, params string[] parts)
    {
        var line = Assert.Single(lines, line => line.TrimStart().StartsWith(key, StringComparison.Ordinal));
        Assert.All(parts, part => Assert.Contains(part, line, StringComparison.Ordinal));
    }
}
