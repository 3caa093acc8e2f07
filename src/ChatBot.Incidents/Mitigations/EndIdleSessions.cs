using System.Text.Json;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Mitigations;

/// <summary>Ends named sessions that are idle outside a transaction. No transaction is lost; there is no undo.</summary>
/// <param name="IdleFor">The age from which a session was chosen.</param>
/// <param name="Sessions">One step each, longest idle first.</param>
/// <param name="More">How many more sessions would have qualified.</param>
public sealed record EndIdleSessions(
    ServerPin Server,
    TimeSpan IdleFor,
    IReadOnlyList<PinnedSession> Sessions,
    int More) : Mitigation
{
    public const string StoredName = "terminate-idle/1";

    public static readonly MitigationKind Kind = new(StoredName, Read);

    /// <summary>How many each age would have ended, oldest first, the chosen one among them; empty in plans from before they were counted.</summary>
    public IReadOnlyList<AgeCount> Ages { get; init; } = [];

    public override string Name => StoredName;

    public override int Steps => Sessions.Count;

    public override string PinOf(int number) => PinJson.Text(Server, Sessions[number - 1].Pin);

    public override void WriteTo(Utf8JsonWriter json)
    {
        PinJson.Write(json, Server);
        PinJson.WriteSeconds(json, "idleForSeconds", IdleFor);
        json.WriteNumber("more", More);
        if (Ages.Count > 0)
        {
            json.WriteStartArray("ages");
            foreach (var (idleFor, sessions) in Ages)
            {
                json.WriteStartObject();
                PinJson.WriteSeconds(json, "idleForSeconds", idleFor);
                json.WriteNumber("sessions", sessions);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        PinJson.Write(json, Sessions, "idleSeconds");
    }

    private static EndIdleSessions Read(JsonElement json) => new(
        PinJson.ReadServer(json),
        PinJson.Seconds(json.GetProperty("idleForSeconds")),
        PinJson.ReadSessions(json, "idleSeconds"),
        json.GetProperty("more").GetInt32())
    {
        Ages = json.TryGetProperty("ages", out var ages)
            ? [.. ages.EnumerateArray().Select(age => new AgeCount(PinJson.Seconds(age.GetProperty("idleForSeconds")), age.GetProperty("sessions").GetInt32()))]
            : [],
    };
}
