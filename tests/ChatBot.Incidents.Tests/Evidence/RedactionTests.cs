using System.Globalization;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Tests.Evidence;

public sealed class RedactionTests
{
    public static readonly TheoryData<string, string> Corpus = new()
    {
        { "Host=db;Password=hunter2;Port=1", "Host=db;Password=[hidden];Port=1" },
        { "Host=db;Password=my pass word;Port=1", "Host=db;Password=[hidden];Port=1" },
        { "Password=my pass word;Port=1", "Password=[hidden];Port=1" },
        { "Password=\"semi;colon\";Port=1", "Password=\"[hidden]\";Port=1" },
        { "password='it''s';x=1", "password='[hidden]';x=1" },
        { "{\"token\": \"a\\\"b\", \"x\": 1}", "{\"token\": \"[hidden]\", \"x\": 1}" },
        { "{\"secrets\": [\"a1\", \"b2\"], \"x\": 1}", "{\"secrets\": [hidden], \"x\": 1}" },
        { "password=\"never closed, so all of it", "password=\"[hidden]" },
        { "postgres://app:p@ss/w:rd@db:5432/x", "postgres://app:[hidden]@db:5432/x" },
        { "jdbc:mysql://app:hunter2@db/x", "jdbc:mysql://app:[hidden]@db/x" },
        { "Authorization: Bearer abc.def", "Authorization: [hidden]" },
        { "sent Bearer abcDEF123456 to it", "sent Bearer [hidden] to it" },
        { "identified by 'hunter2' require ssl", "identified by '[hidden]' require ssl" },
        { "x -----END RSA PRIVATE KEY----- y", "[hidden] y" },
        { "x -----BEGIN PRIVATE KEY----- abc", "x [hidden]" },
        {
            "a -----BEGIN CERTIFICATE----- b -----END CERTIFICATE----- c -----BEGIN EC PRIVATE KEY----- d -----END EC PRIVATE KEY----- e",
            "a [hidden] c [hidden] e"
        },
        { "paid with 4111-1111-1111-1111 today", "paid with [hidden] today" },
    };

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Hides_the_secret_and_leaves_its_surroundings(string text, string expected) =>
        Assert.Equal(expected, ForeignText.From(text, 1000).Value);

    public static readonly TheoryData<string> Harmless =
    [
        "FATAL: password authentication failed for user \"app\"",
        "FATAL: sorry, too many clients already",
        "remaining connection slots are reserved for roles with the SUPERUSER attribute",
        "canceling statement due to statement timeout",
        "connection to server at \"10.0.3.7\", port 5432 failed: Connection refused",
        "plan 9c41e07b, valid until 03:18",
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "order 3F2504E0-4F89-41D3-9A0C-0305E82C3301 failed",
        "request Order-3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "idle_in_transaction_session_timeout",
        "checkout-service-api-7d9f8b6c5d-x2x4z",
        "ip-10-0-12-113.eu-west-1.compute.internal",
        "/var/lib/postgresql/15/main/base/16384/2619",
        "com.zaxxer.hikari.pool.HikariPool - HikariPool-1 - Connection is not available, request timed out after 30000ms",
        "org.springframework.transaction.CannotCreateTransactionException",
        "AbstractRoutingDataSourceTransactionManagerFactoryBean",
        "1764118080123 1764118080123456",
        "2026-11-26T03:08:00.000000+00:00",
        "git@github.com:acme/orders.git",
        "https://grafana.example.com:3000/d/abc?orgId=1&var-db=orders",
        "select * from users where token = $1 and password = ?",
        "basic authentication is off",
        "93 of 97 slots, +6/min, full in about 40 s",
        "PostgreSQL JDBC Driver",
        "pgbouncer",
        "<@U024BE7LH> said hi",
    ];

    [Theory]
    [MemberData(nameof(Harmless))]
    public void Leaves_everyday_text_alone(string text) => Assert.Equal(text, ForeignText.From(text, 1000).Value);

    [Fact]
    public void Hides_every_kind_by_its_shape_in_every_place()
    {
        var chance = new Random(20261126);
        for (var round = 0; round < 20; round++)
        {
            foreach (var (kind, secret) in PlantedSecrets.ByShape(chance))
            {
                foreach (var placement in PlantedSecrets.Placements)
                {
                    AssertHidden(kind, string.Format(CultureInfo.InvariantCulture, placement, secret), secret);
                }
            }
        }
    }

    [Fact]
    public void Hides_every_password_by_the_words_around_it()
    {
        var chance = new Random(20261127);
        for (var round = 0; round < 20; round++)
        {
            foreach (var frame in PlantedSecrets.Frames)
            {
                var secret = PlantedSecrets.Password(chance);
                AssertHidden(frame, string.Format(CultureInfo.InvariantCulture, frame, secret), secret);
            }
        }
    }

    // Not only the whole secret: six characters of it in a row are a leak.
    private static void AssertHidden(string kind, string text, string secret)
    {
        var shown = ForeignText.From(text, 10_000).Value;
        Assert.True(Leak.Of(secret, shown) is null, $"{kind}: \"{text}\" is shown as \"{shown}\"");
        Assert.Contains("[hidden]", shown, StringComparison.Ordinal);
    }
}
