namespace ChatBot.Incidents.Findings;

/// <summary>What causes and layers are called, in a few words.</summary>
public static class CauseNames
{
    public static string Of(Cause cause) => cause switch
    {
        Cause.NotExhausted => "not exhausted",
        Cause.AccountLimit => "the limit of one account",
        Cause.DatabaseLimit => "the limit of one database",
        Cause.PoolerSaturated => "the pooler is saturated",
        Cause.ApplicationPool => "an application's own pool is exhausted",
        Cause.LockPileUp => "a lock pile-up",
        Cause.TransactionLeak => "a leak: transactions left open",
        Cause.SlowQueries => "slow statements",
        Cause.IdleLeak => "a leak: idle connections",
        Cause.ConnectionStorm => "a connection storm",
        Cause.RolloutSurge => "a rollout: old and new pods at once",
        Cause.Orphans => "sessions of pods that are gone",
        Cause.Outlier => "one outlier holds many",
        Cause.PodsTimesPool => "too many pods x pool size",
        Cause.TooSmall => "too few slots for the load",
        Cause.Undetermined => "undetermined",
        _ => cause.ToString(),
    };

    public static string Of(Layer layer) => layer switch
    {
        Layer.None => "nothing",
        Layer.Server => "the server's slots",
        Layer.Database => "a database's limit",
        Layer.Account => "an account's limit",
        Layer.Pooler => "the pooler's pool",
        Layer.Application => "an application's pool",
        _ => layer.ToString(),
    };

    /// <summary>What stands before another cause than the verdict's.</summary>
    public static string Beside(Cause cause) => cause is Cause.NotExhausted ? "There is room yet, but" : "Also";

    /// <summary>What a step type does, as the object of "helps:" or "harmful:".</summary>
    public static string OfStep(string step) => step switch
    {
        "terminate-idle" => "ending idle sessions",
        "end-transactions" => "ending sessions idle in a transaction",
        "end-blocker" => "ending what blocks the others",
        "cancel-query" => "cancelling long statements",
        "limit-role" => "limiting one account",
        "restart-service" => "restarting the service",
        "resize-pool" => "a larger pool",
        "raise-limit" => "raising max_connections",
        "pause-rollout" => "pausing a rollout",
        "scale-down" => "fewer pods",
        "raise-own-limit" => "raising the account's or database's own limit",
        "advise-replicas" => "read replicas",
        "advise-pooler" or "pooler" => "a pooler", // the shorter name is in old evidence
        _ => step,
    };
}
