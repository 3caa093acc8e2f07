using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Databases.PostgreSql;

/// <summary>From who waits for whom to the chains that a person acts on: a root, the gate in it, and how many wait behind.</summary>
internal static class BlockingChainRule
{
    /// <summary>More chains than this are no pile-up any more, but a busy server: 10.</summary>
    private const int AtMost = 10;

    /// <returns>Most waiting sessions first.</returns>
    public static IReadOnlyList<BlockingChain> Chains(LockWaits waits)
    {
        var graph = new LockGraph(waits.Processes.Values
            .Where(process => process.WaitsFor.Count > 0)
            .ToDictionary(process => (long)process.ProcessId, process => WaitsFor(waits, process)));
        var gates = waits.Processes.Values
            .Where(process => process is { WaitsForTable: true, IsClient: true, WaitsFor.Count: > 0 })
            .Select(process => (Gate: process, Behind: Sessions(graph.OnlyBehind(process.ProcessId))))
            .Where(gate => gate.Behind > 0)
            .OrderByDescending(gate => gate.Behind)
            .ThenBy(gate => gate.Gate.ProcessId)
            .ToList();

        return
        [
            .. graph.Roots
                .Select(root => (Root: root, Behind: graph.Behind(root)))
                .Select(found => (found.Root, found.Behind, Blocked: Sessions(found.Behind)))
                .Where(found => found.Blocked > 0)
                .OrderByDescending(found => found.Blocked)
                .ThenBy(found => found.Root)
                .Take(AtMost)
                .Select(found => ChainOf(found.Root, found.Blocked, gates.FirstOrDefault(gate => found.Behind.Contains(gate.Gate.ProcessId)))),
        ];

        int Sessions(IEnumerable<long> numbers) =>
            numbers.Count(number => waits.Processes.TryGetValue((int)number, out var process) && process.IsClient);

        BlockingChain ChainOf(long root, int blocked, (LockParty? Gate, int Behind) gate)
        {
            var blocker = root > 0
                ? BlockerOf(waits.Processes[(int)root], blocked)
                : BlockerOf(waits.Prepared.First(prepared => -prepared.Transaction == root), blocked);
            return new BlockingChain(
                blocker with
                {
                    Gate = gate.Gate is { } found
                        ? new BlockingGate(found.ProcessId, found.Application, found.User, found.Statement, found.AtItFor, gate.Behind)
                        : null,
                },
                Root: root > 0 ? PinnedSession(waits.Processes[(int)root], forItsStatement: false) : null,
                Gate: gate.Gate is { } waiting ? PinnedSession(waiting, forItsStatement: true) : null);
        }
    }

    // A process that is gone by now is in nobody's way. Where the prepared transaction can't be told (it ended a moment
    // ago), nobody is.
    private static IReadOnlyList<long> WaitsFor(LockWaits waits, LockParty waiter) =>
    [
        .. waiter.WaitsFor.Where(waits.Processes.ContainsKey).Select(process => (long)process),
        .. waits.Prepared.Where(prepared => prepared.Waiting == waiter.ProcessId).Select(prepared => -prepared.Transaction),
    ];

    private static Blocker BlockerOf(LockParty root, int blocked) => new(
        root.ProcessId, root.Application, root.User, root.Client, root.Activity, root.InTransactionFor, root.Statement, blocked, root.IsProtected);

    private static Blocker BlockerOf(PreparedInTheWay root, int blocked) => new(
        Number: 0, Application: default, root.Owner, Client: default, SessionActivity.Prepared, root.PreparedFor, Statement: default, blocked, IsProtected: true)
    {
        Prepared = root.Name,
    };

    /// <returns>Null when nobody here may do anything to it.</returns>
    private static PinnedSession? PinnedSession(LockParty party, bool forItsStatement) => party is { IsProtected: false, Pin: { } pin }
        ? new PinnedSession(
            forItsStatement ? pin with { QueryStartedAt = party.QueryStartedAt } : pin, party.Application, party.Client, party.AtItFor)
        {
            Statement = party.Statement,
            Transaction = party.InTransactionFor is { } openFor ? new OpenTransaction(openFor, party.HasWritten, Rows: null, Locks: null) : null,
        }
        : null;
}
