using ChatBot.Configuration;

namespace ChatBot.Tests;

/// <summary>A store on the server of a target would go down with it.</summary>
public class StorePlaceTests
{
    public static readonly TheoryData<string, string, int, bool> Places = new()
    {
        // the store                                 the target             is the same server
        { "Host=10.0.0.5",                            "10.0.0.5", 5432,      true },
        { "Host=10.0.0.5;Port=5433",                  "10.0.0.5", 5432,      false },
        { "Host=10.0.0.5;Port=5433",                  "10.0.0.5", 5433,      true },
        { "Host=10.0.0.6",                            "10.0.0.5", 5432,      false },
        { "Host=::ffff:10.0.0.5",                     "10.0.0.5", 5432,      true },
        { "Host=localhost",                           "127.0.0.1", 5432,     true },
        { "Host=127.0.0.1",                           "LOCALHOST", 5432,     true },
        { "Host=::1",                                 "127.0.0.1", 5432,     true },
        { "Host=[::1]:5433",                          "127.0.0.1", 5433,     true },
        { "Host=127.0.0.2",                           "127.0.0.1", 5432,     true },
        { "Host=/run/postgresql",                     "/run/postgresql/", 5432, true },
        { "Host=/run/postgresql",                     "/run/../run/postgresql", 5432, true },
        { "Host=/run/postgresql;Port=5433",           "/run/postgresql", 5432, false },
        { "Host=/run/other",                          "/run/postgresql", 5432, false },
        { "Host=/run/postgresql",                     "localhost", 5432,     true },
        { "Host=/run/postgresql",                     "10.0.0.5", 5432,      false },
        { "Host=Orders-DB.example.invalid.",          "orders-db.example.invalid", 5432, true },
        { "Host=store.example.invalid",               "orders-db.example.invalid", 5432, false },
        { "Host=10.0.0.9,10.0.0.5",                   "10.0.0.5", 5432,      true },
        { "Host=10.0.0.9:5433,10.0.0.5:5434",         "10.0.0.5", 5434,      true },
        { "Host=10.0.0.9:5433,10.0.0.5:5434",         "10.0.0.5", 5433,      false },
        { "no connection string",                     "10.0.0.5", 5432,      false }, // the store says that itself
    };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task The_same_server_is_found_however_it_is_written(string store, string host, int port, bool isSame)
    {
        var options = Options(StoreEngine.PostgreSql, store, Target("orders-db", host, port), Target("other", "192.0.2.1", 5432));

        Assert.Equal(isSame ? "orders-db" : null, (await StorePlace.FindAsync(options, TestContext.Current.CancellationToken))?.Target);
    }

    [Theory]
    [InlineData("Host=pooler.example.invalid;Port=6432", DatabaseEngine.PostgreSql, true)]
    [InlineData("Host=pooler.example.invalid;Port=5432", DatabaseEngine.PostgreSql, false)]
    [InlineData("Host=pooler.example.invalid;Port=6432", DatabaseEngine.MySql, true)] // a pooler in front of another server than the target's
    internal async Task A_store_behind_the_pooler_of_a_target_goes_down_with_that(string store, DatabaseEngine engine, bool isSame)
    {
        var target = Target("orders-db", "10.0.0.5", 5432) with
        {
            Engine = engine,
            PgBouncer = new PgBouncerOptions { Host = "pooler.example.invalid", User = "chatbot" },
        };

        var found = await StorePlace.FindAsync(Options(StoreEngine.PostgreSql, store, target), TestContext.Current.CancellationToken);

        Assert.Equal(isSame ? new StoreNeighbour("orders-db", IsPooler: true) : null, found);
        Assert.StartsWith(isSame ? "leads to the pooler of the target orders-db." : "", found?.Why ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_or_a_target_of_another_engine_is_no_matter()
    {
        var target = Target("orders-db", "10.0.0.5", 5432);

        Assert.Null(await StorePlace.FindAsync(Options(StoreEngine.Sqlite, null, target), TestContext.Current.CancellationToken));
        Assert.Null(await StorePlace.FindAsync(
            Options(StoreEngine.PostgreSql, "Host=10.0.0.5", target with { Engine = DatabaseEngine.MySql }), TestContext.Current.CancellationToken));
    }

    private static TargetOptions Target(string name, string host, int port) => new() { Name = name, Host = host, Port = port, User = "chatbot", Environment = "PRODUCTION" };

    private static ChatBotOptions Options(StoreEngine engine, string? store, params TargetOptions[] targets) => new()
    {
        Slack = new SlackOptions { BotToken = new(""), AppToken = new("") },
        Store = new StoreOptions { Engine = engine, ConnectionString = store is null ? null : new(store) },
        Targets = targets.ToDictionary(target => target.Name),
    };
}
