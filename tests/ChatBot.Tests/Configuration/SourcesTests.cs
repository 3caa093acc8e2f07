using System.Collections;
using System.Runtime.Versioning;
using ChatBot.Configuration;

namespace ChatBot.Tests.Configuration;

public sealed class SourcesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chatbot-settings-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Variables_win_over_the_second_file_and_that_over_the_first()
    {
        Write("appsettings.json", """{ "Work": { "Workers": 1, "Lease": "1s", "PollEvery": "1s" } }""");
        var second = Write("mine.json", Minimal("\"Work\": { \"workers\": 2, \"Lease\": \"2s\" } // mine"));

        var (options, mistakes) = Read(new() { ["CHATBOT_SETTINGS"] = second, ["CHATBOT_WORK__Workers"] = "3", ["PATH"] = "/bin" });

        Assert.Empty(mistakes);
        Assert.Equal((3, 2, 1), (options!.Work.Workers, options.Work.Lease.Seconds, options.Work.PollEvery.Seconds));
    }

    [Fact]
    public void An_unknown_variable_is_a_mistake_like_any_other_key()
    {
        Write("appsettings.json", Minimal(""));

        var (_, mistakes) = Read(new() { ["CHATBOT_Slack__BotTokn"] = "canary" });

        Assert.StartsWith("Slack:BotTokn  found an unknown key", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_variables_of_the_person_at_the_terminal_are_no_settings()
    {
        Write("appsettings.json", Minimal("\"Work\": {}"));

        Assert.Empty(Read(new() { ["CHATBOT_URL"] = "http://127.0.0.1:8371", ["CHATBOT_TOKEN"] = "canary", ["CHATBOT_TOKEN_FILE"] = "/tmp/token" }).Mistakes);
    }

    [Fact]
    public void Two_targets_of_one_name_are_a_mistake_even_when_their_keys_differ()
    {
        Write(
            "appsettings.json",
            """{ "Targets": { "orders-db": { "Host": "a" }, "Orders-DB": { "User": "b" } }, "Work": { "Workers": 1, "workers": 2 } }""");

        Assert.Equal(
            [
                "Targets:Orders-DB  found twice in appsettings.json  expected once; case makes no difference",
                "Work:workers  found twice in appsettings.json  expected once; case makes no difference",
            ],
            Read([]).Mistakes);
    }

    [Theory]
    [InlineData("{ \"Slack\": { \"BotToken\": tcanary } }", "malformed JSON in line 1, at byte 27")]
    [InlineData("", "malformed JSON in line 1, at byte 1")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{ \"a\": \"\\ud800\" ", "malformed JSON in line 1, at byte 17")]
    public void Malformed_JSON_is_a_mistake_that_does_not_quote_it(string json, string found)
    {
        var file = Write("appsettings.json", json);

        Assert.Equal([$"{file}  found {found}  expected a JSON object, {{ ... }}"], Read([]).Mistakes);
    }

    [Fact]
    public void A_settings_file_that_is_named_has_to_exist()
    {
        var missing = Path.Combine(_folder.FullName, "missing.json");

        Assert.Equal([$"{missing}  found nothing  expected a file that exists"], Read(new() { ["CHATBOT_SETTINGS"] = missing }).Mistakes);
    }

    [Fact]
    public void A_list_in_two_places_is_a_mistake_because_the_tail_of_the_longer_one_would_stay()
    {
        Write("appsettings.json", Minimal("\"Work\": {}", "\"Approvers\": [\"U0000000A\", \"U0000000B\"]"));
        var second = Write("mine.json", """{ "Targets": { "orders-db": { "Approvers": [] } } }""");
        string[] expected = ["Targets:orders-db:Approvers  found the list in more than one place  expected all entries in one file, or all in variables"];

        Assert.Equal(expected, Read(new() { ["CHATBOT_SETTINGS"] = second }).Mistakes);
        Assert.Equal(expected, Read(new() { ["CHATBOT_Targets__orders-db__Approvers__0"] = "U0000000C" }).Mistakes);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_secret_file_is_read_without_its_line_break_and_a_readable_one_is_a_warning()
    {
        var secret = Write("password", "hunter2\r\n");
        Write("appsettings.json", Minimal("\"Work\": {}", $"\"PasswordFile\": \"{secret}\""));

        File.SetUnixFileMode(secret, UnixFileMode.UserRead);
        var closed = Read([]);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var open = Read([]);

        Assert.Equal("hunter2", closed.Options!.Targets["orders-db"].Password!.Reveal());
        Assert.Empty(closed.Options.Warnings);
        Assert.Contains("chmod o-r", Assert.Single(open.Options!.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_file_that_is_too_large_or_more_than_a_line_is_a_mistake()
    {
        var secret = Write("password", new string('x', (64 * 1024) + 1));
        Write("appsettings.json", Minimal("\"Work\": {}", $"\"PasswordFile\": \"{secret}\""));

        Assert.Equal(["Targets:orders-db:PasswordFile  found a larger file  expected a file of at most 64 KiB"], Read([]).Mistakes);

        Write("password", "one\ntwo");
        Assert.Equal(["Targets:orders-db:PasswordFile  found ***  expected a password in one line"], Read([]).Mistakes);
    }

    private static string Minimal(string more, string target = "\"Port\": 5432") =>
        $$"""
        {
          "Slack": { "BotToken": "xoxb-1", "AppToken": "xapp-1" },
          "Targets": { "orders-db": { "Host": "db", "User": "u", "Environment": "e", {{target}} } },
          {{more}}
        }
        """;

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    private (ChatBotOptions? Options, IReadOnlyList<string> Mistakes) Read(Hashtable environment)
    {
        var (configuration, mistakes) = ChatBotConfiguration.Build(_folder.FullName, environment);
        return configuration is null ? (null, mistakes) : ChatBotConfiguration.Read(configuration);
    }
}
