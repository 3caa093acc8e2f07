using ChatBot.Incidents.Evidence;
using ChatBot.Sandbox.Situations;

namespace ChatBot.IntegrationTests.Situations;

/// <summary>Compares what the bot saw with what the server told its superuser just before and just after.</summary>
/// <remarks>
/// Sessions that hold still have to be there in number and state. Of services whose connections work and rest in turns, only
/// the number of sessions holds still. Of those whose sessions come and go, it may be off by a quarter of the server: so many
/// may begin or end in the milliseconds between two questions, and never more. Limits, and who stands in whose way, hold
/// still everywhere.
/// </remarks>
internal static class Evidence
{
    /// <summary>Whoever is refused has a slot for a moment, and tries again and again: at most 2 at once do so.</summary>
    private const int Knocking = 2;

    public static IEnumerable<string> Differences(SituationWorld world, ServerLook look, Truth before, Truth after)
    {
        var slack = world.Crews.Any(crew => crew.ComesAndGoes) ? world.Slots / 4
            : world.Crews.Any(crew => crew.Tally.Refused > 0) ? Knocking
            : 0;
        if (!IsBetween(look.Usage.Used, before.Sessions, after.Sessions, slack))
        {
            yield return $"{look.Usage.Used} used slots are shown; there are {before.Sessions}, then {after.Sessions}";
        }

        if (look.Usage.Capacity != world.Slots)
        {
            yield return $"a capacity of {look.Usage.Capacity} is shown; there are {world.Slots}";
        }

        var shown = look.Consumers.Services
            .Where(group => group.Application.Value != SituationWorld.WatcherName && !(world.MySql is not null && group.User.Value == "root"))
            .ToLookup(group => (Application: world.MySql is null ? group.Application.Value : "", User: group.User.Value));
        var there = before.Groups.Select(group => (group.Application, group.User)).Where(group => group.User != SituationWorld.BotUser);
        foreach (var (application, user) in shown.Select(group => group.Key).Union(there))
        {
            var (one, other) = (before.Of(application, user), after.Of(application, user));
            var groups = shown[(application, user)].ToArray();
            var seen = new TrueGroup(
                application,
                user,
                groups.Sum(group => group.Count),
                groups.Sum(group => group.Idle),
                groups.Sum(group => group.IdleInTransaction),
                groups.Sum(group => group.Active),
                groups.Sum(group => group.WaitingForLock));
            var crew = world.Crews.FirstOrDefault(crew => crew.User == user && crew.IsRestless)
                ?? world.Crews.FirstOrDefault(crew => crew.User == user);
            var isTrue = crew switch
            {
                { ComesAndGoes: true } => IsBetween(seen.Count, one.Count, other.Count, slack),
                { IsRestless: true } => seen.Count == one.Count && seen.Count == other.Count,
                _ => seen == one && seen == other,
            };
            if (!isTrue)
            {
                yield return $"shown {seen}; there are {one}, then {other}";
            }

            var oldest = groups.Max(group => group.OldestIdleInTransaction);
            if (crew is { IsRestless: false, ComesAndGoes: false } && !IsAge(oldest, before.OldestInTransaction(application, user), after.OldestInTransaction(application, user)))
            {
                yield return $"the oldest transaction of {application} {user} is shown to have done nothing for {oldest}; it is {before.OldestInTransaction(application, user)} s, then {after.OldestInTransaction(application, user)} s";
            }

            // Of those who go from work to rest, nobody does the same for long enough.
            var largest = look.Statements
                .Where(group => (world.MySql is null ? group.Application.Value : "", group.User.Value) == (application, user))
                .Select(group => group.Sessions).DefaultIfEmpty(0).Max();
            if (crew is { IsRestless: false, ComesAndGoes: false }
                && (largest != before.LargestStatement(application, user) || largest != after.LargestStatement(application, user)))
            {
                yield return $"{largest} sessions of {application} {user} are shown at the same; there are {before.LargestStatement(application, user)}";
            }
        }

        foreach (var wrong in Limits(look, before, after).Concat(Roots(look, before, after)))
        {
            yield return wrong;
        }
    }

    /// <summary>Who waits at the pooler; as many as are served at the moment may just be between two statements.</summary>
    /// <param name="served">Server connections that work.</param>
    public static IEnumerable<string> PoolerDifferences(PoolerPools? pools, int? before, int? after, int served)
    {
        var shown = pools?.Pools.Sum(pool => pool.ClientsWaiting);
        if ((shown is null) != (before is null) || (shown is { } waiting && !IsBetween(waiting, before!.Value, after!.Value, served)))
        {
            yield return $"{shown} clients are shown as waiting at the pooler; there are {before}, then {after}, and {served} are served";
        }
    }

    private static IEnumerable<string> Limits(ServerLook look, Truth before, Truth after)
    {
        var shown = look.Limits
            .Where(limit => limit.Name.Value.Split('@')[0] != SituationWorld.BotUser)
            .Select(limit => new TrueLimit(limit.Name.Value, limit.Limit, limit.Used))
            .OrderBy(limit => limit.Name, StringComparer.Ordinal)
            .ToArray();
        if (!Same(before.Limits) || !Same(after.Limits))
        {
            yield return $"limits shown: {string.Join(", ", shown.AsEnumerable())}; there are {string.Join(", ", before.Limits)}, then {string.Join(", ", after.Limits)}";
        }

        bool Same(IReadOnlyList<TrueLimit> limits) => shown.SequenceEqual(limits.OrderBy(limit => limit.Name, StringComparer.Ordinal));
    }

    private static IEnumerable<string> Roots(ServerLook look, Truth before, Truth after)
    {
        var shown = look.Blockers.Select(root => new TrueRoot(root.Number, root.Blocked)).ToHashSet();
        if (!shown.SetEquals(before.Roots) || !shown.SetEquals(after.Roots))
        {
            yield return $"blockers shown: {string.Join(", ", shown)}; there are {string.Join(", ", before.Roots)}, then {string.Join(", ", after.Roots)}";
        }
    }

    /// <summary>MySQL tells whole seconds, and the three questions are asked one after the other.</summary>
    private static bool IsAge(TimeSpan? shown, int? before, int? after) =>
        shown is { } age && before is { } least && after is { } most ? age.TotalSeconds >= least - 1 && age.TotalSeconds <= most + 2 : (shown is null) == (before is null);

    private static bool IsBetween(int shown, int one, int other, int slack) => shown >= Math.Min(one, other) - slack && shown <= Math.Max(one, other) + slack;
}
