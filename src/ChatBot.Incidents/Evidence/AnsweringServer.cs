using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents.Evidence;

/// <summary>Which server answered under a target's name. Ids and our own words only, so it may stand in events.</summary>
/// <param name="Product">PostgreSQL, MySQL or MariaDB.</param>
/// <param name="Life">Numbers of two lives have nothing to do with each other.</param>
public sealed record AnsweringServer(string Product, ServerPin Life, ServerRole Role)
{
    public bool IsPostgreSql => Product == "PostgreSQL";
}

/// <summary>What a server takes.</summary>
public enum ServerRole
{
    /// <summary>Reads and writes.</summary>
    Primary,

    /// <summary>It repeats another server's changes: a standby, a replica.</summary>
    Replica,

    /// <summary>Its administrators set it to read-only.</summary>
    ReadOnly,
}

/// <summary>Another server answered under the target's name, or the same one after a restart.</summary>
/// <param name="At">When that was noticed.</param>
public sealed record ServerChange(DateTimeOffset At, AnsweringServer Former, AnsweringServer Now);
