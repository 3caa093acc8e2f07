using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Metrics;

/// <summary>One question to Prometheus, and what its curves are.</summary>
/// <param name="Label">Each value of this label is a curve of that name; null where there is one curve.</param>
/// <param name="Name">Of the one curve; before the label's value where there are more.</param>
internal sealed record MetricQuery(GraphKind Kind, string PromQl, string? Label, string Name, bool IsLimit = false);

/// <summary>What is asked about a target: what its exporters call it, whichever of them is there.</summary>
/// <remarks>
/// Names as the exporters' own sources and the drivers have them: postgres_exporter 0.11 (without backend_type) and later,
/// mysqld_exporter, pgbouncer_exporter; HikariCP by Micrometer and by its own tracker; OpenTelemetry's names of Npgsql, MySqlConnector
/// and SQLAlchemy, as Prometheus spells them; client_golang's collector of database/sql.
/// </remarks>
internal static class MetricQueries
{
    /// <summary>What a rate looks back on: longer than four of the usual scrapes.</summary>
    private const string Window = "[5m]";

    private static readonly MetricQuery[] PostgreSql =
    [
        new(GraphKind.Slots, """sum by (state) (pg_stat_activity_count{$sel,backend_type=~"client backend|"})""", "state", ""),
        new(
            GraphKind.Slots,
            "max(pg_settings_max_connections{$sel,}) - (max(pg_settings_superuser_reserved_connections{$sel,}) or vector(0)) - (max(pg_settings_reserved_connections{$sel,}) or vector(0))",
            null,
            "slots for ordinary users",
            IsLimit: true),
    ];

    private static readonly MetricQuery[] MySql =
    [
        new(GraphKind.Slots, "sum(mysql_global_status_threads_running{$sel,})", null, "running"),
        new(GraphKind.Slots, "sum(mysql_global_status_threads_connected{$sel,}) - sum(mysql_global_status_threads_running{$sel,})", null, "not running"),
        new(GraphKind.Slots, "max(mysql_global_variables_max_connections{$sel,})", null, "max_connections", IsLimit: true),
        new(GraphKind.NewConnections, $"sum(rate(mysql_global_status_connections{{$sel,}}{Window}))", null, "new connections"),
        new(GraphKind.Refused, $"sum(increase(mysql_global_status_connection_errors_total{{$sel,error=\"max_connections\"}}{Window}))", null, "refused"),
    ];

    private static readonly MetricQuery[] Pooler =
    [
        new(GraphKind.PoolerWaiting, "sum by (database) (pgbouncer_pools_client_waiting_connections{$sel,})", "database", ""),
    ];

    /// <summary>Of one service; the curve bears its name.</summary>
    private static readonly (GraphKind Kind, string PromQl, bool IsLimit)[] Service =
    [
        (GraphKind.ServicePool, AnyOf("hikaricp_connections_active{$sel,}", "hikaricp_active_connections{$sel,}", """db_client_connection_count{$sel,db_client_connection_state="used"}""", """db_client_connections_usage{$sel,state="used"}""", "go_sql_in_use_connections{$sel,}"), false),
        (GraphKind.ServicePool, AnyOf("hikaricp_connections_max{$sel,}", "hikaricp_max_connections{$sel,}", "db_client_connection_max{$sel,}", "db_client_connections_max{$sel,}", "go_sql_max_open_connections{$sel,}"), true),
        (GraphKind.ServiceWaiting, AnyOf("hikaricp_connections_pending{$sel,}", "hikaricp_pending_threads{$sel,}", "db_client_connection_npgsql_pending_requests{$sel,}", "db_client_connection_pending_requests{$sel,}", "db_client_connections_pending_requests{$sel,}"), false),
        (GraphKind.AcquireTime, MeanOf("hikaricp_connections_acquire_seconds", "db_client_connection_wait_time_seconds", "db_client_connections_wait_time_seconds"), false),
        (GraphKind.CreateTime, MeanOf("hikaricp_connections_creation_seconds", "db_client_connection_create_time_seconds", "db_client_connections_create_time_seconds"), false),
    ];

    /// <summary>Those that the settings say whose series they are; empty when they say nothing.</summary>
    public static IReadOnlyList<MetricQuery> Of(TargetOptions target)
    {
        var queries = new List<MetricQuery>(target.Impact.Select(impact => new MetricQuery(GraphKind.Impact, impact.Value, null, impact.Key)));
        if (target.Prometheus.Count > 0)
        {
            queries.AddRange(Filled(target.Engine is DatabaseEngine.PostgreSql ? PostgreSql : MySql, target.Prometheus));
        }

        if (target.PgBouncer is { Prometheus: { Count: > 0 } pooler })
        {
            queries.AddRange(Filled(Pooler, pooler));
        }

        foreach (var (service, options) in target.Services.Where(service => service.Value.Prometheus.Count > 0).OrderBy(service => service.Key, StringComparer.Ordinal))
        {
            queries.AddRange(Service.Select(query => new MetricQuery(query.Kind, PromQl.Fill(query.PromQl, options.Prometheus), null, service, query.IsLimit)));
        }

        return queries;
    }

    private static IEnumerable<MetricQuery> Filled(IEnumerable<MetricQuery> queries, IReadOnlyDictionary<string, string> labels) =>
        queries.Select(query => query with { PromQl = PromQl.Fill(query.PromQl, labels) });

    /// <summary>Whichever of these is there.</summary>
    private static string AnyOf(params string[] series) => string.Join(" or ", series.Select(one => $"sum({one})"));

    /// <summary>The mean of what was timed lately: a histogram's or a summary's sum by its count.</summary>
    private static string MeanOf(params string[] timers) => string.Join(
        " or ", timers.Select(timer => $"sum(rate({timer}_sum{{$sel,}}{Window})) / sum(rate({timer}_count{{$sel,}}{Window}))"));
}
