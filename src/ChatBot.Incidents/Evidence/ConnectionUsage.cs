namespace ChatBot.Incidents.Evidence;

/// <summary>How full a server is for ordinary users, at one moment: numbers only.</summary>
/// <param name="Used">Slots that client sessions hold, the bot's own included.</param>
/// <param name="Capacity">Slots that ordinary users can have: all but the reserved ones.</param>
/// <param name="MaxConnections">All slots of the server.</param>
/// <param name="Idle">Sessions that do nothing, outside a transaction.</param>
/// <param name="IdleInTransaction">Sessions that do nothing inside an open (or failed) transaction.</param>
/// <param name="Active">Sessions that run a statement.</param>
/// <param name="WaitingForLock">Of the active ones, those that wait for a lock.</param>
/// <param name="RunbookCount">What the runbook's plain <c>count(*)</c> prints; it counts background processes too.</param>
/// <param name="SeesEverything">False when the bot may not see others' sessions; then the states are unknown and only <paramref name="Used"/> holds.</param>
/// <param name="RefusedLogins">How often the server refused the bot's own login with "full" (53300) before it got in; any refusal proves exhaustion.</param>
public sealed record ConnectionUsage(
    int Used,
    int Capacity,
    int MaxConnections,
    int Idle,
    int IdleInTransaction,
    int Active,
    int WaitingForLock,
    int RunbookCount,
    bool SeesEverything,
    int RefusedLogins)
{
    /// <summary>Who says so; null in logs from before that was asked.</summary>
    public AnsweringServer? Server { get; init; }

    /// <summary>
    /// No more than <see cref="Used"/> are taken, and maybe fewer: to a role without <c>pg_read_all_stats</c> PostgreSQL
    /// counts parallel workers too, which take no slot. MySQL and MariaDB count exactly, whoever asks.
    /// </summary>
    public bool IsUpperBound => !SeesEverything && Server is not { IsPostgreSql: false };

    /// <summary>From 0 to about 1; more when the server counts sessions that the capacity does not.</summary>
    public double Ratio => Capacity > 0 ? (double)Used / Capacity : 1;

    public int Free => Math.Max(0, Capacity - Used);
}
