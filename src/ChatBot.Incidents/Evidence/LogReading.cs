using ChatBot.Incidents.Findings.Logs;

namespace ChatBot.Incidents.Evidence;

/// <summary>What the logs of a target's services say about connections.</summary>
/// <param name="Since">Older lines were not read.</param>
/// <param name="Lines">Read, whole ones.</param>
/// <param name="Characters">Read.</param>
/// <param name="RunbookLines">Lines that the runbook's own search would print (connection, pool or database, in any case).</param>
/// <param name="Groups">The most telling kind first, then the largest.</param>
/// <param name="Matches">The lines themselves, in the order they were read; not all of them when <see cref="MatchesLeftOut"/> says so.</param>
public sealed record LogReading(
    DateTimeOffset Since,
    long Lines,
    long Characters,
    long RunbookLines,
    IReadOnlyList<LogGroup> Groups,
    IReadOnlyList<LogMatch> Matches)
{
    /// <summary>Matching lines that were counted, but not kept.</summary>
    public long MatchesLeftOut { get; init; }

    /// <summary>Lines that were longer than anybody reads; only their beginnings were looked at.</summary>
    public long LongLines { get; init; }

    /// <summary>Containers whose log was read to the end.</summary>
    public int Containers { get; init; }

    /// <summary>What could not be read, and why, in sentences of our own; empty when nothing is missing.</summary>
    public IReadOnlyList<Findings.Sentence> Gaps { get; init; } = [];

    /// <summary>With so many of the lines as have <paramref name="characters"/> together; the others are counted.</summary>
    public LogReading WithMatchesOf(int characters)
    {
        var kept = 0;
        for (var left = characters; kept < Matches.Count && Matches[kept].Text.Value.Length <= left; kept++)
        {
            left -= Matches[kept].Text.Value.Length;
        }

        return kept == Matches.Count ? this : this with { Matches = [.. Matches.Take(kept)], MatchesLeftOut = MatchesLeftOut + Matches.Count - kept };
    }
}

/// <summary>Lines that say the same, from the same place of the code.</summary>
/// <param name="Stack">Whose words they are, such as HikariCP.</param>
/// <param name="Says">In our own words.</param>
/// <param name="Frame">The topmost frame of the service's own code; empty when there is no trace.</param>
/// <param name="Count">Lines.</param>
/// <param name="Pods">The one with most first.</param>
/// <param name="Minutes">In which minutes they were written; empty where lines bear no time.</param>
public sealed record LogGroup(
    ForeignText Service,
    string Stack,
    LogSign Sign,
    string Says,
    ForeignText Frame,
    long Count,
    IReadOnlyList<PodLines> Pods,
    IReadOnlyList<MinuteLines> Minutes)
{
    /// <summary>At most two, from different pods where there are.</summary>
    public IReadOnlyList<LogMatch> Excerpts { get; init; } = [];

    /// <summary>Of the service's own pool, as the latest line has it; null when no line has it.</summary>
    public int? PoolSize { get; init; }

    /// <summary>Whoever writes it needed a connection; it doesn't hold them.</summary>
    public bool IsVictims => Sign is not LogSign.Leak;
}

/// <summary>How many lines a pod wrote.</summary>
public sealed record PodLines(ForeignText Pod, long Lines);

/// <summary>How many lines were written in a minute, all pods together.</summary>
/// <param name="At">Its beginning.</param>
public sealed record MinuteLines(DateTimeOffset At, long Lines);

/// <summary>One matching line, with the beginning of the trace below it.</summary>
/// <param name="At">Null where lines bear no time.</param>
/// <param name="IsPrevious">The container has been started anew since.</param>
public sealed record LogMatch(ForeignText Pod, ForeignText Container, bool IsPrevious, DateTimeOffset? At, ForeignText Text);
