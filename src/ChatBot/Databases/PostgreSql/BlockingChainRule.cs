using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Databases.PostgreSql;

/// <summary>From who waits for whom to the chains that a person acts on: a root, the gate in it, and how many wait behind.</summary>
internal static class BlockingChainRule
{
    /// <returns>Most waiting sessions first.</returns>
    public static IReadOnlyList<BlockingChain> Chains(LockWaits waits)
    {
        var graph = new LockGraph([.. waits.Processes.Values.SelectMany(waiter => WaitsOf(waits, waiter))]);
        return [.. graph.Chains(number => waits.Processes.TryGetValue((int)number, out var process) && process.IsClient).Select(ChainOf)];

        BlockingChain ChainOf(LockChain chain)
        {
            var blocker = chain.Root > 0
                ? BlockerOf(waits.Processes[(int)chain.Root], chain.Blocked)
                : BlockerOf(waits.Prepared.First(prepared => -prepared.Transaction == chain.Root), chain.Blocked);
            var gate = chain.Gate is { } number ? waits.Processes[(int)number] : null;
            return new BlockingChain(
                blocker with
                {
                    Gate = gate is null ? null : new BlockingGate(gate.ProcessId, gate.Application, gate.User, gate.Statement, gate.AtItFor, chain.BehindGate),
                },
                Root: chain.Root > 0 && waits.Processes[(int)chain.Root] is { IsProtected: false, Pin: { } pin } root ? Pinned(root, pin) : null,
                Gate: gate is { IsProtected: false } ? PinnedGate(gate) : null);
        }
    }

    // A process that is gone by now is in nobody's way. Where the prepared transaction can't be told (it ended a moment
    // ago), nobody is.
    private static IEnumerable<LockWait> WaitsOf(LockWaits waits, LockParty waiter) =>
    [
        .. waiter.WaitsFor
            .Where(waits.Processes.ContainsKey)
            .Select(holder => new LockWait(waiter.ProcessId, holder, IsQueued: waiter.Awaits is { } table && waits.Processes[holder].Awaits == table)),
        .. waits.Prepared.Where(prepared => prepared.Waiting == waiter.ProcessId).Select(prepared => new LockWait(waiter.ProcessId, -prepared.Transaction)),
    ];

    private static Blocker BlockerOf(LockParty root, int blocked) => new(
        root.ProcessId, root.Application, root.User, root.Client, root.Activity, root.InTransactionFor, root.Statement, blocked, root.IsProtected);

    private static Blocker BlockerOf(PreparedInTheWay root, int blocked) => new(
        Number: 0, Application: default, root.Owner, Client: default, SessionActivity.Prepared, root.PreparedFor, Statement: default, blocked, IsProtected: true)
    {
        Prepared = root.Name,
    };

    /// <summary>By its statement, too.</summary>
    /// <returns>Null when its start isn't known.</returns>
    public static PinnedSession? PinnedGate(LockParty gate) => gate.Pin is { } pin
        ? Pinned(gate, pin with { QueryStartedAt = gate.QueryStartedAt }) with { Waits = true }
        : null;

    private static PinnedSession Pinned(LockParty party, PostgreSqlPin pin) => new(pin, party.Application, party.Client, party.AtItFor)
    {
        Statement = party.Statement,
        Transaction = party.InTransactionFor is { } openFor ? new OpenTransaction(openFor, party.HasWritten, Rows: null, Locks: null) : null,
    };
}
