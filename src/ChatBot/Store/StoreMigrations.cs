using System.Globalization;
using Dapper;
using DbUp;
using DbUp.Builder;
using DbUp.Engine.Output;
using DbUp.Postgresql;
using DbUp.Sqlite.Helpers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ChatBot.Store;

/// <summary>Brings the schema up to date with the scripts of <c>Schema/</c>, each once and in a transaction.</summary>
internal static class StoreMigrations
{
    /// <summary>Any number will do, as long as nobody else in that database uses it: "chatbot" in ASCII.</summary>
    internal const long LockKey = 0x63_68_61_74_62_6F_74;

    /// <summary>The caller has the file for itself.</summary>
    public static Task RunAsync(SqliteConnection connection, ILoggerFactory logs)
    {
        using var shared = new SharedConnection(connection);
        Run(DeployChanges.To.SqliteDatabase(shared), "Sqlite", logs);
        return Task.CompletedTask;
    }

    /// <summary>Replicas start together: one of them migrates, the others wait on the lock and find nothing left to do.</summary>
    /// <param name="holder">Holds the lock, for up to a minute of waiting.</param>
    public static async Task RunAsync(
        NpgsqlConnection holder,
        NpgsqlDataSource source,
        ILoggerFactory logs,
        CancellationToken cancellationToken)
    {
        await holder.ExecuteAsync(new CommandDefinition(
            "set statement_timeout = '60s'; set lock_timeout = 0; select pg_advisory_lock(@LockKey)",
            new { LockKey },
            commandTimeout: 65,
            cancellationToken: cancellationToken));
        try
        {
            Run(
                PostgresqlExtensions.PostgresqlDatabase(new PostgresqlConnectionManager(source)),
                "PostgreSql",
                logs);
        }
        finally
        {
            await holder.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
        }
    }

    /// <summary>For whoever may not migrate: the schema has to be exactly this version's.</summary>
    /// <param name="applied">The scripts of the store's journal; empty when it has none.</param>
    /// <param name="dialect">The folder of the scripts.</param>
    /// <exception cref="StoreUnavailableException">It is no store of the bot, or of another version.</exception>
    public static void RefuseOtherVersions(IReadOnlyList<string> applied, string dialect, string where)
    {
        if (applied.Count == 0)
        {
            throw new StoreUnavailableException($"{where} is no store of the bot, or a bot never finished making it. Check Store in the settings.");
        }

        var folder = $"ChatBot.Store.Schema.{dialect}.";
        var known = typeof(StoreMigrations).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)).ToArray();
        if (applied.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new StoreUnavailableException($"{where} was written by a newer version of the bot (it has {unknown}). Use that version.");
        }

        if (known.Except(applied, StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            throw new StoreUnavailableException(
                $"{where} was written by an older version of the bot (it lacks {missing}). Use that version, or start this one on it once: it brings the store up to date.");
        }
    }

    private static void Run(UpgradeEngineBuilder target, string dialect, ILoggerFactory logs)
    {
        var folder = $"ChatBot.Store.Schema.{dialect}.";
        var upgrade = target
            .WithScriptsEmbeddedInAssembly(
                typeof(StoreMigrations).Assembly,
                name => name.StartsWith(folder, StringComparison.Ordinal))
            .WithTransactionPerScript()
            .WithVariablesDisabled() // $body$ is PostgreSQL's here
            .LogTo(new MigrationLog(logs.CreateLogger(typeof(StoreMigrations))))
            .Build();

        var result = upgrade.PerformUpgrade();
        if (!result.Successful)
        {
            throw new StoreUnavailableException(
                $"The store's schema could not be brought up to date at {result.ErrorScript?.Name ?? "its journal"}: {result.Error.Message}",
                result.Error);
        }

        if (upgrade.GetExecutedButNotDiscoveredScripts() is [var unknown, ..])
        {
            throw new StoreUnavailableException(
                $"The store was written by a newer version of the bot (it has {unknown}). Run that version, or restore a backup.");
        }
    }
}

/// <summary>DbUp's words in our log.</summary>
internal sealed partial class MigrationLog(ILogger logger) : IUpgradeLog
{
    public void LogTrace(string format, params object[] args) => Write(LogLevel.Trace, format, args);

    public void LogDebug(string format, params object[] args) => Write(LogLevel.Debug, format, args);

    public void LogInformation(string format, params object[] args) => Write(LogLevel.Debug, format, args);

    public void LogWarning(string format, params object[] args) => Write(LogLevel.Warning, format, args);

    public void LogError(string format, params object[] args) => Write(LogLevel.Error, format, args);

    public void LogError(Exception ex, string format, params object[] args) => Write(LogLevel.Error, format, args, ex);

    private void Write(LogLevel level, string format, object[] args, Exception? error = null)
    {
        if (logger.IsEnabled(level))
        {
            LogMigration(level, args is [] ? format : string.Format(CultureInfo.InvariantCulture, format, args), error);
        }
    }

    [LoggerMessage("Schema: {Message}")]
    private partial void LogMigration(LogLevel level, string message, Exception? error);
}
