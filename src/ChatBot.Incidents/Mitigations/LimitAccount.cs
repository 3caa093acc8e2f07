using System.Text.Json;

namespace ChatBot.Incidents.Mitigations;

/// <summary>Limits how many connections an account may have, or puts the limit back. Nobody who is connected is disconnected.</summary>
/// <param name="User">The account's name in its sessions, as the server holds it: compared, never shown as it is.</param>
/// <param name="Account">The account as its limit names it, as the server holds it: compared, never shown as it is.</param>
/// <param name="From">The limit that it has to have still; null for none.</param>
/// <param name="To">The limit that it gets; null for none.</param>
/// <param name="Used">Sessions it had, on the whole server, when the plan was drawn up.</param>
/// <param name="Capacity">Slots that ordinary users can have.</param>
/// <param name="IsUndo">It puts back what an earlier plan of the incident changed.</param>
public sealed record LimitAccount(ServerPin Server, string User, string Account, int? From, int? To, int Used, int Capacity, bool IsUndo) : Mitigation
{
    public const string StoredName = "limit-role/1";

    public static readonly MitigationKind Kind = new(StoredName, Read);

    /// <summary>MySQL or MariaDB: a first limit counts only the sessions that are opened after it.</summary>
    public bool IsMySql { get; init; }

    public AccountLimitChange Change => new(Server, Account, From, To);

    /// <summary>What puts back the limit from before this plan.</summary>
    public AccountLimitChange Back => new(Server, Account, To, From);

    public override Lasting Lasting => IsUndo ? Lasting.Undo : Lasting.UntilUndone;

    public override string Name => StoredName;

    public override int Steps => 1;

    public override string PinOf(int number) => $"{PinJson.Text(Server)}|{Account}|{PinJson.Text(From)}|{PinJson.Text(To)}";

    public override void WriteTo(Utf8JsonWriter json)
    {
        PinJson.Write(json, Server);
        json.WriteString("user", User);
        json.WriteString("account", Account);
        PinJson.Write(json, "from", From, json.WriteNumberValue);
        PinJson.Write(json, "to", To, json.WriteNumberValue);
        json.WriteNumber("used", Used);
        json.WriteNumber("capacity", Capacity);
        json.WriteBoolean("undo", IsUndo);
        if (IsMySql)
        {
            json.WriteBoolean("mySql", true);
        }
    }

    private static LimitAccount Read(JsonElement json) => new(
        PinJson.ReadServer(json),
        json.GetProperty("user").GetString() ?? throw new FormatException("The limit has no user."),
        json.GetProperty("account").GetString() ?? throw new FormatException("The limit has no account."),
        Limit(json.GetProperty("from")),
        Limit(json.GetProperty("to")),
        json.GetProperty("used").GetInt32(),
        json.GetProperty("capacity").GetInt32(),
        json.GetProperty("undo").GetBoolean())
    {
        IsMySql = json.TryGetProperty("mySql", out var mySql) && mySql.GetBoolean(),
    };

    private static int? Limit(JsonElement json) => json.ValueKind is JsonValueKind.Null ? null : json.GetInt32();
}
