using System.Globalization;
using System.Text.RegularExpressions;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;

namespace ChatBot.Incidents.Tests.Findings.Causes;

/// <summary>The numbers that a verdict may name: those of the evidence, and the sums that it may make of them.</summary>
internal static partial class SeenNumbers
{
    /// <summary>As they are written in our own words.</summary>
    public static IEnumerable<string> In(string? words) => Number.Matches(words ?? "").Select(number => number.Value);

    /// <summary>Every number of the evidence, and the sums that a verdict may make of them, as they are written.</summary>
    public static HashSet<string> Of(Symptoms symptoms)
    {
        HashSet<string> known = [symptoms.RefusedLogins.ToString(CultureInfo.InvariantCulture), "0"];
        void Add(params IEnumerable<long?> numbers) => known.UnionWith(numbers.OfType<long>().Select(number => number.ToString(CultureInfo.InvariantCulture)));
        void Said(params IEnumerable<TimeSpan?> spans) => known.UnionWith(spans.OfType<TimeSpan>().Select(span => In(Sentence.Of($"{span}").ToString()).Single()));

        foreach (var pool in symptoms.Applications)
        {
            Add(pool.Maximum, pool.InUse, pool.Waiting, pool.Timeouts);
        }

        if (symptoms.Pools is { } pools)
        {
            Add(pools.ClientConnections, pools.MaxClientConnections, pools.Pools.Count, pools.Pools.Sum(pool => pool.ClientsWaiting));
            foreach (var pool in pools.Pools)
            {
                Add(pool.ServersBusy, pool.PoolSize, pool.ServersFree, pool.ServersLogin, pool.CurrentDatabaseConnections, pool.MaxDatabaseConnections);
                Said(pool.MaxWait);
            }

            foreach (var same in pools.Clients!.GroupBy(client => client.Application))
            {
                Add(same.Sum(client => client.Count), same.Sum(client => client.Waiting));
            }
        }

        if (symptoms.Look is not { } look)
        {
            return known;
        }

        var usage = look.Usage;
        Add(usage.Used, usage.Capacity, usage.Free, usage.Idle, usage.IdleInTransaction, usage.Active, usage.WaitingForLock, usage.Active - usage.WaitingForLock, usage.RefusedLogins);
        Add(look.Starting, look.Privileged, look.Processors, look.Since?.Born, look.Since?.Logins, look.Since?.Refusals, look.Since?.Unchanged);
        Said(look.Since?.Span, look.Consumers.IdleFor, TimeSpan.Zero);
        if (look.Since is { } since)
        {
            known.Add(since.ChurnPerSecond.ToString("0.#", CultureInfo.InvariantCulture));
        }

        foreach (var limit in look.Limits)
        {
            Add(limit.Used, limit.Limit, limit.Limit - limit.Used);
        }

        foreach (var statement in look.Statements)
        {
            Add(statement.Sessions);
            Said(statement.Shortest, statement.Longest);
        }

        foreach (var root in look.Blockers)
        {
            Add(root.Blocked, root.Gate?.Behind);
            Said(root.InTransactionFor);
        }

        // Sums: of holders, of those of one layer, of all less one holder.
        var groups = look.Consumers.Groups;
        var wholes = new List<IReadOnlyList<ConsumerGroup>> { groups };
        wholes.AddRange(groups.GroupBy(group => group.User).Select(same => (IReadOnlyList<ConsumerGroup>)[.. same]));
        wholes.AddRange([.. wholes.SelectMany(Sets)]);
        wholes.AddRange([.. Sets(groups).Select(set => (IReadOnlyList<ConsumerGroup>)[.. groups.Except(set)])]);
        foreach (var set in wholes)
        {
            Add(set.Sum(group => group.Count), set.Sum(group => group.Idle), set.Sum(group => group.IdleInTransaction), set.Sum(group => group.Active));
            Add(set.Sum(group => group.WaitingForLock), set.Sum(group => group.Active - group.WaitingForLock), set.Sum(group => group.LongIdle), set.Sum(group => group.Born ?? 0));
            Add(set.Sum(Still), set.DistinctBy(group => group.Client).Count(), set.DistinctBy(group => group.Application).Count());
            Add(usage.Idle - set.Sum(group => group.Idle), usage.Active - set.Sum(group => group.Active), usage.Active - usage.WaitingForLock - set.Sum(group => group.Active - group.WaitingForLock));
            Said([.. set.Select(group => group.OldestIdleInTransaction), .. set.Select(group => group.LongestActive)]);
        }

        Add(groups.GroupBy(group => group.Client).Select(same => (long?)same.Sum(group => group.Count)));
        Add(Enumerable.Range(1, groups.DistinctBy(group => (group.Application, group.Client)).Count()).Select(number => (long?)number)); // applications, addresses
        return known;
    }

    private static int Still(ConsumerGroup group) => Math.Clamp((group.Unchanged ?? 0) - group.IdleInTransaction, 0, group.Idle);

    private static IEnumerable<IReadOnlyList<ConsumerGroup>> Sets(IReadOnlyList<ConsumerGroup> groups) =>
        groups.GroupBy(group => Holder.NameOf(group.Application, group.User)).Select(same => (IReadOnlyList<ConsumerGroup>)[.. same]);

    // Digits inside a word are part of a name, such as 08P01.
    [GeneratedRegex(@"(?<![\w.])\d+(\.\d+)?(?!\w)", RegexOptions.CultureInvariant)]
    private static partial Regex Number { get; }
}
