using System.Globalization;
using System.Text.Json;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Mitigations;

/// <summary>Pins in a plan's canonical form: the same words in every kind of mitigation.</summary>
internal static class PinJson
{
    public static void Write(Utf8JsonWriter json, ServerPin server)
    {
        json.WriteString("serverStartedAt", Micros(server.StartedAt));
        if (server.Identity.Length > 0)
        {
            json.WriteString("server", server.Identity);
        }
    }

    public static ServerPin ReadServer(JsonElement json) => new(
        Instant(json.GetProperty("serverStartedAt")),
        json.TryGetProperty("server", out var identity) ? identity.GetString() ?? throw new FormatException("The server has no identity.") : "");

    /// <summary>The properties of a pin, into the object that is open.</summary>
    public static void Write(Utf8JsonWriter json, SessionPin pin)
    {
        switch (pin)
        {
            case PostgreSqlPin postgres:
                json.WriteNumber("pid", postgres.ProcessId);
                json.WriteString("backendStart", Micros(postgres.StartedAt));
                json.WriteString("stateChange", Micros(postgres.StateChangedAt));
                json.WriteString("xactStart", postgres.TransactionStartedAt is { } began ? Micros(began) : null);
                if (postgres.QueryStartedAt is { } asked)
                {
                    json.WriteString("queryStart", Micros(asked)); // absent in pins of ended sessions, old and new
                }

                break;
            case MySqlPin mysql:
                json.WriteNumber("id", mysql.Id);
                json.WriteString("host", mysql.Client);
                json.WriteString("work", mysql.Work);
                json.WriteString("transaction", mysql.Transaction);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(pin), pin.GetType().Name, "This pin has no stored form.");
        }

        json.WriteString("user", pin.User);
        json.WriteString("database", pin.Database);
    }

    public static SessionPin ReadPin(JsonElement json)
    {
        var user = json.GetProperty("user").GetString() ?? throw new FormatException("A session has no user.");
        var database = json.GetProperty("database").GetString() ?? throw new FormatException("A session has no database.");
        return json.TryGetProperty("id", out var id)
            ? new MySqlPin(
                id.GetInt64(),
                json.GetProperty("host").GetString() ?? throw new FormatException("A session has no client."),
                json.GetProperty("work").GetString(),
                json.GetProperty("transaction").GetString(),
                user,
                database)
            : new PostgreSqlPin(
                json.GetProperty("pid").GetInt32(),
                Instant(json.GetProperty("backendStart")),
                Instant(json.GetProperty("stateChange")),
                json.GetProperty("xactStart") is { ValueKind: JsonValueKind.String } began ? Instant(began) : null,
                user,
                database)
            {
                QueryStartedAt = json.TryGetProperty("queryStart", out var asked) ? Instant(asked) : null,
            };
    }

    /// <summary>All that a pin holds, for the idempotency key.</summary>
    public static string Text(ServerPin server, SessionPin pin) => pin switch
    {
        PostgreSqlPin { QueryStartedAt: { } asked } postgres => string.Join(
            '|', Micros(server.StartedAt), postgres.ProcessId, Micros(postgres.StartedAt), Micros(postgres.StateChangedAt), Micros(asked)),
        PostgreSqlPin postgres => string.Join('|', Micros(server.StartedAt), postgres.ProcessId, Micros(postgres.StartedAt), Micros(postgres.StateChangedAt)),
        MySqlPin mysql => string.Join('|', server.Identity, Micros(server.StartedAt), mysql.Id, mysql.Client, mysql.Work, mysql.Transaction),
        _ => throw new ArgumentOutOfRangeException(nameof(pin), pin.GetType().Name, "This pin has no stored form."),
    };

    /// <summary>One session with all that an approver sees of it, as an object of its own.</summary>
    /// <param name="since">What <see cref="PinnedSession.For"/> is called here: <c>idleSeconds</c>.</param>
    public static void Write(Utf8JsonWriter json, PinnedSession session, string since)
    {
        json.WriteStartObject();
        Write(json, session.Pin);
        json.WriteString("application", session.Application.Value);
        json.WriteString("client", session.Client.Value);
        json.WriteNumber(since, session.For.Ticks / TimeSpan.TicksPerSecond);
        if (!session.Statement.IsEmpty)
        {
            json.WriteString("statement", session.Statement.Value);
        }

        if (session.Waits)
        {
            json.WriteBoolean("waits", true);
        }

        if (session.Transaction is { } open)
        {
            json.WriteStartObject("rolledBack");
            json.WriteNumber("openSeconds", open.OpenFor.Ticks / TimeSpan.TicksPerSecond);
            Write(json, "hasWritten", open.HasWritten, json.WriteBooleanValue);
            Write(json, "rows", open.Rows, json.WriteNumberValue);
            Write(json, "locks", open.Locks, json.WriteNumberValue);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    public static PinnedSession ReadSession(JsonElement json, string since) => new(
        ReadPin(json), Foreign(json, "application"), Foreign(json, "client"), Seconds(json.GetProperty(since)))
    {
        Statement = json.TryGetProperty("statement", out _) ? Foreign(json, "statement") : default,
        Waits = json.TryGetProperty("waits", out var waits) && waits.GetBoolean(),
        Transaction = json.TryGetProperty("rolledBack", out var open)
            ? new OpenTransaction(
                Seconds(open.GetProperty("openSeconds")),
                open.GetProperty("hasWritten") is { ValueKind: not JsonValueKind.Null } hasWritten ? hasWritten.GetBoolean() : null,
                open.GetProperty("rows") is { ValueKind: not JsonValueKind.Null } rows ? rows.GetInt64() : null,
                open.GetProperty("locks") is { ValueKind: not JsonValueKind.Null } locks ? locks.GetInt32() : null)
            : null,
    };

    /// <inheritdoc cref="Write(Utf8JsonWriter, PinnedSession, string)"/>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<PinnedSession> sessions, string since)
    {
        json.WriteStartArray("sessions");
        foreach (var session in sessions)
        {
            Write(json, session, since);
        }

        json.WriteEndArray();
    }

    public static IReadOnlyList<PinnedSession> ReadSessions(JsonElement json, string since) =>
        [.. json.GetProperty("sessions").EnumerateArray().Select(session => ReadSession(session, since))];

    /// <summary>The server's life, for the idempotency key.</summary>
    public static string Text(ServerPin server) => $"{server.Identity}|{Micros(server.StartedAt)}";

    /// <summary>A number that may be missing, for the idempotency key.</summary>
    public static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    public static void Write<T>(Utf8JsonWriter json, string name, T? value, Action<T> write)
        where T : struct
    {
        json.WritePropertyName(name);
        if (value is { } known)
        {
            write(known);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    public static void WriteSeconds(Utf8JsonWriter json, string name, TimeSpan span) =>
        json.WriteNumber(name, (decimal)span.Ticks / TimeSpan.TicksPerSecond);

    // Decimal, because seconds in binary do not come back as the ticks they were.
    public static TimeSpan Seconds(JsonElement json) => TimeSpan.FromTicks((long)(json.GetDecimal() * TimeSpan.TicksPerSecond));

    // PostgreSQL keeps microseconds; a pin rounded to less would match another session.
    public static string Micros(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    public static DateTimeOffset Instant(JsonElement json) => DateTimeOffset.Parse(
        json.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    /// <summary>Text of our own or of the configuration, as it is.</summary>
    /// <exception cref="FormatException">It is missing.</exception>
    public static string Own(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException($"The plan has no {name}.");

    public static ForeignText Foreign(JsonElement json, string name) => ForeignText.FromStored(json.GetProperty(name).GetString());
}
