using static ChatBot.Incidents.Findings.Cause;
using static ChatBot.Incidents.Findings.Worth;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>What each step would bring against a cause, and against what stands behind it.</summary>
public static class StepWorths
{
    /// <summary>All steps that are judged, in the order in which a card lists them.</summary>
    /// <remarks><c>raise-own-limit</c> and <c>raise-limit</c> are what people do by hand: raise the limit of the account or database, or <c>max_connections</c>.</remarks>
    public static readonly IReadOnlyList<string> Names =
    [
        "terminate-idle", "end-transactions", "end-blocker", "cancel-query", "limit-role", "restart-service", "pause-rollout", "scale-down",
        ResizePool, "advise-pooler", "advise-replicas", "raise-own-limit", "raise-limit",
    ];

    private const string ResizePool = "resize-pool";

    /// <summary>What reaches the sessions that hold a lower limit's slots.</summary>
    private static readonly string[] AtSessions = ["terminate-idle", "end-transactions", "end-blocker", "cancel-query", "restart-service"];

    /// <summary>What gives a service's own pool its connections back: what they wait for, or the pool itself anew.</summary>
    private static readonly string[] AtPool = ["end-blocker", "cancel-query", "restart-service"];

    public static IReadOnlyList<StepWorth> Of(Cause cause) => [.. Names.Zip(WorthTable.Rows[cause], (name, row) => new StepWorth(name, row.Worth, row.Why))];

    /// <summary>Against the main cause, and what was found behind it: who sits in the slots of a limit, or what will fill a server that has room yet.</summary>
    internal static IReadOnlyList<StepWorth> Of(CauseFinding main, IReadOnlyList<CauseFinding> behind) =>
        [.. Of(main).Select(own => Behind(main.Cause, own, [.. behind.Select(other => Of(other).Single(step => step.Step == own.Step))], behind) ?? own)];

    private static IEnumerable<StepWorth> Of(CauseFinding finding) => Of(finding.Cause).Select(usual => finding.Steps.FirstOrDefault(here => here.Step == usual.Step) ?? usual);

    /// <summary>Null where what stands behind changes nothing.</summary>
    private static StepWorth? Behind(Cause cause, StepWorth own, StepWorth[] others, IReadOnlyList<CauseFinding> behind)
    {
        return cause switch
        {
            AccountLimit or DatabaseLimit or PoolerSaturated => AtSessions.Contains(own.Step) ? First(Helps) : null,
            ApplicationPool when own.Step == ResizePool => behind.Any(other => other.Cause is TooSmall)
                ? new StepWorth(own.Step, Helps, "Nearly all sessions of the service are at work: its pool is too small for it, and the server has room.")
                : First(Harmful),
            ApplicationPool => AtPool.Contains(own.Step) ? First(Helps) : null,
            NotExhausted => First(Helps) ?? First(Harmful),
            _ => null,
        };

        StepWorth? First(Worth worth) => others.FirstOrDefault(other => other.Worth == worth);
    }
}
