using System.Data;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ChatBot.Store;

/// <summary>A server for several replicas: it orders, locks and fences.</summary>
internal sealed partial class PostgreSqlStoreDatabase : StoreDatabase
{
    /// <summary>
    /// In the start packet, so that a pooled connection that is reset comes back to them. A replica frozen inside a transaction
    /// would otherwise block its incident for ever.
    /// </summary>
    private const string SessionSettings =
        "-c synchronous_commit=on -c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=10s";

    private readonly NpgsqlDataSource _source;
    private readonly string _where;
    private readonly bool _isReadOnly;

    private PostgreSqlStoreDatabase(NpgsqlDataSource source, string where, bool isReadOnly)
    {
        _source = source;
        _where = where;
        _isReadOnly = isReadOnly;
    }

    public override string Now => "floor(extract(epoch from statement_timestamp()) * 1000)::bigint";

    public override string RowLock => "for update";

    public override string SkipLocked => "for update skip locked";

    public override bool IsShared => true;

    /// <exception cref="StoreUnavailableException">The connection string can't be read.</exception>
    public static PostgreSqlStoreDatabase Open(string connectionString) => Open(connectionString, isReadOnly: false);

    /// <summary>The server itself refuses to change anything.</summary>
    /// <inheritdoc cref="Open(string)"/>
    public static PostgreSqlStoreDatabase OpenReadOnly(string connectionString) => Open(connectionString, isReadOnly: true);

    private static PostgreSqlStoreDatabase Open(string connectionString, bool isReadOnly)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "chatbot-store", CommandTimeout = 15 };
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or KeyNotFoundException)
        {
            // Neither its text nor the exception: either may quote the password.
            throw new StoreUnavailableException(
                "The store's connection string can't be read. It looks like "
                + "\"Host=db;Port=5432;Database=chatbot;Username=chatbot;Password=...\".");
        }

        settings.Options = string.Join(' ', settings.Options, SessionSettings, isReadOnly ? "-c default_transaction_read_only=on" : "").Trim();
        settings.Timeout = Math.Min(settings.Timeout, 5);
        if (!settings.ShouldSerialize("Maximum Pool Size"))
        {
            settings.MaxPoolSize = 20; // several replicas share the server's slots, which are 100 by default
        }

        settings.PersistSecurityInfo = false;
        settings.IncludeErrorDetail = false; // details quote values
        var where = $"PostgreSQL {settings.Host}:{settings.Port}, database {settings.Database ?? settings.Username}";

        return new PostgreSqlStoreDatabase(new NpgsqlDataSourceBuilder(settings.ConnectionString).Build(), where, isReadOnly);
    }

    public override async Task PrepareAsync(ILoggerFactory logs, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        if (_isReadOnly)
        {
            var hasJournal = await connection.ExecuteScalarAsync<bool>("select to_regclass('schemaversions') is not null");
            StoreMigrations.RefuseOtherVersions(
                hasJournal ? [.. await connection.QueryAsync<string>("select scriptname from schemaversions")] : [],
                "PostgreSql",
                _where);
            return;
        }

        if (await connection.ExecuteScalarAsync<string>("show fsync") is not "on")
        {
            LogFsyncOff(logs.CreateLogger<PostgreSqlStoreDatabase>(), _where); // the server's owner decides; we can only say it
        }

        await StoreMigrations.RunAsync(connection, _source, logs, cancellationToken);
    }

    public override Task<StoreSession> BeginAsync(CancellationToken cancellationToken) =>
        BeginAsync(IsolationLevel.ReadCommitted, cancellationToken); // the incident's row lock and the unique keys do the rest

    public override Task<StoreSession> BeginFirstAsync(CancellationToken cancellationToken) => BeginAsync(cancellationToken);

    public override Task<StoreSession> BeginReadingAsync(CancellationToken cancellationToken) =>
        BeginAsync(IsolationLevel.RepeatableRead, cancellationToken);

    public override async Task<StoreSession> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken);
        return new StoreSession(connection, transaction: null, connection.DisposeAsync, cancellationToken);
    }

    public override Task LockNameAsync(StoreSession session, string name) =>
        session.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@name, 0))", new { name });

    public override StoreFailure Explain(Exception error) => error switch
    {
        PostgresException e => Explain(e),
        NpgsqlException or TimeoutException => new(
            error is NpgsqlException { IsTransient: true } ? StoreFailureKind.TryAgain : StoreFailureKind.Unavailable,
            $"{_where} gave no answer: {error.Message}. Check that it runs and can be reached from here."),
        _ => StoreFailure.None,
    };

    /// <summary>A refusal is an answer; a broken connection, and a server that goes down meanwhile, isn't.</summary>
    public override bool MayHaveCommitted(Exception error) => error switch
    {
        PostgresException e => e.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || e.SqlState.StartsWith("08", StringComparison.Ordinal)
            || e.SqlState is PostgresErrorCodes.StatementCompletionUnknown,
        NpgsqlException or TimeoutException or IOException => true,
        _ => false,
    };

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<StoreSession> BeginAsync(IsolationLevel isolation, CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(isolation, cancellationToken);
            return new StoreSession(connection, transaction, connection.DisposeAsync, cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // The states: https://www.postgresql.org/docs/current/errcodes-appendix.html
    private StoreFailure Explain(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation => new(StoreFailureKind.KeyTaken, $"{e.ConstraintName} refused it"),
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
            => new(StoreFailureKind.TryAgain, $"{_where} was too busy: {e.MessageText}."),
        PostgresErrorCodes.DiskFull => new(StoreFailureKind.Unavailable, $"{_where} has no disk space left. Free some."),
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => new(
            StoreFailureKind.Unavailable,
            $"{_where} refused the login: {e.MessageText}. Check user and password of the store's connection string."),
        PostgresErrorCodes.InvalidCatalogName => new(
            StoreFailureKind.Unavailable,
            $"{_where} doesn't exist. Create it, or correct the store's connection string."),
        PostgresErrorCodes.InsufficientPrivilege => new(
            StoreFailureKind.Unavailable,
            $"{_where} denied the bot's role a right: {e.MessageText}. The role must own its tables or be granted them."),
        PostgresErrorCodes.ReadOnlySqlTransaction => new(
            StoreFailureKind.Unavailable,
            $"{_where} is read-only, perhaps a standby. Point the connection string at the primary."),
        PostgresErrorCodes.QueryCanceled => new(StoreFailureKind.Unavailable, $"{_where} took longer than 10 s. Look at its load."),
        var state when state[..2] is "08" or "53" or "57" or "58" || state is "25P03" => new( // 25P03: idle in transaction too long
            e.IsTransient ? StoreFailureKind.TryAgain : StoreFailureKind.Unavailable,
            $"{_where} can't serve now: {e.MessageText}. Check the server."),
        _ => StoreFailure.None,
    };

    [LoggerMessage(LogLevel.Warning, "{Store}: fsync is off, so a power cut loses what was acknowledged. Turn it on.")]
    private static partial void LogFsyncOff(ILogger logger, string store);
}
