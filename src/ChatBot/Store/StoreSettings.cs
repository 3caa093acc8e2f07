using ChatBot.Configuration;

namespace ChatBot.Store;

/// <summary>Where the incidents are kept: a file for one replica, a server for several.</summary>
internal abstract record StoreSettings
{
    private protected StoreSettings() { }

    public static StoreSettings From(StoreOptions options) => options.Engine is StoreEngine.PostgreSql
        ? new PostgreSqlStoreSettings(options.ConnectionString!)
        : new SqliteStoreSettings(options.Path);
}

/// <summary>The default: one file, one process.</summary>
/// <param name="File">Path of the database file on a local disk; its folder is made when missing.</param>
internal sealed record SqliteStoreSettings(string File) : StoreSettings;

/// <summary>A PostgreSQL server, 13 or later, that every replica can reach.</summary>
/// <param name="ConnectionString">In Npgsql's syntax. The role owns its tables, or may create them.</param>
internal sealed record PostgreSqlStoreSettings(Secret ConnectionString) : StoreSettings;
