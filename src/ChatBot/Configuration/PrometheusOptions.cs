namespace ChatBot.Configuration;

/// <summary>Section <c>Prometheus</c>: where the metrics of all targets and their services are asked for.</summary>
internal sealed record PrometheusOptions
{
    /// <summary>Of the server, or of what speaks its API (Thanos, Mimir, VictoriaMetrics), ending with a slash; null when there is none.</summary>
    public Uri? Url { get; init; }

    /// <summary>Sent as <c>Authorization: Bearer</c>; null when it asks for none. Keys <c>Token</c> or <c>TokenFile</c>.</summary>
    public Secret? Token { get; init; }

    /// <summary>For one query: from 100 ms to 1 minute.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
