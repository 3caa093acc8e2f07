namespace ChatBot.Kubernetes;

/// <summary>The names under which libraries and frameworks take the size of their pool from a service's environment.</summary>
/// <remarks>Only what is well known: a name of a team's own is for the configuration (PoolSize). What is found here is always said to be recognised.</remarks>
internal static class KnownPools
{
    /// <summary>Variables whose value is the number. Some names are used with several libraries; then none is named.</summary>
    private static readonly Dictionary<string, string> Numbers = new(StringComparer.Ordinal)
    {
        ["SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE"] = "HikariCP",
        ["SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE"] = "HikariCP",
        ["spring.datasource.hikari.maximum-pool-size"] = "HikariCP",
        ["QUARKUS_DATASOURCE_JDBC_MAX_SIZE"] = "Agroal",
        ["SQLALCHEMY_POOL_SIZE"] = "SQLAlchemy",
        ["AIRFLOW__DATABASE__SQL_ALCHEMY_POOL_SIZE"] = "SQLAlchemy",
        ["RAILS_MAX_THREADS"] = "Rails",
        ["DB_POOL"] = "Rails",
        ["POOL_SIZE"] = "Ecto",
        ["PG_POOL_MAX"] = "node-postgres",
        ["PGPOOL_MAX"] = "node-postgres",
        ["DB_MAX_OPEN_CONNS"] = "database/sql",
        ["DB_POOL_SIZE"] = "",
        ["DB_POOL_MAX"] = "",
        ["DB_MAX_POOL_SIZE"] = "",
    };

    /// <summary>Query parameters of an address, most telling first.</summary>
    private static readonly (string Parameter, string Library)[] Parameters =
    [
        ("pool_max_conns", "pgx"), ("connection_limit", "Prisma"), ("pool", "Rails"),
        ("maximumPoolSize", "HikariCP"), ("max_pool_size", ""), ("pool_size", ""),
    ];

    /// <summary>Keywords of an ADO.NET connection string. Npgsql takes the first and the second only.</summary>
    private static readonly string[] Keywords = ["Maximum Pool Size", "MaxPoolSize", "MaximumPoolSize", "Max Pool Size"];

    /// <summary>Null when the variable is none whose value is the number.</summary>
    public static string? LibraryOf(string variable) => Numbers.GetValueOrDefault(variable);

    /// <summary>Whether a variable of this name usually holds a connection string.</summary>
    public static bool HoldsConnection(string variable) =>
        variable.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase)
        || variable is "DATABASE_URL" or "DB_URL" or "DATABASE_DSN" or "DB_DSN" or "POSTGRES_URL" or "MYSQL_URL"
        || variable.EndsWith("_DATABASE_URL", StringComparison.Ordinal);

    /// <returns>The parameter that sets the pool's size, and whose it is; null when none does.</returns>
    public static (string Parameter, string Library)? ParameterIn(string connection)
    {
        if (connection.Contains("://", StringComparison.Ordinal))
        {
            return Parameters.Where(known => ConnectionText.Read(connection, known.Parameter) is not null).Select(known => ((string, string)?)known).FirstOrDefault();
        }

        return Keywords.FirstOrDefault(keyword => ConnectionText.Read(connection, keyword) is not null) is { } found
            ? (found, ConnectionText.Read(connection, "Host") is not null ? "Npgsql" : "ADO.NET")
            : null;
    }
}
