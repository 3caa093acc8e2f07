using System.Globalization;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Logs;

/// <summary>Adds up what several scans find. Memory is bounded whatever the logs hold.</summary>
/// <param name="keep">So many matching lines are kept, redacted; the others are only counted.</param>
/// <remarks>Not for two callers at once: each container has one of its own, and they are brought together by <see cref="Add(LogTally)"/>.</remarks>
public sealed class LogTally(int keep)
{
    /// <summary>5,000 lines of 600 characters are 3 MB: as much as anybody searches in a file.</summary>
    public const int KeptOfAll = 5_000;

    /// <summary>So that no single container fills the file: 500.</summary>
    public const int KeptOfOne = 500;

    /// <summary>More places of the code than these share one group without a place.</summary>
    private const int GroupsAtMost = 200;

    /// <summary>A day has 1,440 minutes; lines of more of them are counted without their minute.</summary>
    private const int MinutesAtMost = 1_440;

    /// <summary>Pods of a group that are told apart.</summary>
    private const int PodsAtMost = 500;

    private const int ExcerptsAtMost = 2;

    private const int LongestMatch = 600;

    private const int LongestFrame = 200;

    /// <summary>Lines of the trace that go with an excerpt.</summary>
    private const int TraceLines = 6;

    private readonly Dictionary<Key, Group> _groups = [];
    private readonly List<LogMatch> _matches = [];
    private long _leftOut;
    private long _lines;
    private long _characters;
    private long _runbooks;
    private long _long;
    private int _containers;

    internal void CountCharacters(int count) => _characters += count;

    internal void CountLines(int lines, int runbooks)
    {
        _lines += lines;
        _runbooks += runbooks;
    }

    internal void CountLongLine() => _long++;

    /// <summary>A container's log was read to its end.</summary>
    public void CountContainer() => _containers++;

    internal void Add(LogSource source, LogPattern pattern, DateTimeOffset? at, ReadOnlySpan<char> above, ReadOnlySpan<char> line, ReadOnlySpan<char> below)
    {
        var frame = pattern.Sign is LogSign.Leak or LogSign.PoolExhausted or LogSign.Slow
            ? ForeignText.From(StackFrames.Top(above, line, below), LongestFrame)
            : default;
        var size = pattern.Shape?.Match(line.ToString()) is { Success: true } shape && shape.Groups["max"] is { Success: true } max
            && int.TryParse(max.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : (int?)null;

        var group = GroupOf(new Key(source.Service, pattern, frame));
        group.Count++;
        group.PoolSize = size ?? group.PoolSize;
        Increase(group.Pods, source.Pod, 1, PodsAtMost);
        if (at is { } moment)
        {
            Increase(group.Minutes, new DateTimeOffset(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero), 1, MinutesAtMost);
        }

        if (group.Excerpts.Count == ExcerptsAtMost && _matches.Count == keep)
        {
            _leftOut++;
            return;
        }

        var match = new LogMatch(source.Pod, source.Container, source.IsPrevious, at, Text(line, below));
        group.Show(match);
        Keep(match);
    }

    /// <summary>Adds what another tally holds, and leaves that one as it is.</summary>
    public void Add(LogTally other)
    {
        _lines += other._lines;
        _characters += other._characters;
        _runbooks += other._runbooks;
        _long += other._long;
        _containers += other._containers;
        _leftOut += other._leftOut;
        foreach (var (key, theirs) in other._groups)
        {
            var ours = GroupOf(key);
            ours.Count += theirs.Count;
            ours.PoolSize = theirs.PoolSize ?? ours.PoolSize;
            foreach (var (pod, lines) in theirs.Pods)
            {
                Increase(ours.Pods, pod, lines, PodsAtMost);
            }

            foreach (var (minute, lines) in theirs.Minutes)
            {
                Increase(ours.Minutes, minute, lines, MinutesAtMost);
            }

            theirs.Excerpts.ForEach(ours.Show);
        }

        other._matches.ForEach(Keep);
    }

    /// <param name="since">From when on lines were read.</param>
    public LogReading Reading(DateTimeOffset since)
    {
        return new LogReading(since, _lines, _characters, _runbooks, [.. Groups()], [.. _matches])
        {
            MatchesLeftOut = _leftOut,
            LongLines = _long,
            Containers = _containers,
        };
    }

    private IEnumerable<LogGroup> Groups() => _groups
        .OrderBy(group => group.Key.Pattern.Sign)
        .ThenByDescending(group => group.Value.Count)
        .ThenBy(group => group.Key.Frame.Value, StringComparer.Ordinal)
        .Select(group => new LogGroup(
            group.Key.Service,
            group.Key.Pattern.Stack,
            group.Key.Pattern.Sign,
            group.Key.Pattern.Says,
            group.Key.Frame,
            group.Value.Count,
            [.. group.Value.Pods.OrderByDescending(pod => pod.Value).ThenBy(pod => pod.Key.Value, StringComparer.Ordinal).Select(pod => new PodLines(pod.Key, pod.Value))],
            [.. group.Value.Minutes.OrderBy(minute => minute.Key).Select(minute => new MinuteLines(minute.Key, minute.Value))])
        {
            Excerpts = [.. group.Value.Excerpts],
            PoolSize = group.Value.PoolSize,
        });

    private Group GroupOf(Key wanted)
    {
        var key = _groups.Count < GroupsAtMost || _groups.ContainsKey(wanted) ? wanted : wanted with { Frame = default };
        if (!_groups.TryGetValue(key, out var group))
        {
            _groups[key] = group = new Group();
        }

        return group;
    }

    private void Keep(LogMatch match)
    {
        if (_matches.Count < keep)
        {
            _matches.Add(match);
        }
        else
        {
            _leftOut++;
        }
    }

    private static void Increase<TKey>(Dictionary<TKey, long> counts, TKey key, long by, int atMost)
        where TKey : notnull
    {
        if (counts.TryGetValue(key, out var count) || counts.Count < atMost)
        {
            counts[key] = count + by;
        }
    }

    // The line and the beginning of its trace: together, so that a secret that spans lines is seen whole before anything is cut.
    private static ForeignText Text(ReadOnlySpan<char> line, ReadOnlySpan<char> below)
    {
        var text = line.ToString();
        var taken = 0;
        foreach (var range in below.Split('\n'))
        {
            var next = LogLine.Content(below[range]);
            if (taken++ == TraceLines || next.IsEmpty || !(char.IsWhiteSpace(next[0]) || next.StartsWith("at ", StringComparison.Ordinal)))
            {
                break;
            }

            text = $"{text}\n{next}";
        }

        return ForeignText.From(text, LongestMatch, keepLines: true);
    }

    private sealed class Group
    {
        public long Count { get; set; }

        public int? PoolSize { get; set; }

        public Dictionary<ForeignText, long> Pods { get; } = [];

        public Dictionary<DateTimeOffset, long> Minutes { get; } = [];

        public List<LogMatch> Excerpts { get; } = [];

        /// <summary>Two of one pod say less than two of two.</summary>
        public void Show(LogMatch match)
        {
            if (Excerpts.Count < ExcerptsAtMost)
            {
                Excerpts.Add(match);
            }
            else if (Excerpts.All(excerpt => excerpt.Pod == Excerpts[0].Pod) && match.Pod != Excerpts[0].Pod)
            {
                Excerpts[^1] = match;
            }
        }
    }

    private sealed record Key(ForeignText Service, LogPattern Pattern, ForeignText Frame);
}
