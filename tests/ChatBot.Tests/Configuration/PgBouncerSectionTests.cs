using System.Text.Json.Nodes;
using ChatBot.Configuration;
using ChatBot.Databases.PgBouncer;

namespace ChatBot.Tests.Configuration;

public sealed class PgBouncerSectionTests
{
    private const string Section = "Targets:orders-db:PgBouncer";

    public static readonly TheoryData<string, string, string> Mistakes = new()
    {
        { Section, "{}", $"{Section}:Host  found nothing  expected a host name, an address or the folder of a Unix socket" },
        { Section, "{\"Host\": \"pooler\"}", $"{Section}:User  found nothing  expected a user name" },
        { Section, "\"pooler:6432\"", $"{Section}  found \"pooler:6432\"  expected a section, {{ ... }}" },
        { $"{Section}:Port", "0", $"{Section}:Port  found \"0\"  expected a number from 1 to 65535" },
        { $"{Section}:Tls", "\"On\"", $"{Section}:Tls  found \"On\"  expected one of Disable, Prefer, Require, VerifyFull" },
        { $"{Section}:PasswordFile", "\"/no/such\"", $"{Section}:Password  found this and PasswordFile  expected only one of them" },
        { $"{Section}:Database", "\"pgbouncer\"", $"{Section}:Database  found an unknown key  expected one of Host, Password, PasswordFile, Port, Prometheus, Tls, User" },
    };

    [Fact]
    public void Left_out_there_is_no_pooler()
    {
        var target = Given.Read(Given.Smallest()).Options!.Targets["orders-db"];

        Assert.Null(target.PgBouncer);
        Assert.Null(PgBouncerTarget.From(target));
    }

    [Fact]
    public void Reads_every_setting()
    {
        var target = Given.Read(Given.Full()).Options!.Targets["orders-db"];

        var pooler = PgBouncerTarget.From(target)!;
        Assert.Equal(("orders-db", "pooler.example.com", 6433, "pooler-bot"), (pooler.Name, pooler.Host, pooler.Port, pooler.User));
        Assert.Equal((TlsMode.Require, "canary-3-pooler"), (pooler.Tls, pooler.Password!.Reveal()));
        Assert.DoesNotContain("canary", target.ToString() + pooler, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "Prefer")]
    [InlineData("/run/postgresql", "Prefer")]
    [InlineData("10.0.0.10", "VerifyFull")]
    public void A_pooler_elsewhere_has_to_prove_who_it_is(string host, string tls)
    {
        var pooler = Given.Read(Given.Smallest().With(Section, new JsonObject { ["Host"] = host, ["User"] = "chatbot" })).Options!.Targets["orders-db"].PgBouncer!;

        Assert.Equal((host, 6432, tls), (pooler.Host, pooler.Port, pooler.Tls.ToString()));
        Assert.Null(pooler.Password);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Names_each_mistake(string path, string json, string line) =>
        Assert.Contains(line, Given.Read(Given.Full().With(path, JsonNode.Parse(json))).Mistakes);
}
