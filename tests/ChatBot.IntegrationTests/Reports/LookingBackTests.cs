using System.CommandLine;
using ChatBot.Commands;
using ChatBot.Incidents;
using ChatBot.IntegrationTests.Store;
using ChatBot.Store;

namespace ChatBot.IntegrationTests.Reports;

/// <summary><c>chatbot report</c> and <c>chatbot audit</c> on stores that a bot has open, or had.</summary>
[Collection(StoreCollectionDefinition.Name)]
public sealed class LookingBackTests(StoreFixture stores) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-report-").FullName;

    public static readonly TheoryData<string, string> Tampering = new()
    {
        // behind the store's back                                            what is said
        { "update events set body = {0} where seq = 4",                         "Event 4 isn't what was stored" },
        { "update events set at = at + 1 where type = 'approval-given'",        "isn't what was stored" },
        { "delete from events where type = 'incident-resolved'",                "knows" },
        { "update plans set bytes = {0}",                                       "its stored bytes aren't what was asked for and approved" },
        { "update plans set hash = {0}",                                        "the hash stored beside its bytes" },
        { "update pages set bytes = {0}",                                       "not the one that was stored" },
        { "delete from pages",                                                  "missing from the store" },
        { "update incidents set target = 'orders-eu'",                          "Event 1 opens incident" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_sound_record_is_said_to_be_sound_with_who_decided(Dialect dialect)
    {
        var place = await stores.PlaceAsync(dialect);
        await using var home = await TestStore.OpenAsync(place);
        var (id, plan) = await RecordedStory.TellAsync(home);
        var row = (await home.ReadAsync(reader => reader.ReadPlanAsync(plan.ToString())))!;

        var (code, output, errors) = await TypeAsync(place, "audit", RecordedStory.Target);

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains($"Incident {id} on {RecordedStory.Target}: Resolved", output, StringComparison.Ordinal);
        Assert.Contains($"hash {Convert.ToHexStringLower(row.Hash.Span)}; asked by U0ANA", output, StringComparison.Ordinal);
        Assert.Contains("approved by U0BORIS (Slack)", output, StringComparison.Ordinal);
        Assert.Contains("carried out: 2 ended", output, StringComparison.Ordinal);
        Assert.Contains("Sound: every event", output, StringComparison.Ordinal);
        Assert.Equal((0, output, ""), await TypeAsync(place, "audit", id.ToString()));
    }

    [Theory, MemberData(nameof(Tampering))]
    public async Task What_was_changed_is_found_on_SQLite(string statement, string said) =>
        await FindsAsync(Dialect.Sqlite, string.Format(null, statement, "x'7b7c'"), said);

    [Theory]
    [InlineData("update events set body = '\\x7b7c' where seq = 4", "Event 4 isn't what was stored")]
    [InlineData("update plans set bytes = '\\x7b7c'", "its stored bytes aren't what was asked for and approved")]
    public async Task What_was_changed_is_found_on_PostgreSQL(string statement, string said) =>
        await FindsAsync(Dialect.PostgreSql, statement, said);

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_report_is_written_while_the_bot_runs_and_again_the_same_when_it_is_stopped(Dialect dialect)
    {
        var place = await stores.PlaceAsync(dialect);
        string[] names;
        await using (var home = await TestStore.OpenAsync(place))
        {
            await RecordedStory.TellAsync(home);
            var (code, output, errors) = await TypeAsync(place, "report", RecordedStory.Target, "--output", Path.Combine(_folder, "running"));
            Assert.Equal((0, ""), (code, errors));
            names = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(path => Path.GetFileName(path))];
        }

        Assert.Equal(0, (await TypeAsync(place, "report", RecordedStory.Target, "--output", Path.Combine(_folder, "stopped"))).Code);

        Assert.Equal([".html", ".md"], names.Select(name => Path.GetExtension(name)).Order());
        Assert.All(names, name =>
        {
            Assert.StartsWith("incident-orders-db-", name, StringComparison.Ordinal);
            Assert.Equal(Read("running", name), Read("stopped", name));
        });

        var (markdown, html) = (Read("running", names.Single(name => name.EndsWith(".md", StringComparison.Ordinal))), Read("running", names.Single(name => name.EndsWith(".html", StringComparison.Ordinal))));
        Assert.Contains("approved plan", markdown, StringComparison.Ordinal);
        Assert.Contains("“They ran out at 11:40.”", markdown, StringComparison.Ordinal);
        Assert.Contains("Look for signs of a leak", markdown, StringComparison.Ordinal); // the page's own words
        Assert.Contains("It is gone.", markdown, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<a ", html, StringComparison.Ordinal);

        string Read(string folder, string name) => File.ReadAllText(Path.Combine(_folder, folder, name));
    }

    [Fact]
    public async Task Only_the_format_that_is_wanted_is_written()
    {
        var place = await stores.PlaceAsync(Dialect.Sqlite);
        await using var home = await TestStore.OpenAsync(place);
        await RecordedStory.TellAsync(home);

        await TypeAsync(place, "report", RecordedStory.Target, "--output", _folder, "--format", "md");

        Assert.Equal([".md"], Directory.GetFiles(_folder).Select(path => Path.GetExtension(path)));
        Assert.Equal(1, (await TypeAsync(place, "report", RecordedStory.Target, "--format", "pdf")).Code);
    }

    [Fact]
    public async Task A_target_may_be_typed_in_capitals_and_people_of_the_settings_have_names()
    {
        var place = await stores.PlaceAsync(Dialect.Sqlite);
        await using var home = await TestStore.OpenAsync(place);
        await RecordedStory.TellAsync(home);

        var (code, output, errors) = await TypeAsync(place, "report", RecordedStory.Target.ToUpperInvariant(), "--output", _folder, "--format", "md");

        Assert.Equal((0, ""), (code, errors));
        var markdown = await File.ReadAllTextAsync(output.Trim(), home.Token);
        Assert.Contains("ana (U0ANA)", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("(U0BORIS)", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cant_be_done_is_said_in_a_line()
    {
        var place = await stores.PlaceAsync(Dialect.Sqlite);
        await using var home = await TestStore.OpenAsync(place);
        await RecordedStory.TellAsync(home);
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", home.Token);

        await SaysAsync("The store has no incident billing-db", place, "report", "billing-db");
        await SaysAsync("The store has no incident", place, "audit", new IncidentId(Guid.Empty).ToString());
        await SaysAsync("The report can't be written to", place, "report", RecordedStory.Target, "--output", file);
        await SaysAsync("can't be read", new SqliteStoreSettings(Path.Combine(_folder, "none.db")), "audit", RecordedStory.Target);

        async Task SaysAsync(string words, StoreSettings where, params string[] typed)
        {
            var (code, _, errors) = await TypeAsync(where, typed);
            Assert.Equal(1, code);
            Assert.Contains(words, errors, StringComparison.Ordinal);
        }
    }

    private async Task FindsAsync(Dialect dialect, string statement, string said)
    {
        var place = await stores.PlaceAsync(dialect);
        await using var home = await TestStore.OpenAsync(place);
        await RecordedStory.TellAsync(home);
        await home.ExecuteAsync(
            $"drop trigger events_refuse_update; drop trigger events_refuse_delete; drop trigger plans_refuse_update; drop trigger pages_refuse_update; {statement}",
            $"alter table events disable trigger all; alter table plans disable trigger user; alter table pages disable trigger user; {statement}");

        var target = statement.Contains("orders-eu", StringComparison.Ordinal) ? "orders-eu" : RecordedStory.Target;
        var (code, output, errors) = await TypeAsync(place, "audit", target);

        Assert.Equal((1, ""), (code, errors));
        Assert.Contains("NOT SOUND", output, StringComparison.Ordinal);
        Assert.Contains(said, output, StringComparison.Ordinal);
    }

    /// <summary>With the settings of the store, and of the others only a person without a token: no Slack token, no target.</summary>
    private async Task<(int Code, string Output, string Errors)> TypeAsync(StoreSettings place, params string[] words)
    {
        Dictionary<string, string> settings = place is SqliteStoreSettings { File: var file }
            ? new() { ["CHATBOT_Store__Path"] = file }
            : new() { ["CHATBOT_Store__Engine"] = "PostgreSql", ["CHATBOT_Store__ConnectionString"] = ((PostgreSqlStoreSettings)place).ConnectionString.Reveal() };
        (settings["CHATBOT_Terminal__People__ana__Team"], settings["CHATBOT_Terminal__People__ana__User"]) = ("T0HOME", "U0ANA");
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await ChatBotCommand.Create(_folder, settings, TextReader.Null)
            .Parse(words)
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = errors }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), errors.ToString());
    }
}
