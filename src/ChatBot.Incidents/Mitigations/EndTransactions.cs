using System.Text.Json;

namespace ChatBot.Incidents.Mitigations;

/// <summary>Ends named sessions that do nothing inside an open transaction. What they did in it is rolled back; there is no undo.</summary>
/// <param name="IdleFor">How long a session had been doing nothing at least, when it was chosen.</param>
/// <param name="Sessions">One step each, longest idle first; every one says what would be rolled back.</param>
/// <param name="More">How many more sessions would have qualified.</param>
public sealed record EndTransactions(
    ServerPin Server,
    TimeSpan IdleFor,
    IReadOnlyList<PinnedSession> Sessions,
    int More) : Mitigation
{
    public const string StoredName = "end-transactions/1";

    public static readonly MitigationKind Kind = new(StoredName, Read);

    public override string Name => StoredName;

    public override int Steps => Sessions.Count;

    public override string PinOf(int number) => PinJson.Text(Server, Sessions[number - 1].Pin);

    public override void WriteTo(Utf8JsonWriter json)
    {
        PinJson.Write(json, Server);
        PinJson.WriteSeconds(json, "idleForSeconds", IdleFor);
        json.WriteNumber("more", More);
        PinJson.Write(json, Sessions, "idleSeconds");
    }

    private static EndTransactions Read(JsonElement json)
    {
        var end = new EndTransactions(
            PinJson.ReadServer(json),
            PinJson.Seconds(json.GetProperty("idleForSeconds")),
            PinJson.ReadSessions(json, "idleSeconds"),
            json.GetProperty("more").GetInt32());
        return end.Sessions.All(session => session.Transaction is not null)
            ? end
            : throw new FormatException("A session of this plan doesn't say what would be rolled back.");
    }
}
