using System.Collections.Concurrent;
using System.Data;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace ChatBot.Store;

/// <summary>One file, one process, one writer at a time; readers never wait.</summary>
internal sealed class SqliteStoreDatabase : StoreDatabase
{
    /// <summary>Older builds can lose a commit when a WAL reset meets a reader. See https://sqlite.org/wal.html.</summary>
    private static readonly Version Oldest = new(3, 51);

    // busy_timeout: how long to wait for a lock that a backup or a shell holds.
    private const string Pragmas =
        """
        pragma journal_mode = wal;
        pragma synchronous = full;
        pragma busy_timeout = 5000;
        pragma foreign_keys = on;
        pragma recursive_triggers = on;
        pragma trusted_schema = off;
        """;

    private readonly string _connectionString;
    private readonly string _file;
    private readonly StoreFileLock _lock;
    private readonly SemaphoreSlim _writerGate = new(1);

    /// <summary>Where every writer but a delivery waits its turn to wait at the gate: a delivery has one of them before it at most.</summary>
    private readonly SemaphoreSlim _line = new(1);

    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly SqliteConnection _writer;

    private SqliteStoreDatabase(string file, StoreFileLock fileLock)
    {
        _file = file;
        _lock = fileLock;
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false, // the connections are kept here: one writer and as many readers as ever read at once
            DefaultTimeout = 5, // seconds; the driver's own patience with a lock, on top of SQLite's
        }.ConnectionString;
        _writer = new SqliteConnection(_connectionString);
    }

    public override string Now => "@now";

    public override string RowLock => ""; // a writing transaction has the whole file

    public override string SkipLocked => "";

    public override bool IsShared => false;

    /// <exception cref="StoreUnavailableException">Another process has it, or it can't be made or read.</exception>
    public static SqliteStoreDatabase Open(string file)
    {
        file = Path.GetFullPath(file);
        return new SqliteStoreDatabase(file, StoreFileLock.Take(file));
    }

    public override async Task PrepareAsync(ILoggerFactory logs, CancellationToken cancellationToken)
    {
        await Connect(_writer, cancellationToken);

        var version = await _writer.ExecuteScalarAsync<string>("select sqlite_version()") ?? "";
        if (!Version.TryParse(version, out var parsed) || parsed < Oldest)
        {
            throw new StoreUnavailableException(
                $"SQLite {version} is too old: {Oldest} or later is needed, because older ones can lose a commit. "
                + "Run the published build, which brings its own.");
        }

        if (await _writer.ExecuteScalarAsync<string>("pragma journal_mode") is not "wal" and var mode)
        {
            throw new StoreUnavailableException(
                $"{_file} can't be kept safely: its journal mode is {mode}, not wal. Put it on a local disk.");
        }

        await StoreMigrations.RunAsync(_writer, logs);
    }

    public override async Task<StoreSession> BeginAsync(CancellationToken cancellationToken)
    {
        await WaitInLineAsync(cancellationToken);
        return BeginWriting(cancellationToken);
    }

    public override async Task<StoreSession> BeginFirstAsync(CancellationToken cancellationToken)
    {
        await _writerGate.WaitAsync(cancellationToken);
        return BeginWriting(cancellationToken);
    }

    public override async Task<StoreSession> BeginReadingAsync(CancellationToken cancellationToken)
    {
        if (!_readers.TryTake(out var reader))
        {
            reader = new SqliteConnection(_connectionString);
        }

        try
        {
            if (reader.State is not ConnectionState.Open)
            {
                await Connect(reader, cancellationToken);
                await reader.ExecuteAsync("pragma query_only = on");
            }

            var transaction = reader.BeginTransaction(IsolationLevel.Serializable, deferred: true);
            return new StoreSession(reader, transaction, GiveBack, cancellationToken);
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }

        ValueTask GiveBack()
        {
            _readers.Add(reader);
            return ValueTask.CompletedTask;
        }
    }

    public override async Task<StoreSession> OpenAsync(CancellationToken cancellationToken)
    {
        await WaitInLineAsync(cancellationToken);
        return new StoreSession(_writer, transaction: null, OpenGate, cancellationToken);
    }

    public override Task LockNameAsync(StoreSession session, string name) => Task.CompletedTask; // there is one writer

    public override StoreFailure Explain(Exception error) => error is not SqliteException e
        ? StoreFailure.None
        : e.SqliteErrorCode switch
        {
            raw.SQLITE_CONSTRAINT when e.SqliteExtendedErrorCode
                is raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY
                => new(StoreFailureKind.KeyTaken, e.Message),
            raw.SQLITE_CONSTRAINT => StoreFailure.None, // our mistake
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new(
                StoreFailureKind.TryAgain,
                $"{_file} is locked by another program. End the backup or shell that holds it."),
            raw.SQLITE_FULL => new(StoreFailureKind.Unavailable, $"The disk of {_file} is full. Free some space."),
            raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => new(
                StoreFailureKind.Unavailable,
                $"{_file} can't be written. Let the bot's user write the file and its folder."),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new(
                StoreFailureKind.Unavailable,
                $"{_file} is damaged or no SQLite database. Move it away and restore a backup."),
            raw.SQLITE_IOERR => new(
                StoreFailureKind.Unavailable,
                string.Create(CultureInfo.InvariantCulture, $"The disk of {_file} fails (I/O error {e.SqliteExtendedErrorCode}).")),
            _ => StoreFailure.None,
        };

    /// <summary>After an I/O error the frames may be on the disk or not; every other error says no.</summary>
    public override bool MayHaveCommitted(Exception error) => error is SqliteException { SqliteErrorCode: raw.SQLITE_IOERR };

    public override async ValueTask DisposeAsync()
    {
        await _writerGate.WaitAsync(); // a transaction under way ends first
        foreach (var reader in _readers)
        {
            await reader.DisposeAsync();
        }

        await _writer.DisposeAsync();
        _lock.Dispose();
        _writerGate.Dispose();
        _line.Dispose();
    }

    private static async Task Connect(SqliteConnection connection, CancellationToken cancellationToken)
    {
        await connection.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(Pragmas);
    }

    private StoreSession BeginWriting(CancellationToken cancellationToken)
    {
        try
        {
            // BEGIN IMMEDIATE: a reader that turns writer later fails at once with BUSY_SNAPSHOT, however long it may wait.
            var transaction = _writer.BeginTransaction(deferred: false);
            return new StoreSession(_writer, transaction, OpenGate, cancellationToken);
        }
        catch
        {
            _writerGate.Release();
            throw;
        }
    }

    private async Task WaitInLineAsync(CancellationToken cancellationToken)
    {
        await _line.WaitAsync(cancellationToken);
        try
        {
            await _writerGate.WaitAsync(cancellationToken);
        }
        finally
        {
            _line.Release();
        }
    }

    private ValueTask OpenGate()
    {
        _writerGate.Release();
        return ValueTask.CompletedTask;
    }
}
