using System.Text.RegularExpressions;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>The last statements of a connection that rests in its pool: it came back, or it is being tried before it goes out again.</summary>
/// <remarks>
/// A commit is what Spring with HikariCP leaves behind on PostgreSQL, a rollback SQLAlchemy, "discard all"
/// PgBouncer, "set autocommit" Connector/J, "reset connection" and "ping" what a driver of MySQL sends by itself, "select 1" whoever validates.
/// Npgsql and MySqlConnector reset a connection only when it goes out again (measured): what rests shows the service's own statement.
/// </remarks>
internal static partial class RestStatements
{
    public static bool IsMatch(ForeignText statement) => Names.IsMatch(statement.Value);

    [GeneratedRegex(
        @"^\s*((commit|rollback|end|abort|begin|start transaction|set|show|discard|reset|deallocate|unlisten|close all|ping)\b|select\s+\?\s*;?\s*$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Names { get; }
}
