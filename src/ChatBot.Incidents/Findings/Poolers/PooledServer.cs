using System.Text.Json.Serialization;

namespace ChatBot.Incidents.Findings.Poolers;

/// <summary>What stands behind a pooler, and so which pooler it is.</summary>
public enum PooledEngine
{
    /// <summary>Behind PgBouncer.</summary>
    [JsonStringEnumMemberName("postgresql")]
    PostgreSql,

    /// <summary>Behind ProxySQL.</summary>
    [JsonStringEnumMemberName("mysql")]
    MySql,
}

/// <summary>How the pooler protects its connections to the server.</summary>
public enum PoolerTls
{
    Disable,
    Prefer,
    Require,
    VerifyFull,
}

/// <summary>A server as its pooler reaches it. The words are the configuration's, so they can hold anything.</summary>
/// <param name="Host">A name, an address, or the folder of a Unix socket.</param>
public sealed record PooledServer(PooledEngine Engine, string Host, int Port, string Database, PoolerTls Tls);
