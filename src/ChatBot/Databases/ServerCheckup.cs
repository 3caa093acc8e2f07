namespace ChatBot.Databases;

/// <summary>What was found about one target, in the order of its parts.</summary>
internal sealed record ServerCheckup(IReadOnlyList<CheckupFinding> Findings)
{
    /// <summary>Which server answered, to tell whether another address leads to it too; null where that can't be told.</summary>
    public ServerIdentity? Server { get; init; }

    public bool Blocks => Findings.Any(finding => finding.Level is CheckupLevel.Missing);
}

/// <summary>What a finding is about, in the order in which a person reads it.</summary>
internal enum CheckupPart
{
    Connection,
    Sight,
    EndingSessions,
    LimitingAccounts,
    ConnectionLimit,
    EmergencyDoor,
    Pooler,
    Cluster,
    Store,
}

internal enum CheckupLevel
{
    /// <summary>Proven.</summary>
    Works,

    /// <summary>Set up as it has to be; nothing short of the real thing proves it.</summary>
    Untried,

    /// <summary>It works without, and would be better with.</summary>
    Advice,

    /// <summary>Something that the bot is for doesn't work.</summary>
    Missing,
}

/// <param name="Words">In our own words: what is so, then what to do. Ends with a colon when a statement follows.</param>
/// <param name="Statement">What to run or to set, ready to paste; null when there is nothing to paste.</param>
internal sealed record CheckupFinding(CheckupPart Part, CheckupLevel Level, string Words, string? Statement = null)
{
    /// <summary>What else there is to do or to know once the statement has run; null for nothing.</summary>
    public string? Afterwards { get; init; }
}

/// <summary>One life of one server.</summary>
/// <param name="StartedAt">By its own clock, to the microsecond.</param>
/// <param name="System">Its cluster's number, which a standby shares; null where the bot may not ask.</param>
internal sealed record ServerIdentity(DateTimeOffset StartedAt, long? System)
{
    public bool IsSameAs(ServerIdentity other) =>
        StartedAt == other.StartedAt && (System is null || other.System is null || System == other.System);
}
