using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>The slots in question and who sits in them: the whole server, or what one limit counts.</summary>
/// <param name="Capacity">Slots of the layer in question, at least 1.</param>
/// <param name="Sessions">In these slots, the bot's own included on a whole server.</param>
/// <param name="Idle">Outside a transaction.</param>
/// <param name="InTransaction">Idle in one.</param>
/// <param name="Active">Those that wait for a lock included.</param>
/// <param name="Holders">The largest first.</param>
/// <param name="Taken">Slots that are taken, seen or not: what a share is a share of. A server that refuses is full, however few sessions it shows.</param>
/// <param name="Layer">Whose slots they are.</param>
/// <param name="Pools">The pooler's; null without one.</param>
internal sealed record Field(
    ServerLook Look,
    int Capacity,
    int Sessions,
    int Idle,
    int InTransaction,
    int Active,
    int WaitingForLock,
    int Taken,
    IReadOnlyList<Holder> Holders,
    IReadOnlyList<StatementGroup> Statements,
    Layer Layer,
    PoolerPools? Pools)
{
    /// <summary>Whose services' the sessions are; null where no cluster told.</summary>
    public Attribution? Services { get; init; }

    /// <summary>Fewer sessions than this explain nothing, not even on a server with 20 slots: 3.</summary>
    public const int Fewest = 3;

    /// <summary>Less than a quarter of the sessions is not "the" holder (as in <see cref="IdleHoldersRule"/>).</summary>
    public const double Weighty = IdleHoldersRule.Share;

    /// <summary>It is the whole server, so the server's own counters speak of it.</summary>
    public bool IsWhole => Layer is Layer.Server;

    /// <summary>Statements that run.</summary>
    public int Running => Math.Max(0, Active - WaitingForLock);

    /// <summary>Idle in a transaction for longer than between two statements.</summary>
    public int Paused => Holders.Sum(holder => holder.Paused);

    /// <summary>Idle in a transaction for so long that it was left open.</summary>
    public int Left => Holders.Sum(holder => holder.Left);

    /// <summary>Statements that have been running for long.</summary>
    public int LongActive => Holders.Sum(holder => holder.LongActive);

    /// <summary>At work: a statement runs, or its transaction is between two of them.</summary>
    public int Busy => Running + Math.Max(0, InTransaction - Paused);

    /// <summary>Null when nobody could look, or the layer's sessions can't be told from others.</summary>
    public static Field? Of(Symptoms symptoms, LayerFinding exhausted)
    {
        if (symptoms.Look is not { } look)
        {
            return null;
        }

        var layer = exhausted.Numbers;
        var whole = Whole(look, symptoms.Pools, exhausted is { IsProven: true, Numbers.Layer: Layer.Server }) with { Services = symptoms.Services };
        if (!look.Usage.SeesEverything || layer.Layer is Layer.Server or Layer.None)
        {
            return whole;
        }

        var only = layer.Layer switch
        {
            Layer.Database => whole.Only(group => group.Database == layer.Name, layer),
            Layer.Account => whole.Only(group => IsAccount(group.User, layer.Name), layer),
            Layer.Pooler => whole.Only(group => HiddenClients.IsPooler(group) || PoolerStock.Serves(symptoms.Pools, layer.Name, group), layer),
            _ => whole.Only(group => Holder.NameOf(group.Application, group.User) == layer.Name, layer),
        };
        return only.Sessions > 0 ? only : null;
    }

    // MySQL and MariaDB call an account user@host; a session shows the user only.
    private static bool IsAccount(ForeignText user, ForeignText account) =>
        !user.IsEmpty && (user == account || account.Value.StartsWith(user.Value + "@", StringComparison.Ordinal));

    private static Field Whole(ServerLook look, PoolerPools? pools, bool isFull)
    {
        var usage = look.Usage;
        return new Field(
            look,
            Math.Max(1, usage.Capacity),
            usage.Used,
            usage.Idle,
            usage.IdleInTransaction,
            usage.Active,
            usage.WaitingForLock,
            isFull ? Math.Max(usage.Used, usage.Capacity) : usage.Used,
            Holder.All(look.Consumers.ByService(), look.Consumers.Groups, pools),
            look.Statements,
            Layer.Server,
            pools);
    }

    /// <summary>Only some of the sessions. Statements are not told apart by database, so those of the same applications stay.</summary>
    private Field Only(Func<ConsumerGroup, bool> counts, LayerNumbers layer)
    {
        var holders = Holder.All(Holders.SelectMany(holder => holder.Groups).Where(counts), Holders.SelectMany(holder => holder.Addresses).Where(counts), Pools);
        var sessions = holders.Sum(holder => holder.Count);
        return this with
        {
            Capacity = Math.Max(1, layer.Limit > 0 ? layer.Limit : sessions),
            Sessions = sessions,
            Taken = sessions,
            Idle = holders.Sum(holder => holder.Idle),
            InTransaction = holders.Sum(holder => holder.InTransaction),
            Active = holders.Sum(holder => holder.Active),
            WaitingForLock = holders.Sum(holder => holder.WaitingForLock),
            Holders = holders,
            Statements = [.. Statements.Where(statement => holders.Any(holder => holder.Owns(statement)))],
            Layer = layer.Layer,
        };
    }

    /// <summary>All but one holder's, in the same slots; shares stay shares of all sessions.</summary>
    public Field Without(Holder left) => this with
    {
        Idle = Math.Max(0, Idle - left.Idle),
        InTransaction = Math.Max(0, InTransaction - left.InTransaction),
        Active = Math.Max(0, Active - left.Active),
        WaitingForLock = Math.Max(0, WaitingForLock - left.WaitingForLock),
        Holders = [.. Holders.Where(holder => holder != left)],
        Statements = [.. Statements.Where(statement => !left.Owns(statement))],
    };

    /// <summary>At least this share of the taken slots, and enough of them to mean anything.</summary>
    public bool IsShare(int sessions, double share) => sessions >= Fewest && sessions >= Taken * share;

    /// <summary>The holder that has at least half of those that are counted; null when nobody has, or two have the same.</summary>
    public Holder? MostOf(Func<Holder, int> counted)
    {
        var all = Holders.Sum(counted);
        return all == 0 || Holders.Where(holder => counted(holder) * 2 >= all).ToArray() is not [var most] ? null : most;
    }
}
