using ChatBot.Configuration;
using ChatBot.Sandbox.Databases;
using ChatBot.Store;

namespace ChatBot.IntegrationTests.Store;

public enum Dialect
{
    Sqlite,
    PostgreSql,
}

/// <summary>One PostgreSQL server and one folder for all store tests; every test gets a database of its own in them.</summary>
public sealed class StoreFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-store-").FullName;
    private PostgreSqlServer? _server;
    private int _databases;

    /// <summary>Runs with synchronous_commit=off, so that a store that doesn't ask for more is found out.</summary>
    internal PostgreSqlServer Server => _server ?? throw new InvalidOperationException("The server isn't up yet.");

    public async ValueTask InitializeAsync() => _server = await PostgreSqlServer.StartAsync(maxConnections: 200);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Where a new, empty store would be.</summary>
    internal async Task<StoreSettings> PlaceAsync(Dialect dialect)
    {
        var name = $"store_{Interlocked.Increment(ref _databases)}";
        if (dialect is Dialect.Sqlite)
        {
            return new SqliteStoreSettings(Path.Combine(_folder, name, "chatbot.db"));
        }

        await Server.ExecuteAsync($"create database {name}");
        return new PostgreSqlStoreSettings(new Secret(
            $"Host=127.0.0.1;Port={Server.Port};Username=postgres;Database={name};Password={Password};Maximum Pool Size=40"));
    }

    /// <summary>The server trusts everybody; this is here to be looked for where it mustn't be.</summary>
    internal const string Password = "correct-horse-battery";

    /// <summary>A new, empty store.</summary>
    internal async Task<TestStore> OpenAsync(Dialect dialect) => await TestStore.OpenAsync(await PlaceAsync(dialect));
}

[CollectionDefinition(Name)]
public sealed class StoreCollectionDefinition : ICollectionFixture<StoreFixture>
{
    public const string Name = "store";
}

/// <summary>Every store test runs on both.</summary>
public static class Dialects
{
    public static readonly TheoryData<Dialect> Both = [Dialect.Sqlite, Dialect.PostgreSql];
}
