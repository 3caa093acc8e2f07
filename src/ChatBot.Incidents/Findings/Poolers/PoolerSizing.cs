namespace ChatBot.Incidents.Findings.Poolers;

/// <summary>The numbers of a pooler, computed from what was measured.</summary>
/// <param name="PoolSize">Server connections for each pair of user and database.</param>
/// <param name="ReservePool">More of them when a client has waited for a while; 0 when there is no room.</param>
/// <param name="ServerConnections">The most that the pooler opens to the server, all pairs together.</param>
/// <param name="ClientConnections">The most clients that it accepts; those without a server connection wait.</param>
/// <param name="KeptFree">Slots that neither the pooler nor today's direct sessions take.</param>
public sealed record PoolerSizing(int PoolSize, int ReservePool, int ServerConnections, int ClientConnections, int KeptFree)
{
    /// <summary>A measurement every few seconds misses the busiest moment, so half as much again.</summary>
    public const double Headroom = 1.5;

    /// <summary>The share of the capacity that is spent: the rest is for a rollout, a second pooler, a bad day. 85 %.</summary>
    public const double Spent = 0.85;

    /// <summary>Of the capacity, for people, migrations and monitoring, who go past the pooler: 5 %, at least 3.</summary>
    public const double ForPeople = 0.05;

    public const int LeastForPeople = 3;

    /// <summary>Clients cost a pooler about 2 kB each, a refused one costs an incident: twice the peak, at least 200.</summary>
    public const int LeastClients = 200;

    /// <summary>When a page gives no bounds for the pool's size.</summary>
    public static readonly (int From, int To) UsualBounds = (5, 50);

    /// <param name="bounds">For the pool's size; the pool is smaller than the lower one only where the server has no more room.</param>
    public static PoolerSizing Of(PoolerEvidence evidence, (int From, int To) bounds)
    {
        var people = People(evidence);
        var room = Math.Max(1, (int)(evidence.Capacity * Spent) - people - (evidence.Direct ?? 0));
        var size = Math.Min(Math.Clamp(Wanted(evidence) ?? bounds.From, bounds.From, bounds.To), room);
        var reserve = Math.Min((int)Math.Ceiling(size / 4.0), room - size);
        var clients = Math.Max(LeastClients, (int)Math.Ceiling(2 * evidence.PeakUsed / 100.0) * 100);
        return new PoolerSizing(size, reserve, room, clients, Math.Max(0, evidence.Capacity - room - (evidence.Direct ?? 0)));
    }

    /// <summary>What the busiest moment asks for, before any bound; null when nobody saw how busy it was.</summary>
    public static int? Wanted(PoolerEvidence evidence) => evidence.PeakBusy is { } busy ? Math.Max(1, (int)Math.Ceiling(busy * Headroom)) : null;

    public static int People(PoolerEvidence evidence) => Math.Max(LeastForPeople, (int)Math.Ceiling(evidence.Capacity * ForPeople));
}
