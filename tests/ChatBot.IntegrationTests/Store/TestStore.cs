using System.Globalization;
using ChatBot.Store;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ChatBot.IntegrationTests.Store;

/// <summary>An open store, the clock that SQLite goes by, and a way round the store's own API.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly StoreSettings _settings;
    private readonly CancellationTokenSource _patience =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private TestStore(StoreSettings settings, FakeTimeProvider clock, IncidentStore store)
    {
        _settings = settings;
        Clock = clock;
        Store = store;
        _patience.CancelAfter(TimeSpan.FromMinutes(1)); // a test that waits for what never comes
    }

    public FakeTimeProvider Clock { get; }

    public IncidentStore Store { get; private set; }

    public CancellationToken Token => _patience.Token;

    public static async Task<TestStore> OpenAsync(StoreSettings settings)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        return new TestStore(settings, clock, await OpenAsync(settings, clock));
    }

    /// <summary>As a restart would: closes and opens it.</summary>
    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await OpenAsync(_settings, Clock);
    }

    /// <summary>A second replica on PostgreSQL; on SQLite, where there is none, the same store.</summary>
    public async Task<(IncidentStore Store, IAsyncDisposable? Owned)> OpenReplicaAsync()
    {
        if (_settings is SqliteStoreSettings)
        {
            return (Store, null);
        }

        var replica = await OpenAsync(_settings, Clock);
        return (replica, replica);
    }

    public Task WriteAsync(Func<StoreTransaction, Task> body) => Store.WriteAsync((transaction, _) => body(transaction), Token);

    public Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> body) =>
        Store.WriteAsync((transaction, _) => body(transaction), Token);

    public Task<T> ReadAsync<T>(Func<StoreReader, Task<T>> body) => Store.ReadAsync((reader, _) => body(reader), Token);

    /// <summary>Claims until there is something to claim; lets the clock go on meanwhile.</summary>
    public async Task<IReadOnlyList<WorkItem>> ClaimEventuallyAsync(TimeSpan lease)
    {
        while (true)
        {
            if (await Store.ClaimAsync(10, lease, Token) is [_, ..] claimed)
            {
                return claimed;
            }

            Clock.Advance(TimeSpan.FromMilliseconds(10)); // PostgreSQL's goes on by itself
        }
    }

    /// <summary>Statements behind the store's back.</summary>
    public async Task ExecuteAsync(string sqlite, string postgreSql)
    {
        if (_settings is SqliteStoreSettings file)
        {
            await using var connection = new SqliteConnection($"Data Source={file.File};Pooling=False");
            await connection.ExecuteAsync(sqlite);
        }
        else
        {
            await using var connection = new NpgsqlConnection(ConnectionString);
            await connection.ExecuteAsync(postgreSql);
        }
    }

    /// <summary>A number, asked behind the store's back.</summary>
    public async Task<long> CountAsync(string sql)
    {
        if (_settings is SqliteStoreSettings file)
        {
            await using var connection = new SqliteConnection($"Data Source={file.File};Pooling=False");
            return await connection.ExecuteScalarAsync<long>(sql);
        }

        await using var server = new NpgsqlConnection(ConnectionString);
        return Convert.ToInt64(await server.ExecuteScalarAsync(sql), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _patience.Dispose();
    }

    private string ConnectionString => ((PostgreSqlStoreSettings)_settings).ConnectionString.Reveal() + ";Pooling=false";

    private static Task<IncidentStore> OpenAsync(StoreSettings settings, TimeProvider clock) =>
        IncidentStore.OpenAsync(settings, clock, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
}
