using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings;

/// <summary>Which server it is that answers, in a few words.</summary>
public static class ServerWords
{
    /// <summary>What is seen, and what it was as far as that can be told: the words before and after "since 12:03".</summary>
    /// <remarks>PostgreSQL has no id of its own: a standby shares its primary's, so a restart and a failover look the same.</remarks>
    public static (string Seen, string Was) Changed(AnsweringServer former, AnsweringServer now) => (former.Life.Identity, now.Life.Identity) switch
    {
        ({ Length: > 0 } before, { Length: > 0 } after) when before == after => ("The server answers anew", "restart"),
        ({ Length: > 0 }, { Length: > 0 }) => ("Another server answers", "failover"),
        _ => ("Another server answers", "restart or failover"),
    };

    /// <summary>What it doesn't take; null when it takes everything.</summary>
    public static string? Restricted(AnsweringServer server) => (server.Role, server.IsPostgreSql) switch
    {
        (ServerRole.Primary, _) => null,
        (ServerRole.ReadOnly, _) => "The server that answers is set to read-only.",
        (_, true) => "The server that answers is a standby: it takes no writes.",
        _ => "The server that answers is a replica of another one.",
    };

    /// <summary>What the bot's account lacks to see what others' sessions do.</summary>
    public static string MissingSight(AnsweringServer? server) =>
        server is { IsPostgreSql: false } ? "my account lacks PROCESS" : "my role lacks pg_read_all_stats";
}
