using System.Globalization;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Databases.PostgreSql;

/// <summary>What a person pastes to do to a session what the bot may not: with its pins, so that it does nothing to another one.</summary>
internal static class PastedAct
{
    public static string Statement(SessionAct act, PostgreSqlPin pin)
    {
        string?[] conditions =
        [
            string.Create(CultureInfo.InvariantCulture, $"pid = {pin.ProcessId}"),
            Is("backend_start", pin.StartedAt),
            act switch
            {
                SessionAct.EndTransaction when pin.HoldsTransaction => Is("xact_start", pin.TransactionStartedAt),
                SessionAct.CancelStatement or SessionAct.CancelGate => Is("query_start", pin.QueryStartedAt),
                _ => Is("state_change", pin.StateChangedAt),
            },
        ];
        return $"SELECT {(act.Cancels() ? "pg_cancel_backend" : "pg_terminate_backend")}(pid) FROM pg_stat_activity WHERE {string.Join(" AND ", conditions.OfType<string>())};";
    }

    private static string? Is(string column, DateTimeOffset? at) => at is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"{column} = '{known.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}Z'")
        : null;
}
