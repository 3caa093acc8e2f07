using System.Text.Json.Nodes;

namespace ChatBot.Tests.Configuration;

public sealed class WrongConfigurationTests
{
    private const string Unknown = "found an unknown key  expected one of";
    private const string Ages = "expected at most 5 durations from 1s on with commas between, such as 10m, 5m";

    public static readonly TheoryData<string, string?, string[]> Cases = new()
    {
        // path, its value as JSON (null: the key is missing), every line expected
        { "Slack:BotToken", null, ["Slack:BotToken  found nothing  expected a bot token, xoxb-..., here or in the file that BotTokenFile names"] },
        { "Slack:BotToken", "\"xapp-canary-9\"", ["Slack:BotToken  found ***  expected a bot token, xoxb-..."] },
        { "Slack:BotToken", "\"xoxb-\"", ["Slack:BotToken  found ***  expected a bot token, xoxb-..."] },
        { "Slack:BotToken", "\"\"", ["Slack:BotToken  found \"\"  expected a bot token, xoxb-..."] },
        { "Slack:BotToken", "{\"a\":1}", ["Slack:BotToken  found a section, list or null  expected a bot token, xoxb-..."] },
        { "Slack:BotTokenFile", "\"x\"", ["Slack:BotToken  found this and BotTokenFile  expected only one of them"] },
        { "Slack:BotTokn", "\"canary-9-secret\"", [$"Slack:BotTokn  {Unknown} ApiUrl, AppToken, AppTokenFile, BotToken, BotTokenFile, CallTimeout, SilenceLimit"] },
        { "Slack:ApiUrl", "\"http://slack.com/api/\"", ["Slack:ApiUrl  found \"http://slack.com/api/\"  expected an https address that ends with a slash (http only for this machine)"] },
        { "Slack:ApiUrl", "\"https://slack.com/api\"", ["Slack:ApiUrl  found \"https://slack.com/api\"  expected an https address that ends with a slash (http only for this machine)"] },
        { "Slack:ApiUrl", "\"https://me:canary-9@slack.com/\"", ["Slack:ApiUrl  found ***  expected an https address that ends with a slash (http only for this machine)"] },
        { "Slak", "{\"BotToken\": \"canary-9\"}", [$"Slak  {Unknown} Approval, EndIdleSessions, EndTransactions, Kubernetes, Logging, Prometheus, Runbooks, Slack, Store, Targets, Terminal, Watch, Work"] },
        { "Store:Engine", "\"MySql\"", ["Store:Engine  found \"MySql\"  expected one of Sqlite, PostgreSql"] },
        { "Store:Engine", "1", ["Store:Engine  found \"1\"  expected one of Sqlite, PostgreSql"] },
        { "Store:Engine", "\"PostgreSql\"", ["Store:ConnectionString  found nothing  expected a connection string for PostgreSql, here or in the file that ConnectionStringFile names"] },
        { "Store:ConnectionString", "\"Password=canary-9\"", ["Store:ConnectionString  found ***  expected nothing, because Store:Engine is Sqlite"] },
        { "Store", "\"chatbot.db\"", ["Store  found \"chatbot.db\"  expected a section, { ... }"] },
        { "Work:Workers", "65", ["Work:Workers  found \"65\"  expected a number from 1 to 64"] },
        { "Work:Workers", "8.0", ["Work:Workers  found \"8.0\"  expected a number from 1 to 64"] },
        { "Work:Workers", "[8]", ["Work:Workers  found a section or list  expected a number from 1 to 64"] },
        { "Approval:Lifetime", "\"999ms\"", ["Approval:Lifetime  found \"999ms\"  expected a duration from 1s to 1h, such as 10s or 00:00:10"] },
        { "Approval:Lifetime", "\"01:00:01\"", ["Approval:Lifetime  found \"01:00:01\"  expected a duration from 1s to 1h, such as 10s or 00:00:10"] },
        { "Approval:Lifetime", "20", ["Approval:Lifetime  found \"20\"  expected a duration from 1s to 1h, such as 10s or 00:00:10"] },
        { "Approval:MembershipFreshFor", "\"31s\"", ["Approval:MembershipFreshFor  found \"31s\"  expected a duration from 0s to 30s, such as 10s or 00:00:10"] },
        { "EndIdleSessions:MaxSessions", "51", ["EndIdleSessions:MaxSessions  found \"51\"  expected a number from 1 to 50"] },
        { "EndIdleSessions:IdleFor", "\"8d\"", ["EndIdleSessions:IdleFor  found \"8d\"  expected a duration from 1s to 7d, such as 10s or 00:00:10"] },
        { "EndIdleSessions:OrIdleFor", "\"10m, 30m\"", ["EndIdleSessions:OrIdleFor  found \"30m\"  expected durations below EndIdleSessions:IdleFor, which is 30m"] },
        { "EndIdleSessions:OrIdleFor", "\"10m 5m\"", [$"EndIdleSessions:OrIdleFor  found \"10m 5m\"  {Ages}"] },
        { "EndIdleSessions:OrIdleFor", "\"10m, 999ms\"", [$"EndIdleSessions:OrIdleFor  found \"10m, 999ms\"  {Ages}"] },
        { "EndIdleSessions:OrIdleFor", "\"6m, 5m, 4m, 3m, 2m, 1m\"", [$"EndIdleSessions:OrIdleFor  found \"6m, 5m, 4m, 3m, 2m, 1m\"  {Ages}"] },
        { "EndIdleSessions:OrIdleFor", "[\"10m\"]", [$"EndIdleSessions:OrIdleFor  found a section or list  {Ages}"] },
        { "EndTransactions:IdleFor", "\"0s\"", ["EndTransactions:IdleFor  found \"0s\"  expected a duration from 1s to 7d, such as 10s or 00:00:10"] },
        { "EndTransactions:MaxSessions", "0", ["EndTransactions:MaxSessions  found \"0\"  expected a number from 1 to 5"] },
        { "EndTransactions:MaxSessions", "6", ["EndTransactions:MaxSessions  found \"6\"  expected a number from 1 to 5"] },
        { "Watch:ReliefAfter", "\"14m\"", ["Watch:ReliefAfter  found \"14m\"  expected at most 80 x Watch:SampleEvery, because a relief is judged by that many measurements"] },
        { "Watch:ReliefBelow", "1", ["Watch:ReliefBelow  found \"1\"  expected a share from 0.1 to 0.99, such as 0.8"] },
        { "Watch:ReliefBelow", "\"NaN\"", ["Watch:ReliefBelow  found \"NaN\"  expected a share from 0.1 to 0.99, such as 0.8"] },
        { "Terminal:Port", "8371", ["Terminal:People  found nobody  expected at least one person, such as Terminal:People:ana, because Terminal:Port is set"] },
        { "Terminal:Port", "65536", ["Terminal:Port  found \"65536\"  expected a number from 0 to 65535"] },
        { "Targets", null, ["Targets  found nothing  expected at least one target, such as Targets:orders-db"] },
        { "Targets:orders-db:Port", "\"fivethousand\"", ["Targets:orders-db:Port  found \"fivethousand\"  expected a number from 1 to 65535"] },
        { "Targets:orders-db:Port", "0", ["Targets:orders-db:Port  found \"0\"  expected a number from 1 to 65535"] },
        { "Targets:orders-db:Engine", "\"MariaDb\"", ["Targets:orders-db:Engine  found \"MariaDb\"  expected one of PostgreSql, MySql"] },
        { "Targets:orders-db:Engine", "1", ["Targets:orders-db:Engine  found \"1\"  expected one of PostgreSql, MySql"] },
        { "Targets:orders-db:TlsRootFile", "\"/nosuch/root.pem\"", ["Targets:orders-db:TlsRootFile  found \"/nosuch/root.pem\"  expected the path of a PEM file that is there"] },
        { "Targets:orders-db:AdminPort", "33062", ["Targets:orders-db:AdminPort  found a second port  expected none: only MySQL and MariaDB have one (Engine MySql)"] },
        { "Targets:orders-db:Processors", "0", ["Targets:orders-db:Processors  found \"0\"  expected a number from 1 to 4096"] },
        { "Watch:StillFor", "\"100ms\"", ["Watch:StillFor  found \"100ms\"  expected a duration from 1s to 10m, such as 10s or 00:00:10"] },
        { "Targets:orders-db:Host", null, ["Targets:orders-db:Host  found nothing  expected a host name, an address or the folder of a Unix socket"] },
        { "Targets:orders-db:Host", "\"db1,db2\"", ["Targets:orders-db:Host  found \"db1,db2\"  expected a host name, an address or the folder of a Unix socket"] },
        { "Targets:orders-db:Host", "\"postgres://a:canary-9@db\"", ["Targets:orders-db:Host  found ***  expected a host name, an address or the folder of a Unix socket"] },
        { "Targets:orders-db:User", "\" chatbot\"", ["Targets:orders-db:User  found \"chatbot\"  expected a user name"] },
        { "Targets:orders-db:Environment", "\"\"", ["Targets:orders-db:Environment  found \"\"  expected words for every plan, such as PRODUCTION"] },
        { "Targets:orders-db:Environment", "\"a\\u202eb\"", ["Targets:orders-db:Environment  found \"ab\"  expected words for every plan, such as PRODUCTION"] },
        { "Targets:orders-db:Channel", "\"#inc-orders-db\"", ["Targets:orders-db:Channel  found \"#inc-orders-db\"  expected a Slack channel id, C... or G..."] },
        { "Targets:orders-db:Approvers", "\"U0123ABCD\"", ["Targets:orders-db:Approvers  found \"U0123ABCD\"  expected a list of Slack ids of user groups (S...) or users (U... or W...)"] },
        {
            "Targets:orders-db:Approvers", "[\"*\", \"@ana\", \"U0123ABCD\", \"U0123ABCD\", null]",
            [
                "Targets:orders-db:Approvers:0  found \"*\"  expected Slack ids of user groups (S...) or users (U... or W...)",
                "Targets:orders-db:Approvers:1  found \"@ana\"  expected Slack ids of user groups (S...) or users (U... or W...)",
                "Targets:orders-db:Approvers:3  found \"U0123ABCD\" for the second time  expected every entry once",
                "Targets:orders-db:Approvers:4  found no text  expected a list of Slack ids of user groups (S...) or users (U... or W...)",
            ]
        },
        { "Targets:orders-db:Protected:Usrs", "[\"a\"]", [$"Targets:orders-db:Protected:Usrs  {Unknown} Applications, Defaults, Users"] },
        { "Runbooks:Folder", "\"\"", ["Runbooks:Folder  found \"\"  expected the path of a folder"] },
        { "Runbooks:FollowUpDue", "\"59m\"", ["Runbooks:FollowUpDue  found \"59m\"  expected a duration from 1h to 366d, such as 10s or 00:00:10"] },
        { "Runbooks:UndoDue", "\"59m\"", ["Runbooks:UndoDue  found \"59m\"  expected a duration from 1h to 366d, such as 10s or 00:00:10"] },
        { "Runbooks:Page", "\"mysql\"", [$"Runbooks:Page  {Unknown} Folder, FollowUpDue, UndoDue"] },
        { "Targets:orders-db:Runbook", "\"pages/mysql.md\"", ["Targets:orders-db:Runbook  found \"pages/mysql.md\"  expected a page's file name without its ending: a-z, 0-9 and -"] },
        { "Targets:orders-db:Runbook", "\"../secrets\"", ["Targets:orders-db:Runbook  found \"../secrets\"  expected a page's file name without its ending: a-z, 0-9 and -"] },
        { "Targets:orders-db:Services", "[\"checkout-api\"]", ["Targets:orders-db:Services:0  found \"checkout-api\"  expected a section, { ... }"] },
        { "Targets:orders-db:Services:Checkout API", "{}", ["Targets:orders-db:Services:Checkout\\u0020API  found an unusable name  expected 1 to 63 of a-z, 0-9 and -, starting with a letter or digit"] },
        { "Targets:orders-db:Services:checkout-api:Namespace", "\"shop; rm -rf /\"", ["Targets:orders-db:Services:checkout-api:Namespace  found \"shop; rm -rf /\"  expected a Kubernetes namespace: a-z, 0-9 and -"] },
        { "Targets:orders-db:Services:checkout-api:Replicas", "3", [$"Targets:orders-db:Services:checkout-api:Replicas  {Unknown} Container, Context, Kind, Namespace, PoolLibrary, PoolSize, Processes, Prometheus, Workload"] },
        { "Targets:orders-db:Mode", "\"Autonomous\"", ["Targets:orders-db:Mode  found \"Autonomous\"  expected one of Observe, Propose, Act"] },
        { "Targets:orders-db:PasswordFile", "\"canary-9\"", ["Targets:orders-db:PasswordFile  found ***  expected the path of a file that exists"] },
        { "Targets:orders-db:PasswordFile", "\"/tmp/no-such-file\"", ["Targets:orders-db:PasswordFile  found \"/tmp/no-such-file\"  expected the path of a file that exists"] },
        { "Targets:orders-db:PasswordFile", "\"/dev/null\"", ["Targets:orders-db:PasswordFile  found an empty file  expected a file with the secret in it"] },
        {
            "Targets:Orders DB", "{\"Host\": \"db\", \"User\": \"u\", \"Environment\": \"e\"}",
            ["Targets:Orders\\u0020DB  found an unusable name  expected 1 to 63 of a-z, 0-9 and -, starting with a letter or digit"]
        },
        {
            "Targets:\u043erders-db", "{\"Host\": \"db\", \"User\": \"u\", \"Environment\": \"e\"}",
            ["Targets:\\u043erders-db  found an unusable name  expected 1 to 63 of a-z, 0-9 and -, starting with a letter or digit"]
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Names_the_key_what_was_found_and_what_is_expected(string path, string? json, string[] lines)
    {
        var settings = Given.Smallest().With(path, json is null ? null : JsonNode.Parse(json), remove: json is null);

        var (options, mistakes) = Given.Read(settings);

        Assert.Null(options);
        Assert.Equal(lines, mistakes);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("\"admin\"")]
    public void A_second_port_is_a_port(string json)
    {
        var settings = Given.Smallest().With("Targets:orders-db:Engine", "MySql").With("Targets:orders-db:AdminPort", JsonNode.Parse(json));

        Assert.StartsWith("Targets:orders-db:AdminPort  found", Assert.Single(Given.Read(settings).Mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_all_mistakes_and_not_only_the_first()
    {
        var settings = Given.Smallest()
            .With("Slack:BotToken", null, remove: true)
            .With("Targets:orders-db:Port", "fivethousand")
            .With("Wrok", new JsonObject())
            .With("Watch:ReliefAfter", "soon");

        Assert.Equal(4, Given.Read(settings).Mistakes.Count);
    }

    [Fact]
    public void Masks_a_secret_that_was_pasted_into_another_line_as_well()
    {
        var settings = Given.Smallest()
            .With("Targets:orders-db:Password", "correcthorse")
            .With("Targets:orders-db:Port", "correcthorse");

        Assert.StartsWith("Targets:orders-db:Port  found ***", Assert.Single(Given.Read(settings).Mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void One_key_deleted_or_misspelt_never_makes_an_approver_and_never_tells_a_secret()
    {
        foreach (var path in PathsIn(Given.Full(), ""))
        {
            var value = ValueAt(Given.Full(), path);
            var variants = new[]
            {
                Given.Full().With(path, null, remove: true),
                Given.Full().With(path, null, remove: true).With(path + "x", value?.DeepClone()),
                Given.Full().With(path, null),
                Given.Full().With(path, "*"),
                Given.Full().With(path, "canary-9-hunter2"),
                Given.Full().With(path, new JsonArray("canary-9-hunter2", "*")),
                Given.Full().With(path, new JsonObject { ["a"] = "canary-9" }),
            };

            foreach (var (options, mistakes) in variants.Select(Given.Read))
            {
                Assert.Equal(options is null, mistakes.Count > 0);
                Assert.All(options?.Targets.Values ?? [], t => Assert.Empty(t.Approvers.Except(["S0123ABCD", "U0123ABCD"])));
                Assert.All(mistakes, line => Assert.DoesNotMatch("canary-[123]", line));
            }
        }
    }

    private static IEnumerable<string> PathsIn(JsonObject section, string at) => section.SelectMany(pair =>
        pair.Value is JsonObject child
            ? PathsIn(child, $"{at}{pair.Key}:").Prepend(at + pair.Key)
            : [at + pair.Key]);

    private static JsonNode? ValueAt(JsonNode settings, string path) =>
        path.Split(':').Aggregate((JsonNode?)settings, (at, key) => at?[key]);
}
