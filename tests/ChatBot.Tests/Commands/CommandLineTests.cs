using System.Collections;
using System.Net;
using System.Net.Sockets;
using ChatBot.Commands;
using ChatBot.Incidents;

namespace ChatBot.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-commands-").FullName;

    public static readonly TheoryData<string, string> Wrong = new()
    {
        // what was typed                    what is said
        { "bogus",                           "Unrecognized command or argument 'bogus'." },
        { "doctor --targets orders-db",      "Unrecognized command or argument '--targets'." },
        { "doctor --replicas 0",             "--replicas is a number from 1 to 100." },
        { "incident bogus",                  "Unrecognized command or argument 'bogus'." },
        { "incident start",                  "Required argument 'TARGET' missing for command: 'start'." },
        { "incident press orders-db",        "Required argument 'BUTTON' missing for command: 'press'." },
        { "incident list orders-db",         "Unrecognized command or argument 'orders-db'." },
        { "incident list --token secret",    "Unrecognized command or argument '--token'." }, // never where ps shows it
        { "runbook",                         "Required command was not provided." },
        { "runbook check",                   "Required argument 'PAGE' missing for command: 'check'." },
    };

    /// <summary>Addresses that a token must not be sent to.</summary>
    public static readonly TheoryData<string> Elsewhere =
    [
        "http://bot.example.com:8371/", "https://127.0.0.1:8371/", "http://127.0.0.1.example.com/", "http://me@127.0.0.1:8371/",
        "http://127.0.0.1:8371/other", "127.0.0.1:8371", "file:///etc/passwd", "",
    ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Words_that_mean_nothing_are_named_and_end_with_2(string words, string said)
    {
        var (exitCode, _, errors) = await TypeAsync(words);

        Assert.Equal(2, exitCode);
        Assert.Contains(said, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "incident", "runbook")]
    [InlineData("incident --help", "--token-file", "CHATBOT_TOKEN")]
    [InlineData("incident press --help", "--plan", "--note")]
    [InlineData("runbook check --help", "PAGE", "chatbot runbook check")]
    [InlineData("report --help", "--output", "--format")]
    [InlineData("audit --help", "INCIDENT", "Exit code 1")]
    [InlineData("doctor --help", "--target", "--replicas")]
    public async Task Help_is_there_and_ends_with_0(string words, string one, string other)
    {
        var (exitCode, output, errors) = await TypeAsync(words);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains(one, output, StringComparison.Ordinal);
        Assert.Contains(other, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_diagram_is_printed_as_it_is()
    {
        var (exitCode, output, _) = await TypeAsync("runbook diagram");

        Assert.Equal((0, IncidentLifecycle.Diagram() + Environment.NewLine), (exitCode, output));
    }

    [Theory]
    [MemberData(nameof(Elsewhere))]
    public async Task A_token_is_sent_to_this_machine_only(string url)
    {
        var (exitCode, _, errors) = await TypeAsync($"incident list --url \"{url}\"", new() { ["CHATBOT_TOKEN"] = "canary" });

        Assert.Equal(1, exitCode);
        Assert.Contains("one of this machine", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_port_is_read_from_the_settings_even_if_others_are_missing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop(); // nobody is there

        await File.WriteAllTextAsync(Path.Combine(_folder, "appsettings.json"), $"{{ \"Terminal\": {{ \"Port\": {port} }} }}", TestContext.Current.CancellationToken);
        var (exitCode, _, errors) = await TypeAsync("incident list", new() { ["CHATBOT_TOKEN"] = "canary" });

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"No bot answers at http://127.0.0.1:{port}/.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_address_or_a_token_it_says_how_to_give_one()
    {
        Assert.StartsWith("I don't know where the bot is. Say it with --url", (await TypeAsync("incident list")).Errors, StringComparison.Ordinal);

        var url = new Hashtable { ["CHATBOT_URL"] = "http://127.0.0.1:1" };
        Assert.StartsWith("Who are you? Put your token into a file", (await TypeAsync("incident list", url)).Errors, StringComparison.Ordinal);
        Assert.StartsWith("The token's file: found ", (await TypeAsync("incident list --token-file /tmp/no-such-file", url)).Errors, StringComparison.Ordinal);

        var twoLines = Path.Combine(_folder, "token");
        await File.WriteAllTextAsync(twoLines, "canary\ncanary", TestContext.Current.CancellationToken);
        url["CHATBOT_TOKEN_FILE"] = twoLines;
        var (_, _, errors) = await TypeAsync("incident list", url);
        Assert.Contains("This is no token", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", errors, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output, string Errors)> TypeAsync(string words, Hashtable? environment = null)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = await ChatBotCommand.RunAsync(
            ChatBotCommand.Create(_folder, environment ?? [], TextReader.Null).Parse(words),
            new() { Output = output, Error = errors },
            TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
