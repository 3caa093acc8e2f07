using System.Text.Json;

namespace ChatBot.Incidents.Mitigations;

/// <summary>Cancels the statements that named sessions are at. The sessions stay; what the statement did is rolled back.</summary>
/// <param name="RunningFor">How long a statement had been running at least, when it was chosen.</param>
/// <param name="Sessions">One step each, longest running first.</param>
/// <param name="More">How many more would have qualified.</param>
public sealed record CancelStatements(
    ServerPin Server,
    TimeSpan RunningFor,
    IReadOnlyList<PinnedSession> Sessions,
    int More) : Mitigation
{
    public const string StoredName = "cancel-query/1";

    public static readonly MitigationKind Kind = new(StoredName, Read);

    public override string Name => StoredName;

    public override int Steps => Sessions.Count;

    public override string PinOf(int number) => PinJson.Text(Server, Sessions[number - 1].Pin);

    public override void WriteTo(Utf8JsonWriter json)
    {
        PinJson.Write(json, Server);
        PinJson.WriteSeconds(json, "runningForSeconds", RunningFor);
        json.WriteNumber("more", More);
        PinJson.Write(json, Sessions, "runningSeconds");
    }

    private static CancelStatements Read(JsonElement json) => new(
        PinJson.ReadServer(json),
        PinJson.Seconds(json.GetProperty("runningForSeconds")),
        PinJson.ReadSessions(json, "runningSeconds"),
        json.GetProperty("more").GetInt32());
}
