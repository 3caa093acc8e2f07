namespace ChatBot.Incidents.Findings.Poolers;

/// <summary>Whether a pooler would have prevented what was seen.</summary>
public enum PoolerNeed
{
    /// <summary>Nobody could see what the sessions did.</summary>
    Unknown,

    /// <summary>Most slots were held by sessions that did nothing: a pooler lends each connection to whoever works.</summary>
    Helps,

    /// <summary>Most sessions worked or stood in a transaction: they need as many connections behind a pooler.</summary>
    SavesLittle,
}

/// <summary>Compares the slots in use with the sessions that really needed one.</summary>
public static class PoolerNeedRule
{
    /// <summary>With more than half of the slots busy a pooler can't even halve them.</summary>
    public const double Busy = 0.5;

    public static PoolerNeed Examine(PoolerEvidence evidence) => evidence.PeakBusy switch
    {
        null => PoolerNeed.Unknown,
        { } busy when busy > evidence.PeakUsed * Busy => PoolerNeed.SavesLittle,
        _ => PoolerNeed.Helps,
    };
}
