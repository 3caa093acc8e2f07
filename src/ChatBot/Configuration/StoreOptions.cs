namespace ChatBot.Configuration;

/// <summary>Where the incidents are kept.</summary>
internal enum StoreEngine
{
    /// <summary>One file, for one replica.</summary>
    Sqlite,

    /// <summary>A server, for any number of replicas.</summary>
    PostgreSql,
}

/// <summary>Section <c>Store</c>: the bot's own database.</summary>
internal sealed record StoreOptions
{
    public StoreEngine Engine { get; init; } = StoreEngine.Sqlite;

    /// <summary>Sqlite's file; a relative path starts at the folder the program was started in.</summary>
    public string Path { get; init; } = "chatbot.db";

    /// <summary>PostgreSql's connection string; null for Sqlite. Keys <c>ConnectionString</c> or
    /// <c>ConnectionStringFile</c>, exactly one of them for PostgreSql, none for Sqlite.</summary>
    public Secret? ConnectionString { get; init; }
}
