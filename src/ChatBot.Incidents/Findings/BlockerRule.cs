using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents.Findings;

/// <summary>What lets those go on who wait for a lock: ending the root of the biggest chain, or cancelling the gate in it.</summary>
public static class BlockerRule
{
    /// <summary>From this share of those behind the root on, cancelling the gate frees nearly everybody (experience).</summary>
    private const double NearlyAll = 0.8;

    // A program that dumps or copies a whole server: in the middle of it all its work would be lost. Parts of names.
    private static readonly string[] BackupNames =
        ["dump", "backup", "barman", "backrest", "wal-g", "wal-e", "mydumper"];

    // The first words of a change of the schema, or of a table's whole content.
    private static readonly string[] SchemaWords =
        ["alter", "create", "drop", "truncate", "rename", "reindex", "cluster", "vacuum", "refresh", "optimize", "repair", "analyze"];

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
            _ => $"{waiting} for session {root.Number}, which nobody ends from here: it is protected, or the server's own. Ask whoever runs it.",
        };
    }

    private static EndBlocker? Against(BlockingChain chain, BlockingChains blocking)
    {
        var (root, rootPin, gatePin) = chain;
        var others = blocking.Chains.Count - 1;
        var spared = WhySpared(chain);
        if (gatePin is not null && root.Gate is { Behind: > 0 } gate && (spared ?? WhyGate(root, gate)) is { } because)
        {
            return new EndBlocker(blocking.Server, BlockerWay.CancelGate, gatePin, root.Blocked, gate.Behind, others)
            {
                Spared = new SparedRoot(root.Number, root.Application, root.User, root.Statement, because),
            };
        }

        return spared is null && rootPin is not null
            ? new EndBlocker(blocking.Server, BlockerWay.EndRoot, rootPin, root.Blocked, root.Blocked, others)
            : null;
    }

    /// <summary>Null when the gate holds up too few of them.</summary>
    private static SparedBecause? WhyGate(Blocker root, BlockingGate gate) =>
        gate.Behind >= NearlyAll * (root.Blocked - 1) ? SparedBecause.NotNeeded : null; // the gate itself is one of those who wait

    /// <summary>Null when the root may be ended.</summary>
    private static SparedBecause? WhySpared(BlockingChain chain) => chain switch
    {
        { Blocker: var root } when IsBackup(root) => SparedBecause.Backup,
        { Blocker: var root } when IsSchemaChange(root) => SparedBecause.SchemaChange,
        { Root: null } or { Blocker.IsProtected: true } or { Blocker.Activity: SessionActivity.Prepared } => SparedBecause.NobodyEndsIt,
        _ => null,
    };

    private static bool IsBackup(Blocker root) =>
        BackupNames.Any(name => Contains(root.Application, name) || Contains(root.User, name))
        || StartsWith(root.Statement, "flush tables")
        || (StartsWith(root.Statement, "copy") && Contains(root.Statement, " to "));

    // Left open after the change, it holds the locks for nothing.
    private static bool IsSchemaChange(Blocker root) =>
        root.Activity is SessionActivity.Running && SchemaWords.Any(word => StartsWith(root.Statement, word));

    private static bool Contains(ForeignText text, string part) => text.Value.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static bool StartsWith(ForeignText text, string words)
    {
        var sql = text.Value.AsSpan().TrimStart();
        return sql.StartsWith(words, StringComparison.OrdinalIgnoreCase) && (sql.Length == words.Length || !char.IsLetterOrDigit(sql[words.Length]));
    }
}
