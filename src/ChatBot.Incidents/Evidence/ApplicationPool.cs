namespace ChatBot.Incidents.Evidence;

/// <summary>A connection pool inside a service, as its metrics or logs tell.</summary>
/// <param name="Maximum">Null when unknown.</param>
/// <param name="InUse">Connections that the service's code holds.</param>
/// <param name="Waiting">Requests that wait for one.</param>
/// <param name="Timeouts">Requests that gave up, since the last look.</param>
public sealed record ApplicationPool(ForeignText Service, int? Maximum, int InUse, int Waiting, int Timeouts)
{
    /// <summary>The library whose lines in the service's log tell of it, such as HikariCP; null where the pool was asked. A log doesn't say who waits now.</summary>
    public string? Log { get; init; }
}
