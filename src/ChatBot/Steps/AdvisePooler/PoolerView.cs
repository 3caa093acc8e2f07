using ChatBot.Incidents.Findings.Poolers;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.AdvisePooler;

/// <summary>What a pooler would have done, its size, and what to look at before it goes live.</summary>
internal static class PoolerView
{
    public static IReadOnlyList<Mrkdwn> Render(PoolerAdvice advice)
    {
        if (advice is not { Evidence: { } evidence, Sizing: { } sizing })
        {
            return [$"Nothing in this incident's evidence says how large a pooler would have to be: the server was never measured."];
        }

        Mrkdwn[] parts = [Need(advice.Engine, evidence), Size(advice.Engine, evidence, sizing), Leaked(evidence), Check(advice.Engine)];
        return [.. parts.Where(part => part.Length > 0)];
    }

    private static Mrkdwn Need(PooledEngine engine, PoolerEvidence evidence) => PoolerNeedRule.Examine(evidence) switch
    {
        PoolerNeed.Helps =>
            $"*A pooler would have helped:* {evidence.PeakUsed} of {evidence.Capacity} slots were in use at the fullest moment, and never more than {evidence.PeakBusy} sessions worked or stood in a transaction at once.",
        PoolerNeed.SavesLittle =>
            $"*A pooler would have saved little:* of {evidence.PeakUsed} sessions at the fullest moment up to {evidence.PeakBusy} worked or stood in a transaction, and they need as many connections behind a pooler. Look at what they ran first.",
        _ => $"{evidence.PeakUsed} of {evidence.Capacity} slots were in use at the fullest moment. What the sessions did is unknown, because {(engine is PooledEngine.PostgreSql ? "my role lacks pg_read_all_stats" : "my account lacks PROCESS")}: the size is the smallest that the page allows.",
    };

    private static Mrkdwn Size(PooledEngine engine, PoolerEvidence evidence, PoolerSizing sizing)
    {
        var name = engine is PooledEngine.PostgreSql ? "PgBouncer" : "ProxySQL";
        var pools = evidence.Pools is { } count ? (Mrkdwn)$" ({count} now)" : Mrkdwn.Empty;
        var direct = evidence.Direct is > 0 and var others ? (Mrkdwn)$" beside {Spoken.Sessions(others)} of other databases" : Mrkdwn.Empty;
        var tight = sizing.ServerConnections < sizing.PoolSize * (evidence.Pools ?? 1)
            ? (Mrkdwn)$" That is less than all pools together: they share it."
            : Mrkdwn.Empty;
        return $"{name}, computed from this: {sizing.PoolSize} server connections for each user and database{pools}, at most {sizing.ServerConnections} in all, so {sizing.KeptFree} slots stay free{direct}; up to {sizing.ClientConnections} clients.{tight} The file says where each number comes from.";
    }

    private static Mrkdwn Leaked(PoolerEvidence evidence) => evidence.PeakInTransaction is > 0 and var seen
        ? $"{Spoken.Sessions(seen)} stood idle in a transaction at once. A pooler doesn't heal that: each keeps its server connection. So the file ends them after 60 s."
        : Mrkdwn.Empty;

    private static Mrkdwn Check(PooledEngine engine) => engine is PooledEngine.PostgreSql
        ? (Mrkdwn)$"*Before it goes live:* transaction mode breaks prepared statements (PgBouncer before 1.21), `SET` outside a transaction, session advisory locks, `LISTEN` and temporary tables. Who uses one of them needs `pool_mode=session`. The files hold no password."
        : (Mrkdwn)$"*Before it goes live:* no real ProxySQL has read these files yet, so try them on one. They hold no password.";
}
