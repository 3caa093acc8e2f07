using System.Globalization;

namespace ChatBot.Sandbox.Workloads;

/// <summary>How a pod uses its database, out of its deployment's environment.</summary>
internal sealed record DatabaseClient
{
    /// <param name="service">What its connections are called.</param>
    /// <param name="pool">The most connections of one pod; 0 for no pool: a login for each request. Null for 10, the default of HikariCP.</param>
    /// <param name="poolMinimum">How many it opens before it is ready, and never closes; null for all of them.</param>
    public DatabaseClient(string service, string user, string database, string? pool, string? poolMinimum)
    {
        (Service, User, Database) = (service, user, database);
        Pool = Number(pool) ?? 10;
        PoolMinimum = Math.Min(Number(poolMinimum) ?? Pool, Pool);
    }

    public string Service { get; }

    public string User { get; }

    public string Database { get; }

    public int Pool { get; }

    public int PoolMinimum { get; }

    /// <summary>Connections that are taken and never given back; 0 for none.</summary>
    public double LeaksPerMinute { get; init; }

    /// <summary>Decides the rhythm of its requests.</summary>
    public int Seed { get; init; }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
