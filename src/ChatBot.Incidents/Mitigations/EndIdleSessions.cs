using System.Globalization;
using System.Text.Json;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Mitigations;

/// <summary>Ends named PostgreSQL sessions that are idle outside a transaction. No work is lost; there is no undo.</summary>
/// <param name="ServerStartedAt">When the server started: after a restart the pins mean nothing.</param>
/// <param name="IdleFor">The age from which a session was chosen.</param>
/// <param name="Sessions">One step each, longest idle first.</param>
/// <param name="More">How many more sessions would have qualified.</param>
public sealed record EndIdleSessions(
    DateTimeOffset ServerStartedAt,
    TimeSpan IdleFor,
    IReadOnlyList<IdleSession> Sessions,
    int More) : Mitigation
{
    public const string StoredName = "terminate-idle/1";

    public static readonly MitigationKind Kind = new(StoredName, Read);

    public override string Name => StoredName;

    public override int Steps => Sessions.Count;

    public override string PinOf(int number)
    {
        var pin = Sessions[number - 1].Pin;
        return string.Join('|', Micros(ServerStartedAt), pin.ProcessId, Micros(pin.StartedAt), Micros(pin.StateChangedAt));
    }

    public override void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("serverStartedAt", Micros(ServerStartedAt));
        json.WriteNumber("idleForSeconds", (decimal)IdleFor.Ticks / TimeSpan.TicksPerSecond);
        json.WriteNumber("more", More);
        json.WriteStartArray("sessions");
        foreach (var (pin, application, client, idleFor) in Sessions)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", pin.ProcessId);
            json.WriteString("backendStart", Micros(pin.StartedAt));
            json.WriteString("stateChange", Micros(pin.StateChangedAt));
            json.WriteString("xactStart", pin.TransactionStartedAt is { } began ? Micros(began) : null);
            json.WriteString("user", pin.User);
            json.WriteString("database", pin.Database);
            json.WriteString("application", application.Value);
            json.WriteString("client", client.Value);
            json.WriteNumber("idleSeconds", idleFor.Ticks / TimeSpan.TicksPerSecond);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static EndIdleSessions Read(JsonElement json) => new(
        Instant(json.GetProperty("serverStartedAt")),
        Seconds(json.GetProperty("idleForSeconds")),
        [.. json.GetProperty("sessions").EnumerateArray().Select(ReadSession)],
        json.GetProperty("more").GetInt32());

    private static IdleSession ReadSession(JsonElement json) => new(
        new SessionPin(
            json.GetProperty("pid").GetInt32(),
            Instant(json.GetProperty("backendStart")),
            Instant(json.GetProperty("stateChange")),
            json.GetProperty("xactStart") is { ValueKind: JsonValueKind.String } began ? Instant(began) : null,
            json.GetProperty("user").GetString() ?? throw new FormatException("A session has no user."),
            json.GetProperty("database").GetString() ?? throw new FormatException("A session has no database.")),
        ForeignText.FromStored(json.GetProperty("application").GetString()),
        ForeignText.FromStored(json.GetProperty("client").GetString()),
        Seconds(json.GetProperty("idleSeconds")));

    // Decimal, because seconds in binary do not come back as the ticks they were.
    private static TimeSpan Seconds(JsonElement json) => TimeSpan.FromTicks((long)(json.GetDecimal() * TimeSpan.TicksPerSecond));

    // PostgreSQL keeps microseconds; a pin rounded to less would match another session.
    private static string Micros(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private static DateTimeOffset Instant(JsonElement json) => DateTimeOffset.Parse(
        json.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
