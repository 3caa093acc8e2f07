using Microsoft.Extensions.Logging;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>One warm connection per PostgreSQL target, by name.</summary>
internal sealed class WarmConnections(IEnumerable<PostgreSqlTarget> targets, TimeProvider clock, ILoggerFactory loggers, HostNames? names = null)
    : WarmConnections<WarmConnection, PostgreSqlTarget, NpgsqlConnection>(
        targets.Select(target => new WarmConnection(target, names ?? new HostNames(), clock, loggers.CreateLogger<WarmConnection>())),
        clock,
        loggers.CreateLogger<WarmConnections>());
