using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents.Findings;

/// <summary>What lets those go on who wait for a lock: ending the root of the biggest chain, or cancelling the gate in it.</summary>
public static class BlockerRule
{
    /// <summary>From this share of those behind the root on, cancelling the gate frees nearly everybody (experience).</summary>
    private const double NearlyAll = 0.8;

    /// <summary>A chain that nobody here can do anything about leaves the next one to be tried.</summary>
    /// <returns>Null when there is none that anything can be done about; <see cref="WhyNot"/> says why.</returns>
    public static EndBlocker? Choose(BlockingChains blocking) => blocking.Chains
        .Select(chain => Against(chain, blocking))
        .FirstOrDefault(plan => plan is not null);

    /// <summary>Why there is no plan, in a sentence for the responder.</summary>
    public static string WhyNot(BlockingChains blocking)
    {
        if (blocking.Chains.Count == 0)
        {
            return "Nobody waits for a lock now, so there is nothing to end.";
        }

        var (root, _, _) = blocking.Chains[0];
        var waiting = root.Blocked == 1 ? "1 session waits" : $"{root.Blocked} sessions wait";
        return WhySpared(blocking.Chains[0]) switch
        {
            SparedBecause.Backup => $"{waiting} for session {root.Number}, which takes a backup. I don't end backups: ask whoever runs it.",
            SparedBecause.SchemaChange => $"{waiting} for session {root.Number}, which is changing the schema. I don't end that half-way: ask whoever runs it.",
            _ when root.Activity is SessionActivity.Prepared =>
                $"{waiting} for a prepared transaction that nobody is connected to: whoever prepared it has to commit it or roll it back.",
            _ when root.Number == 0 => $"{waiting} for something that is no session I can see.",
            null => $"{waiting} for session {root.Number}, which is at work outside a transaction: nothing would tell me whether it is still the same work when somebody has approved.",
            _ => $"{waiting} for session {root.Number}, which nobody ends from here: it is protected, or the server's own. Ask whoever runs it.",
        };
    }

    /// <summary>The root of the biggest chain, when it may be ended, but no plan can hold it.</summary>
    public static PinnedSession? ForAPerson(BlockingChains blocking) => blocking.Chains switch
    {
        [{ Root: { } root } chain, ..] when WhySpared(chain) is null && WayOf(chain.Blocker, root) is null => root,
        _ => null,
    };

    private static EndBlocker? Against(BlockingChain chain, BlockingChains blocking)
    {
        var (root, rootPin, gatePin) = chain;
        var others = blocking.Chains.Count - 1;
        var spared = WhySpared(chain);
        var way = spared is null ? WayOf(root, rootPin!) : null;
        if (gatePin is not null && root.Gate is { Behind: > 0 } && (way is null ? spared ?? SparedBecause.NobodyEndsIt : WhyGate(chain)) is { } because)
        {
            return new EndBlocker(blocking.Server, BlockerWay.CancelGate, gatePin, root.Blocked, root.Gate.Behind, others)
            {
                Spared = new SparedRoot(root.Number, root.Application, root.User, root.Statement, because),
                IsMigration = chain.GateIsMigration,
                OnReplica = blocking.IsReplica,
            };
        }

        return way is { } end
            ? new EndBlocker(blocking.Server, end, rootPin!, root.Blocked, root.Blocked, others) { OnReplica = blocking.IsReplica }
            : null;
    }

    /// <returns>Null when there is nothing that a plan could hold it by: it works, and is in no transaction.</returns>
    private static BlockerWay? WayOf(Blocker root, PinnedSession pin) =>
        pin.Pin.HoldsTransaction ? BlockerWay.EndRoot
        : root.Activity is SessionActivity.Idle ? BlockerWay.EndIdleRoot
        : null;

    /// <summary>
    /// Null when the gate holds up too few of them, would lose work of its own, or belongs to a migration: those are touched only
    /// where nothing else helps.
    /// </summary>
    private static SparedBecause? WhyGate(BlockingChain chain) =>
        chain is { GateIsMigration: false, Gate.Transaction: not { HasWritten: true }, Blocker: { Gate: { } gate } root }
        && gate.Behind >= NearlyAll * (root.Blocked - 1) // the gate itself is one of those who wait
            ? SparedBecause.NotNeeded
            : null;

    /// <summary>Null when the root may be ended.</summary>
    private static SparedBecause? WhySpared(BlockingChain chain) => chain switch
    {
        { Blocker: var root } when SparedWork.IsBackup(root.Application, root.User, root.Statement) => SparedBecause.Backup,

        // Left open after the change, it holds the locks for nothing.
        { Blocker: { Activity: SessionActivity.Running } root } when SparedWork.IsSchemaChange(root.Statement) => SparedBecause.SchemaChange,
        { Root: null } or { Blocker.IsProtected: true } or { Blocker.Activity: SessionActivity.Prepared } => SparedBecause.NobodyEndsIt,
        _ => null,
    };
}
