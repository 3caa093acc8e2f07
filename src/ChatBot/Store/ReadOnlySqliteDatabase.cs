using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace ChatBot.Store;

/// <summary>A store's file as it is, for whoever only looks: beside the bot that has it open, or without one.</summary>
/// <remarks>
/// <para>
/// Takes no lock of the bot's, makes no file and changes none. While the bot runs (or after it was killed) there are a log and
/// an index beside the file, and SQLite reads through them; it may note in the index, which is memory that all readers share,
/// that it reads. A bot that stopped in order left neither, and opening the file in the usual way would make both: then it is
/// opened as immutable, which is true as long as no bot starts. Whether one did is seen at the end of each look from the file and
/// its log; then what was read isn't trusted and read again in the other way.
/// </para>
/// <para>See https://sqlite.org/wal.html#read_only_databases and https://sqlite.org/uri.html.</para>
/// </remarks>
internal sealed class ReadOnlySqliteDatabase(string file) : StoreDatabase
{
    private readonly string _file = Path.GetFullPath(file);

    public override string Now => "@now";

    public override string RowLock => "";

    public override string SkipLocked => "";

    public override bool IsShared => true;

    public override async Task PrepareAsync(ILoggerFactory logs, CancellationToken cancellationToken)
    {
        await using var session = await BeginReadingAsync(cancellationToken);
        StoreMigrations.RefuseOtherVersions(
            await session.QueryAsync<string>("select name from sqlite_master where type = 'table' and name = 'SchemaVersions'") is [_]
                ? await session.QueryAsync<string>("select ScriptName from SchemaVersions")
                : [],
            "Sqlite",
            _file);
    }

    public override async Task<StoreSession> BeginReadingAsync(CancellationToken cancellationToken)
    {
        // A log that is missing or empty holds nothing that the file doesn't; a bot that runs has an index as well.
        var now = Look();
        var hasIndex = File.Exists(_file + "-shm");
        var still = now.LogLength is null || (now.LogLength is 0 && !hasIndex) ? now : null;
        if (still is null && !hasIndex)
        {
            throw new StoreUnavailableException(
                $"{_file} has a log beside it but no index, so it can't be read without writing: it was copied, or its computer stopped. "
                + "Start the bot on it once, then stop it and try again.");
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = $"{new Uri(_file).AbsoluteUri}?mode=ro{(still is null ? "" : "&immutable=1")}",
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 5, // seconds
        }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await connection.ExecuteAsync("pragma query_only = on; pragma busy_timeout = 5000; pragma trusted_schema = off");
            var transaction = connection.BeginTransaction(IsolationLevel.Serializable, deferred: true);
            return new StoreSession(connection, transaction, GiveBackAsync, cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        async ValueTask GiveBackAsync()
        {
            await connection.DisposeAsync();
            if (still is not null && Look() != still)
            {
                throw new StoreMovedException();
            }
        }
    }

    public override Task<StoreSession> BeginAsync(CancellationToken cancellationToken) => throw OnlyRead();

    public override Task<StoreSession> BeginFirstAsync(CancellationToken cancellationToken) => throw OnlyRead();

    public override Task<StoreSession> OpenAsync(CancellationToken cancellationToken) => throw OnlyRead();

    public override Task LockNameAsync(StoreSession session, string name) => throw OnlyRead();

    public override StoreFailure Explain(Exception error) => error switch
    {
        StoreMovedException => new(StoreFailureKind.TryAgain, $"{_file} changes again and again while it is read. Try again"),
        SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED } => new(
            StoreFailureKind.TryAgain,
            $"{_file} is locked by another program. End the backup or shell that holds it."),
        SqliteException { SqliteErrorCode: raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_READONLY or raw.SQLITE_AUTH } => new(
            StoreFailureKind.Unavailable,
            $"{_file} can't be read. Is it there, and may this user read it and the files beside it?"),
        SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } => new(
            StoreFailureKind.Unavailable,
            $"{_file} is damaged or no SQLite database. Move it away and restore a backup."),
        SqliteException { SqliteErrorCode: raw.SQLITE_IOERR } => new(StoreFailureKind.Unavailable, $"The disk of {_file} fails."),
        _ => StoreFailure.None,
    };

    public override bool MayHaveCommitted(Exception error) => false;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <exception cref="StoreUnavailableException">There is no such file, or it can't be looked at.</exception>
    private Picture Look()
    {
        var (file, log) = (new FileInfo(_file), new FileInfo(_file + "-wal"));
        return file.Exists
            ? new Picture(file.Length, file.LastWriteTimeUtc, log.Exists ? log.Length : null)
            : throw new StoreUnavailableException($"{_file} can't be read. Is it there, and may this user read it and the files beside it?");
    }

    private static InvalidOperationException OnlyRead() => new("This store was opened to be read only.");

    /// <param name="Length">Of the file, in bytes.</param>
    /// <param name="LogLength">In bytes; null when there is no log.</param>
    private sealed record Picture(long Length, DateTime ChangedAt, long? LogLength);

    /// <summary>A bot began to write while the file was read as one that nobody writes.</summary>
    private sealed class StoreMovedException : Exception;
}
