using System.Collections.Concurrent;
using ChatBot.Configuration;
using ChatBot.Store;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ChatBot.IntegrationTests.Store;

[Collection(StoreCollectionDefinition.Name)]
public sealed class OpeningTests(StoreFixture stores)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pragma journal_mode", "wal")]
    [InlineData("pragma synchronous", "2")] // FULL
    [InlineData("pragma foreign_keys", "1")]
    [InlineData("pragma busy_timeout", "5000")]
    [InlineData("pragma recursive_triggers", "1")]
    public async Task SQLite_is_set_to_lose_nothing(string pragma, string expected)
    {
        await using var database = SqliteStoreDatabase.Open(((SqliteStoreSettings)await stores.PlaceAsync(Dialect.Sqlite)).File);
        await database.PrepareAsync(NullLoggerFactory.Instance, Token);
        await using var session = await database.OpenAsync(Token);

        Assert.Equal(expected, await session.FindAsync<string>(pragma));
    }

    [Theory]
    [InlineData("synchronous_commit", "on")] // this server's own setting is off
    [InlineData("statement_timeout", "10s")]
    [InlineData("lock_timeout", "5s")]
    [InlineData("idle_in_transaction_session_timeout", "10s")]
    public async Task PostgreSQL_is_set_to_lose_nothing_and_to_wait_for_nobody_for_ever(string setting, string expected)
    {
        var place = (PostgreSqlStoreSettings)await stores.PlaceAsync(Dialect.PostgreSql);
        await using var database = PostgreSqlStoreDatabase.Open(place.ConnectionString.Reveal());
        await database.PrepareAsync(NullLoggerFactory.Instance, Token);

        for (var use = 0; use < 2; use++) // a pooled connection is reset in between, and the migration had changed it
        {
            await using var session = await database.OpenAsync(Token);
            Assert.Equal(expected, await session.FindAsync<string>($"show {setting}"));
        }
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task Opening_again_finds_everything_and_changes_nothing(Dialect dialect)
    {
        await using var home = await stores.OpenAsync(dialect);
        await home.WriteAsync(tx => tx.AddCommandAsync("press-1", null, "x", "yes"));
        var journal = $"select count(*) from {(dialect is Dialect.Sqlite ? "SchemaVersions" : "schemaversions")}";
        var scripts = await home.CountAsync(journal);

        await home.ReopenAsync();

        Assert.True(scripts > 0);
        Assert.Equal(scripts, await home.CountAsync(journal));
        Assert.Equal("yes", await home.ReadAsync(reader => reader.FindAnswerAsync("press-1")));
    }

    [Fact]
    public async Task Replicas_that_start_together_on_PostgreSQL_migrate_once()
    {
        var place = await stores.PlaceAsync(Dialect.PostgreSql);

        var replicas = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => OpenAsync(place))));

        foreach (var replica in replicas)
        {
            await replica.WriteAsync((tx, _) => tx.AddWorkAsync(Given.Work()), Token);
            await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_replica_waits_while_another_one_migrates()
    {
        var place = (PostgreSqlStoreSettings)await stores.PlaceAsync(Dialect.PostgreSql);
        await using var other = new NpgsqlConnection(place.ConnectionString.Reveal());
        await other.OpenAsync(Token);
        await other.ExecuteAsync("select pg_advisory_lock(@LockKey)", new { StoreMigrations.LockKey });

        var opening = Task.Run(() => OpenAsync(place), Token);
        while (!opening.IsCompleted
            && await other.ExecuteScalarAsync<long>("select count(*) from pg_locks where locktype = 'advisory' and not granted") == 0)
        {
            Token.ThrowIfCancellationRequested();
        }

        Assert.False(opening.IsCompleted);
        Assert.Equal(0, await other.ExecuteScalarAsync<long>("select count(*) from pg_tables where schemaname = 'public'"));
        await other.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { StoreMigrations.LockKey });
        await using var store = await opening;
    }

    [Fact]
    public async Task A_second_opener_of_a_SQLite_file_is_refused_until_the_first_is_gone()
    {
        var place = await stores.PlaceAsync(Dialect.Sqlite);

        var openers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            try
            {
                return new Opener(await OpenAsync(place), null);
            }
            catch (StoreUnavailableException refused)
            {
                return new Opener(null, refused.Message);
            }
        })));

        var winner = Assert.Single(openers, opener => opener.Store is not null).Store!;
        Assert.All(
            openers.Where(opener => opener.Refused is not null),
            opener => Assert.Contains("in use by another process", opener.Refused, StringComparison.Ordinal));

        await winner.DisposeAsync();
        await using var next = await OpenAsync(place);
    }

    [Fact]
    public async Task The_files_are_the_bots_alone()
    {
        var place = (SqliteStoreSettings)await stores.PlaceAsync(Dialect.Sqlite);
        await using var store = await OpenAsync(place);

        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(place.File)!))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode);
        }
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_with_a_way_out()
    {
        var place = (SqliteStoreSettings)await stores.PlaceAsync(Dialect.Sqlite);
        Directory.CreateDirectory(Path.GetDirectoryName(place.File)!);
        await File.WriteAllTextAsync(place.File, new string('x', 8_192), Token);

        await RefusedAsync(place, "damaged or no SQLite database", "restore a backup");
        File.Delete(place.File); // and the lock was given back
        await using var store = await OpenAsync(place);
    }

    [Fact]
    public async Task A_place_that_cant_be_written_is_refused() =>
        await RefusedAsync(new SqliteStoreSettings("/dev/null/chatbot.db"), "/dev/null/chatbot.db", "can't be");

    [Theory]
    [InlineData("nfs")]
    [InlineData("smb2")]
    public void A_network_disk_is_refused(string format)
    {
        var refused = Assert.Throws<StoreUnavailableException>(() => StoreFileLock.RefuseNetworkDisk("/data/chatbot.db", format));

        Assert.Contains("network disk", refused.Message, StringComparison.Ordinal);
        StoreFileLock.RefuseNetworkDisk("/data/chatbot.db", "ext2");
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task A_store_of_a_newer_version_is_refused(Dialect dialect)
    {
        var place = await stores.PlaceAsync(dialect);
        await using (var home = await TestStore.OpenAsync(place))
        {
            await home.ExecuteAsync(
                "insert into SchemaVersions (ScriptName, Applied) values ('9999-future.sql', '2030-01-01')",
                "insert into schemaversions (scriptname, applied) values ('9999-future.sql', '2030-01-01')");
        }

        await RefusedAsync(place, "newer version", "9999-future.sql");
    }

    [Fact]
    public async Task PostgreSQL_out_of_reach_is_named_without_the_password()
    {
        await RefusedAsync(Server("Port=1"), "PostgreSQL 127.0.0.1:1, database chatbot", "gave no answer");
        await RefusedAsync(
            Server($"Port={stores.Server.Port};Username=postgres;Database=nosuch"), "database nosuch doesn't exist", "Create it");
        await RefusedAsync(Server($"Port={stores.Server.Port};Username=nobody;Database=postgres"), "nobody", "login");
        await RefusedAsync(Server("Prot=5432"), "connection string can't be read", "Host=");
        await RefusedAsync(Server($"Port={StoreFixture.Password}"), "connection string can't be read", "Host=");

        static StoreSettings Server(string more) => new PostgreSqlStoreSettings(new Secret(
            $"Host=127.0.0.1;Database=chatbot;Username=chatbot;Password={StoreFixture.Password};{more}"));
    }

    [Theory, MemberData(nameof(Dialects.Both), MemberType = typeof(Dialects))]
    public async Task The_log_tells_of_the_migration_and_of_a_server_that_may_lose_commits_and_no_password(Dialect dialect)
    {
        using var log = new WordsOfLog();
        using var logs = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(log));

        await using var store = await IncidentStore.OpenAsync(
            await stores.PlaceAsync(dialect), new FakeTimeProvider(), logs, Token);

        Assert.Contains(log.Lines, line => line.Contains("0001-tables.sql", StringComparison.Ordinal));
        Assert.Equal(
            dialect is Dialect.PostgreSql, // this server has it off
            log.Lines.Any(line => line.Contains("fsync is off", StringComparison.Ordinal)));
        Assert.DoesNotContain(log.Lines, line => line.Contains(StoreFixture.Password, StringComparison.Ordinal));
    }

    private static async Task RefusedAsync(StoreSettings settings, params string[] words)
    {
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => OpenAsync(settings));

        Assert.All(words, word => Assert.Contains(word, refused.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(StoreFixture.Password, refused.ToString(), StringComparison.Ordinal);
    }

    private static Task<IncidentStore> OpenAsync(StoreSettings settings) =>
        IncidentStore.OpenAsync(settings, new FakeTimeProvider(), NullLoggerFactory.Instance, Token);

    private sealed record Opener(IncidentStore? Store, string? Refused);

    private sealed class WordsOfLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose() { }
    }
}
