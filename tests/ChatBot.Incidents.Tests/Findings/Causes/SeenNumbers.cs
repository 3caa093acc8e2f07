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
    public static IEnumerable<string> In(string? words) => Numbers.Matches(words ?? "").Select(number => number.Value);

    public static double Number(string written) => double.Parse(written, CultureInfo.InvariantCulture);

    /// <summary>Every number of the evidence, and the sums that a verdict may make of them, as they are written.</summary>
    public static HashSet<double> Of(Symptoms symptoms)
    {
        HashSet<double> known = [symptoms.RefusedLogins, 0];
        void Add(params ReadOnlySpan<long?> numbers)
        {
            foreach (var number in numbers)
            {
                known.Add(number ?? 0);
            }
        }

        void AddAll(IEnumerable<long?> numbers) => Add([.. numbers]);
        void Said(params IEnumerable<TimeSpan?> spans) => known.UnionWith(spans.OfType<TimeSpan>().Select(span => Number(In(Sentence.Of($"{span}").ToString()).Single())));

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
            known.Add(Number(since.ChurnPerSecond.ToString("0.#", CultureInfo.InvariantCulture)));
        }

        foreach (var limit in look.Limits)
        {
            Add(limit.Used, limit.Limit, limit.Limit - limit.Used);
        }

        foreach (var statement in look.Statements)
        {
            Add(statement.Sessions, statement.AtItLong);
            Said(statement.Shortest, statement.Longest);
        }

        foreach (var root in look.Blockers)
        {
            Add(root.Blocked, root.Gate?.Behind);
            Said(root.InTransactionFor);
        }

        // Sums: of any of the holders, of those of one user.
        var groups = look.Consumers.Groups;
        var running = look.Statements.Where(statement => statement.Activity is SessionActivity.Running).Select(statement => (long)statement.Sessions).Prepend(0).ToArray();
        foreach (var whole in groups.GroupBy(group => group.User).Select(same => same.ToArray()).Prepend([.. groups]))
        {
            var holders = whole.GroupBy(group => Holder.NameOf(group.Application, group.User)).Select(same => same.ToArray()).ToArray();
            var sums = holders.Select(holder => Sums(holder, symptoms.Pools)).ToArray();
            for (var chosen = 1; chosen < 1 << holders.Length; chosen++)
            {
                var some = Enumerable.Range(0, holders.Length).Where(number => (chosen & (1 << number)) != 0).ToArray();
                var sum = Enumerable.Range(0, sums[0].Length).Select(measure => some.Sum(number => sums[number][measure])).ToArray();
                known.UnionWith(sum.Select(number => (double)number));
                known.UnionWith(running.Select(same => (double)(sum[^1] - same))); // what moves, without what runs one statement
                Add(some.SelectMany(number => holders[number]).DistinctBy(group => group.Client).Count(), some.SelectMany(number => holders[number]).DistinctBy(group => group.Application).Count());
            }

            Said([.. whole.Select(group => group.OldestIdleInTransaction), .. whole.Select(group => group.LongestActive)]);
        }

        // The rules' own marks.
        Said(ConsumerGroup.LongAfter, ConsumerGroup.LeftAfter, look.Consumers.StillFor, IdleLeakRule.LongerThanMostPools, IdleLeakRule.LongerThanPools, LockPileUpRule.Brief);
        Add(look.Since?.Rise, look.Since?.FailedLogins);
        AddAll(groups.GroupBy(group => group.Client).Select(same => (long?)same.Sum(group => group.Count)));
        AddAll(Enumerable.Range(1, groups.DistinctBy(group => (group.Application, group.Client)).Count()).Select(number => (long?)number)); // applications, addresses
        return known;
    }

    /// <summary>What a verdict may add up of a holder; what moves of it comes last.</summary>
    private static long[] Sums(ConsumerGroup[] holder, PoolerPools? pools)
    {
        long Sum(Func<ConsumerGroup, int> measure) => holder.Sum(measure);
        var running = Sum(group => group.Active - group.WaitingForLock);
        var between = Sum(group => group.IdleInTransaction - group.PausedInTransaction);
        var stock = holder.GroupBy(group => (group.User, group.Database, group.Application)).Sum(service =>
            Math.Min(service.Sum(group => group.Still), pools?.Pools.Where(pool => (pool.User, pool.Database) == (service.Key.User, service.Key.Database)).Sum(pool => pool.ServersFree) ?? 0));
        return
        [
            Sum(group => group.Count), Sum(group => group.Idle), Sum(group => group.IdleInTransaction), Sum(group => group.Active), Sum(group => group.WaitingForLock), running,
            Sum(group => group.LongIdle), Sum(group => group.Born ?? 0), Sum(group => group.Still), Sum(group => group.Still) - stock, stock, Sum(group => group.Turned),
            Sum(group => group.LongActive), Sum(group => group.PausedInTransaction), Sum(group => group.LeftInTransaction), running + between, between,
            Sum(group => group.Turned) + running - Sum(group => group.LongActive) + between,
        ];
    }

    // Digits inside a word are part of a name, such as 08P01.
    [GeneratedRegex(@"(?<![\w.])\d+(\.\d+)?(?!\w)", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers { get; }
}
