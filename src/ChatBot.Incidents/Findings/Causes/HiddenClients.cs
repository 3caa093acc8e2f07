using System.Text.RegularExpressions;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Whether a pooler stands between the server and the real clients, and who they are.</summary>
/// <param name="Behind">The application or user that has at least half of the real clients; empty when none has, or the pooler doesn't say.</param>
/// <param name="Words">What follows from it; empty when nothing is hidden.</param>
internal sealed partial record HiddenClients(ForeignText Behind, IReadOnlyList<Sentence> Words)
{
    public static readonly HiddenClients None = new(default, []);

    /// <summary>So many groups behind the pooler are named: 3. More nobody reads on a card.</summary>
    private const int Named = 3;

    /// <summary>From this share of the sessions on, "they come from the pooler" is true of the server as a whole: 80 %.</summary>
    private const double Nearly = 0.8;

    public static HiddenClients Of(ServerLook? look, PoolerPools? pools)
    {
        if (look is null || look.Consumers.Groups.Count == 0)
        {
            return None;
        }

        var groups = look.Consumers.Groups;
        var all = groups.Sum(group => group.Count);
        var poolers = groups.Where(IsPooler).Sum(group => group.Count);
        var (address, most) = groups
            .GroupBy(group => group.Client, (client, same) => (Client: client, Count: same.Sum(group => group.Count)))
            .MaxBy(client => client.Count);
        var isNamed = poolers > 0 && poolers >= all * Field.Weighty;
        var isOneAddress = most >= all * Nearly;
        if (!isNamed && pools is null)
        {
            // Nobody who has an address of its own sends no name by chance: a pooler or a NAT may stand between.
            var isNameless = isOneAddress && most >= Field.Fewest && groups.Where(group => group.Client == address).All(group => Holder.IsNameless(group.Application));
            return isNameless && !address.IsEmpty
                ? new HiddenClients(default, [Sentence.Of($"{most} of {all} sessions come from one address ({address}) and send no name: a pooler or a NAT may hide the clients.")])
                : None;
        }

        if (!isNamed && !isOneAddress)
        {
            return None;
        }

        var from = isNamed
            ? Sentence.Of($"{poolers} of {all} sessions are a pooler's own, so the server doesn't know their clients.")
            : address.IsEmpty
                ? Sentence.Of($"{most} of {all} sessions come through one local socket and there is a pooler, so the server may not know their clients.")
                : Sentence.Of($"{most} of {all} sessions come from one address ({address}) and there is a pooler, so the server may not know their clients.");
        var behind = Largest(pools);
        var isMost = behind is [var largest, .. var others] && largest.Count * 2 >= pools!.Clients!.Sum(client => client.Count) && others.All(other => other.Count < largest.Count);
        return new HiddenClients(isMost ? behind[0].Name : default, [Sentence.Of($"{from} {WhoIs(pools, behind)}")]);
    }

    /// <summary>A pooler's own server connections: idle ones are its stock, no leak.</summary>
    public static bool IsPooler(ConsumerGroup group) => Poolers.IsMatch(group.Application.Value);

    public static bool IsPooler(Holder holder) => holder.Groups.Any(IsPooler);

    /// <summary>Who causes it. A pooler's name is nobody's; who has most clients behind it is, where the number of clients is the cause.</summary>
    public ForeignText Unmask(CauseFinding found) => (Poolers.IsMatch(found.Culprit.Value) || found.Cause is Cause.PoolerSaturated, found.Cause) switch
    {
        (false, _) => found.Culprit,
        (true, Cause.PoolerSaturated or Cause.PodsTimesPool or Cause.TooSmall or Cause.ConnectionStorm) => Behind,
        _ => default,
    };

    private static (ForeignText Name, int Count, int Waiting)[] Largest(PoolerPools? pools) =>
    [
        .. (pools?.Clients ?? [])
            .GroupBy(client => Holder.NameOf(client.Application, client.User), (name, same) => Add(name, [.. same]))
            .Where(client => !client.Name.IsEmpty)
            .OrderByDescending(client => client.Count)
            .ThenBy(client => client.Name.Value, StringComparer.Ordinal)
            .Take(Named),
    ];

    private static (ForeignText Name, int Count, int Waiting) Add(ForeignText name, PoolerClients[] same) =>
        (name, same.Sum(client => client.Count), same.Sum(client => client.Waiting));

    private static Sentence WhoIs(PoolerPools? pools, (ForeignText Name, int Count, int Waiting)[] behind) => (pools, behind) switch
    {
        (null, _) => Sentence.Of($"The pooler wasn't asked: name its console in the target's settings to see behind it."),
        (_, []) => Sentence.Of($"The pooler has {pools.ClientConnections} clients and doesn't say who they are."),
        _ => Sentence.Of($"Behind it: {List(behind)}."),
    };

    private static Sentence List((ForeignText Name, int Count, int Waiting)[] behind) => behind
        .Select(client => client.Waiting > 0
            ? Sentence.Of($"{client.Name} with {client.Count} clients, {client.Waiting} of them waiting")
            : Sentence.Of($"{client.Name} with {client.Count} clients"))
        .Aggregate((list, next) => Sentence.Of($"{list}, {next}"));

    // The names that poolers give their own connections, as far as they give any.
    [GeneratedRegex(@"\b(pgbouncer|pgcat|odyssey|pgpool|pgagroal|supavisor|proxysql|maxscale|mysqlrouter)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Poolers { get; }
}
