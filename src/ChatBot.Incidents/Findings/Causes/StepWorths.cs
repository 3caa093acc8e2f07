using static ChatBot.Incidents.Findings.Cause;
using static ChatBot.Incidents.Findings.Worth;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>What each step would bring against each cause: the columns "do" and "harmful here" of the decision table.</summary>
public static class StepWorths
{
    /// <summary>All steps that are judged, in the order in which a card lists them.</summary>
    /// <remarks><c>pooler</c> is the advice to put one in front; <c>raise-limit</c> is what people do by hand: raise <c>max_connections</c>.</remarks>
    public static readonly IReadOnlyList<string> Names =
        ["terminate-idle", "end-transactions", "end-blocker", "cancel-query", "limit-role", "restart-service", "resize-pool", "pooler", "raise-limit"];

    // In the order of the names above.
    private static readonly Dictionary<Cause, (Worth Worth, string Why)[]> Table = new()
    {
        [NotExhausted] =
        [
            (Useless, "There is room, and the services would open the ended sessions again."),
            (Useless, "There is room, and what was open would be rolled back for nothing."),
            (Useless, "There is room; a lock alone fills no slots."),
            (Useless, "There is room, and the statements would only be sent again."),
            (Harmful, "It would turn clients away although there is room."),
            (Useless, "There is room, so a restart relieves nothing."),
            (Useless, "There is room in the pools that were looked at."),
            (Useless, "There is room now; a pooler is no remedy for something that isn't there."),
            (Useless, "The limit isn't reached."),
        ],
        [AccountLimit] =
        [
            (Harmful, "The account's limit stays as it is, and its clients reconnect into it at once."),
            (Harmful, "Work is rolled back, and the account's limit stays as it is."),
            (Useless, "Its clients don't wait for locks but for its limit."),
            (Useless, "A cancelled statement leaves its session, and so the account's slot, where it is."),
            (Harmful, "The account is at its limit already, and a lower one turns more of its clients away; raise its limit by hand instead."),
            (Harmful, "New pods start before the old ones stop, and the account has no slot left for them."),
            (Helps, "Smaller pools let all pods of its services fit into the account's limit."),
            (Helps, "A pooler lets many clients share the few connections of the account."),
            (Harmful, "The server has room; the account's own limit stays, and the server only needs more memory."),
        ],
        [DatabaseLimit] =
        [
            (Harmful, "The database's limit stays as it is, and its clients reconnect into it at once."),
            (Harmful, "Work is rolled back, and the database's limit stays as it is."),
            (Useless, "Its clients don't wait for locks but for its limit."),
            (Useless, "A cancelled statement leaves its session, and so the database's slot, where it is."),
            (Useless, "The limit belongs to the database, not to one account; raise it by hand."),
            (Harmful, "New pods start before the old ones stop, and the database has no slot left for them."),
            (Helps, "Smaller pools let all pods fit into the database's limit."),
            (Helps, "A pooler lets many clients share the few connections of the database."),
            (Harmful, "The server has room; the database's own limit stays, and the server only needs more memory."),
        ],
        [PoolerSaturated] =
        [
            (Harmful, "Idle server connections are the pooler's stock: it would have to open them again while clients wait."),
            (Harmful, "Work is rolled back while the pool's size, which is what keeps clients waiting, stays."),
            (Useless, "The clients wait for the pooler, not for locks."),
            (Useless, "A cancelled statement makes room for a moment only."),
            (Useless, "The server has room; a limit there makes the pooler wait even longer."),
            (Useless, "Its clients would queue at the pooler again."),
            (Useless, "A larger pool in a service only makes the queue at the pooler longer."),
            (Helps, "The pooler's own sizes are what is too small: the advice shows which fit the server."),
            (Harmful, "The server has room; the pooler wouldn't use it, and the server only needs more memory."),
        ],
        [ApplicationPool] =
        [
            (Harmful, "The server has room, and a leaked connection that is ended there stays lost to its pool."),
            (Harmful, "Work is rolled back although the server has room."),
            (Useless, "The requests wait for their own pool, not for locks."),
            (Useless, "The server isn't what the requests wait for."),
            (Harmful, "The service would get fewer connections when it needs more."),
            (Harmful, "The same load meets the same pool, after a surge of new connections."),
            (Helps, "The service's own pool is what is too small, and the server has room for more."),
            (Useless, "A pooler in front of the server doesn't enlarge the service's own pool."),
            (Harmful, "The server has room; the service's pool stays as small as it is."),
        ],
        [LockPileUp] =
        [
            (Harmful, "Idle sessions hold no lock that others wait for, and reconnecting clients join the queue."),
            (Useless, "Only the one at the root of the queue matters, and end-blocker names it."),
            (Helps, "The root holds the lock: without it those behind it go on."),
            (Useless, "The longest statements are those that wait: cancelled, they are sent again and wait again."),
            (Useless, "Those who wait are connected already."),
            (Harmful, "The waiting requests come back and wait for the same lock."),
            (Harmful, "A larger pool adds sessions that wait for the same lock."),
            (Useless, "A waiting statement holds its connection behind a pooler, too."),
            (Harmful, "More slots fill with sessions that wait for the same lock."),
        ],
        [TransactionLeak] =
        [
            (Useless, "These sessions are in a transaction; the step leaves those alone."),
            (Helps, "It frees the slots at once; what the transactions did is rolled back."),
            (Useless, "They don't wait for each other's locks."),
            (Useless, "There is no statement to cancel: between two statements a cancel does nothing."),
            (Helps, "It keeps the service from taking the slots again that others need."),
            (Helps, "A restart of this one service gives back what it holds; the code needs the fix."),
            (Harmful, "A larger pool leaves more transactions open, each with its locks."),
            (Useless, "An open transaction holds its connection behind a pooler, too."),
            (Useless, "The new slots fill with open transactions, too."),
        ],
        [SlowQueries] =
        [
            (Useless, "The sessions are at work, not idle."),
            (Useless, "The sessions are at work, not idle in a transaction."),
            (Useless, "They don't wait for locks."),
            (Helps, "It ends the worst statements, and their sessions serve others."),
            (Helps, "It sheds load: fewer statements at once, each of them faster."),
            (Harmful, "The same load returns to cold caches."),
            (Harmful, "More statements at once make each of them slower."),
            (Useless, "A session at work needs its connection behind a pooler, too."),
            (Harmful, "More statements at once make each of them slower."),
        ],
        [IdleLeak] =
        [
            (Helps, "It frees slots for others; the leaking service's own pool may stay stuck until it is restarted."),
            (Useless, "The leaked sessions are in no transaction."),
            (Useless, "They hold no locks."),
            (Useless, "There is no statement to cancel: they are idle."),
            (Helps, "It keeps the leaking service from taking the slots that others need."),
            (Helps, "Only a restart of this one service gives its pool all connections back; the code needs the fix."),
            (Harmful, "A larger pool lets it leak more connections and buys minutes."),
            (Useless, "The service's own pool runs dry behind a pooler, too."),
            (Useless, "The new slots leak away, too; it buys minutes."),
        ],
        [ConnectionStorm] =
        [
            (Harmful, "Ended clients connect again at once and feed the storm."),
            (Harmful, "Ended clients connect again at once and feed the storm."),
            (Useless, "They don't wait for locks."),
            (Useless, "The logins are what costs, not the statements."),
            (Helps, "It stops the storm at its account; others get their slots back."),
            (Harmful, "All its pods connect anew at once and feed the storm."),
            (Useless, "Clients without a pool, or in a loop of retries, don't use its size."),
            (Helps, "A pooler keeps the server's connections open however often clients connect."),
            (Useless, "The storm takes the new slots, too."),
        ],
        [Outlier] =
        [
            (Helps, "It frees the slots of its idle sessions, and no request of a service depends on them."),
            (Useless, "The number of its sessions is what matters, not their transactions."),
            (Useless, "Nobody waits for its locks."),
            (Helps, "It ends its longest statements, and no request of a service depends on them."),
            (Helps, "A limit for this one user leaves the slots to the services."),
            (Harmful, "The services are the victims here."),
            (Harmful, "The services are the victims here; their pools aren't what is wrong."),
            (Useless, "It connects beside the pooler, or fills that as well."),
            (Useless, "It takes more, if it may."),
        ],
        [PodsTimesPool] =
        [
            (Harmful, "The pools open them again at once, and requests fail meanwhile."),
            (Useless, "Hardly any session stands in a transaction."),
            (Useless, "They don't wait for locks."),
            (Useless, "They are idle: there is little to cancel."),
            (Useless, "It only chooses which of the pods go without."),
            (Harmful, "New pods start before the old ones stop, and each brings its pool."),
            (Helps, "Smaller pools, and fewer idle connections kept in them, let all pods fit."),
            (Helps, "A pooler lends each connection to whoever works, and most do nothing."),
            (Harmful, "Each slot costs memory, and with more pods it is full again; check the memory first."),
        ],
        [TooSmall] =
        [
            (Useless, "Hardly any session is idle."),
            (Useless, "The sessions are at work, not idle in a transaction."),
            (Useless, "They don't wait for locks."),
            (Harmful, "The statements are short: cancelled ones are sent again, on top."),
            (Useless, "It only chooses whose work waits."),
            (Harmful, "The same load returns after an outage, to cold caches."),
            (Harmful, "The server has no slot left for larger pools."),
            (Helps, "Short statements share few connections well, and the queue is outside the database."),
            (Helps, "There is more work than slots; processors and memory have to allow it."),
        ],
        [Undetermined] =
        [
            (Helps, "It frees slots for others at once; whether their owners take them again nobody knows yet."),
            (Useless, "Nothing that was seen says that open transactions are why."),
            (Useless, "Nothing that was seen says that locks are why."),
            (Useless, "Nothing that was seen says that slow statements are why."),
            (Useless, "Nobody stands out whom a limit should hold."),
            (Harmful, "On a full server new pods may get no connection while the old ones keep theirs."),
            (Harmful, "Larger pools ask for more of what has run out."),
            (Useless, "Whether a pooler would share the slots better isn't known yet."),
            (Useless, "It buys time at best, and nobody knows for what."),
        ],
    };

    /// <summary>What reaches the sessions that hold a lower limit's slots.</summary>
    private static readonly string[] AtSessions = ["terminate-idle", "end-transactions", "end-blocker", "cancel-query", "restart-service"];

    public static IReadOnlyList<StepWorth> Of(Cause cause) => [.. Names.Zip(Table[cause], (name, row) => new StepWorth(name, row.Worth, row.Why))];

    /// <summary>
    /// The same, with a second cause behind a reached limit: what helps against who sits in a limited account's, database's or
    /// pooler's slots helps its clients, too. A service's own pool doesn't get back what is ended at the server: there only
    /// the restart of a leaking service helps.
    /// </summary>
    public static IReadOnlyList<StepWorth> Of(Cause cause, IEnumerable<Cause> behind)
    {
        var steps = Of(cause);
        var reaching = cause switch
        {
            AccountLimit or DatabaseLimit or PoolerSaturated => AtSessions,
            ApplicationPool => ["restart-service"],
            _ => [],
        };
        var others = behind.SelectMany(Of).Where(step => step.Worth is Helps && reaching.Contains(step.Step)).ToArray();
        return [.. steps.Select(step => others.FirstOrDefault(other => other.Step == step.Step) ?? step)];
    }
}
