using System.Text.Json;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Mitigations;

/// <summary>Lets sessions go on that wait for a lock: by ending the one they all wait for, or by cancelling one that waits and holds the others up.</summary>
/// <param name="Way">What is done.</param>
/// <param name="Session">To whom: the root of the chain, or the gate in it.</param>
/// <param name="Waiting">Sessions that wait behind the root, the gate among them.</param>
/// <param name="Frees">Of them, those that can go on; locks of others may still be in their way.</param>
/// <param name="OtherChains">Chains that this doesn't touch.</param>
public sealed record EndBlocker(ServerPin Server, BlockerWay Way, PinnedSession Session, int Waiting, int Frees, int OtherChains) : Mitigation
{
    public const string StoredName = "end-blocker/1";

    public static readonly MitigationKind Kind = new(StoredName, Read);

    // For ever: plans are read back by them.
    private static readonly Dictionary<BlockerWay, string> Words = new()
    {
        [BlockerWay.EndRoot] = "end-root",
        [BlockerWay.EndIdleRoot] = "end-idle-root",
        [BlockerWay.CancelGate] = "cancel-gate",
    };

    /// <summary>The root that is left alone; null when it is the one that is ended.</summary>
    public SparedRoot? Spared { get; init; }

    /// <summary>The cancelled statement is a migration's, whose sessions are left alone otherwise.</summary>
    public bool IsMigration { get; init; }

    /// <summary>Drawn up on a replica: others may wait for what the primary does, and this frees none of those.</summary>
    public bool OnReplica { get; init; }

    public SessionAct Act => Way switch
    {
        BlockerWay.EndRoot => SessionAct.EndTransaction,
        BlockerWay.EndIdleRoot => SessionAct.EndIdle,
        BlockerWay.CancelGate => SessionAct.CancelGate,
        _ => throw new ArgumentOutOfRangeException(nameof(Way), Way, "Nobody knows how to do this."),
    };

    public override string Name => StoredName;

    public override int Steps => 1;

    public override string PinOf(int number) => $"{Words[Way]}|{PinJson.Text(Server, Session.Pin)}";

    public override void WriteTo(Utf8JsonWriter json)
    {
        PinJson.Write(json, Server);
        json.WriteString("way", Words[Way]);
        json.WriteNumber("waiting", Waiting);
        json.WriteNumber("frees", Frees);
        json.WriteNumber("otherChains", OtherChains);
        Spared?.WriteTo(json);
        if (IsMigration)
        {
            json.WriteBoolean("migration", true);
        }

        if (OnReplica)
        {
            json.WriteBoolean("onReplica", true);
        }

        json.WritePropertyName("session");
        PinJson.Write(json, Session, "sinceSeconds");
    }

    private static EndBlocker Read(JsonElement json)
    {
        var end = new EndBlocker(
            PinJson.ReadServer(json),
            Words.Where(word => word.Value == json.GetProperty("way").GetString()).Select(word => (BlockerWay?)word.Key).SingleOrDefault()
                ?? throw new FormatException("A newer version of the bot wrote this plan."),
            PinJson.ReadSession(json.GetProperty("session"), "sinceSeconds"),
            json.GetProperty("waiting").GetInt32(),
            json.GetProperty("frees").GetInt32(),
            json.GetProperty("otherChains").GetInt32())
        {
            Spared = json.TryGetProperty("spared", out var spared) ? SparedRoot.Read(spared) : null,
            IsMigration = json.TryGetProperty("migration", out var migration) && migration.GetBoolean(),
            OnReplica = json.TryGetProperty("onReplica", out var replica) && replica.GetBoolean(),
        };
        var isClear = end.Way switch
        {
            BlockerWay.CancelGate => end.Spared is not null,
            BlockerWay.EndRoot => end is { Spared: null, IsMigration: false } && end.Session.Pin.HoldsTransaction,
            _ => end is { Spared: null, IsMigration: false } && !end.Session.Pin.HoldsTransaction,
        };
        return isClear ? end : throw new FormatException("It is not clear what this plan does to the root.");
    }
}

/// <summary>How those who wait are let through.</summary>
public enum BlockerWay
{
    /// <summary>The root's session is ended, and its transaction rolled back.</summary>
    EndRoot,

    /// <summary>The root's session is ended, which does nothing and is in no transaction: what it locked, it locked on purpose.</summary>
    EndIdleRoot,

    /// <summary>The statement of the gate is cancelled. The root goes on, and so do those behind the gate.</summary>
    CancelGate,
}

/// <summary>The root of a chain that a plan leaves alone.</summary>
/// <param name="Number">Process id or connection id; 0 for a prepared transaction.</param>
/// <param name="Statement">Current or last, as a shape; empty when unknown.</param>
public sealed record SparedRoot(long Number, ForeignText Application, ForeignText User, ForeignText Statement, SparedBecause Because)
{
    // For ever: plans are read back by them.
    private static readonly Dictionary<SparedBecause, string> Words = new()
    {
        [SparedBecause.NobodyEndsIt] = "nobody-ends-it",
        [SparedBecause.Backup] = "backup",
        [SparedBecause.SchemaChange] = "schema-change",
        [SparedBecause.NotNeeded] = "not-needed",
    };

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject("spared");
        json.WriteNumber("number", Number);
        json.WriteString("application", Application.Value);
        json.WriteString("user", User.Value);
        json.WriteString("statement", Statement.Value);
        json.WriteString("because", Words[Because]);
        json.WriteEndObject();
    }

    internal static SparedRoot Read(JsonElement json) => new(
        json.GetProperty("number").GetInt64(),
        PinJson.Foreign(json, "application"),
        PinJson.Foreign(json, "user"),
        PinJson.Foreign(json, "statement"),
        Words.Where(word => word.Value == json.GetProperty("because").GetString()).Select(word => (SparedBecause?)word.Key).SingleOrDefault()
            ?? throw new FormatException("A newer version of the bot wrote this plan."));
}

/// <summary>Why a root is left alone.</summary>
public enum SparedBecause
{
    /// <summary>It is protected, privileged, or no session at all.</summary>
    NobodyEndsIt,

    /// <summary>It takes a backup or a dump.</summary>
    Backup,

    /// <summary>It is changing the schema, and would have to begin again.</summary>
    SchemaChange,

    /// <summary>Cancelling the gate frees nearly everybody, and loses less.</summary>
    NotNeeded,
}
