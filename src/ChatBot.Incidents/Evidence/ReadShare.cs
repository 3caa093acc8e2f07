namespace ChatBot.Incidents.Evidence;

/// <summary>How much of a server's work is reading, since its counters began.</summary>
/// <param name="Statements">By statement, the better evidence; null where nobody counts statements or the bot may not read it.</param>
/// <param name="Rows">By row, the weaker evidence.</param>
public sealed record ReadShare(StatementShare? Statements, RowShare Rows);

/// <summary>Statements by what a replica could do with them.</summary>
/// <param name="Reads">Selects that lock nothing: a replica can run them.</param>
/// <param name="Writes">All that changes or locks rows.</param>
/// <param name="Other">Neither: begin, commit, set and the like.</param>
public sealed record StatementShare(StatementCost Reads, StatementCost Writes, StatementCost Other)
{
    /// <summary>From 0 to 1; null when nothing was counted.</summary>
    public double? OfCalls => ReadShareOf.Part(Reads.Calls, Writes.Calls);

    /// <summary>From 0 to 1; null when nothing took time.</summary>
    public double? OfTime => ReadShareOf.Part(Reads.Time.TotalMilliseconds, Writes.Time.TotalMilliseconds);
}

/// <param name="Time">Spent by the server, all calls together.</param>
public sealed record StatementCost(long Calls, TimeSpan Time);

/// <summary>Rows as the server counts them in all databases, its own catalogs included.</summary>
/// <param name="Fetched">Rows that statements got by an index.</param>
/// <param name="Returned">Rows that scans looked at.</param>
/// <param name="Changed">Rows inserted, updated and deleted.</param>
/// <param name="Transactions">Committed and rolled back.</param>
public sealed record RowShare(long Fetched, long Returned, long Changed, long Transactions)
{
    /// <summary>From 0 to 1, of rows fetched and changed; null when there were none.</summary>
    public double? OfRows => ReadShareOf.Part(Fetched, Changed);
}

internal static class ReadShareOf
{
    public static double? Part(double reads, double writes) => reads + writes > 0 ? reads / (reads + writes) : null;
}
