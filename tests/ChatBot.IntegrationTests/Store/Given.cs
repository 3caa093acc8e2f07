using System.Text;
using ChatBot.Store;

namespace ChatBot.IntegrationTests.Store;

/// <summary>Rows that a test needs but isn't about.</summary>
internal static class Given
{
    public const string Incident = "inc-1";
    public const string Target = "orders-db";
    public const string Plan = "plan-1";

    public static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    public static NewEvent Event(string body = "{}", string type = "opened") => new(type, 1, Noon, Encoding.UTF8.GetBytes(body));

    public static IncidentRow Row(string id = Incident, string target = Target, bool isOpen = true, long version = 1) =>
        new(id, target, isOpen ? "Diagnosing" : "Resolved", isOpen, version, "C1", Noon, Noon);

    public static PlanRow PlanRow(string id = Plan) => new(id, Incident, "bytes"u8.ToArray(), "hash"u8.ToArray(), Noon);

    public static InboxRow Delivery(string id = "env-1") => new(id, "slack", "{\"n\":1}", Noon);

    public static NewWork Work(string kind = "draw", string? lane = null, string? mergeKey = null, DateTimeOffset? due = null) =>
        new(kind, Incident, lane, mergeKey, "{}", due ?? Noon);
}
