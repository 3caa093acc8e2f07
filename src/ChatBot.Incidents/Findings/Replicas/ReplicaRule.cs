using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Replicas;

/// <summary>What read replicas would have done for this incident.</summary>
public enum ReplicaVerdict
{
    /// <summary>Too little is known.</summary>
    NoEvidence,

    /// <summary>Most sessions did nothing: they hold their slots however many replicas there are.</summary>
    UselessAgainstIdle,

    /// <summary>The sessions worked, and most of the work was writing, which no replica takes.</summary>
    WritesDominate,

    /// <summary>The sessions worked, and most of the work was reading.</summary>
    MayHelp,
}

/// <summary>Weighs who held the slots against what the server's work is.</summary>
public static class ReplicaRule
{
    /// <summary>Half of the sessions, or of the work, is what "most" means.</summary>
    public const double Most = 0.5;

    /// <summary>Fewer statements or transactions than this are no sample of the work: 1,000.</summary>
    public const int Sample = 1_000;

    public static ReplicaVerdict Examine(ReadShare? share, ConnectionUsage? fullest)
    {
        if (fullest is not { SeesEverything: true } || Sessions(fullest) == 0)
        {
            return ReplicaVerdict.NoEvidence;
        }

        if (Idle(fullest) >= Sessions(fullest) * Most)
        {
            return ReplicaVerdict.UselessAgainstIdle;
        }

        return Reads(share) switch
        {
            null => ReplicaVerdict.NoEvidence,
            >= Most => ReplicaVerdict.MayHelp,
            _ => ReplicaVerdict.WritesDominate,
        };
    }

    /// <summary>The fullest measurement of an incident; null when there is none.</summary>
    public static ConnectionUsage? Fullest(Incident incident) => incident.Samples.MaxBy(sample => sample.Usage.Used)?.Usage;

    /// <summary>Sessions that did nothing, also inside a transaction.</summary>
    public static int Idle(ConnectionUsage usage) => usage.Idle + usage.IdleInTransaction;

    /// <summary>Sessions whose state was seen.</summary>
    public static int Sessions(ConnectionUsage usage) => Idle(usage) + usage.Active;

    /// <summary>True when statements were counted, and enough of them.</summary>
    public static bool CountsStatements(ReadShare? share) =>
        share?.Statements is { } counted && counted.Reads.Calls + counted.Writes.Calls >= Sample;

    /// <summary>The share of reading in the server's work: by the statements' time, else by rows; null when too little was counted.</summary>
    public static double? Reads(ReadShare? share) => share switch
    {
        null => null,
        _ when CountsStatements(share) => share.Statements!.OfTime ?? share.Statements.OfCalls,
        { Rows.Transactions: >= Sample } => share.Rows.OfRows,
        _ => null,
    };
}
