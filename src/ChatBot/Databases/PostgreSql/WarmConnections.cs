using Microsoft.Extensions.Logging;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>One warm connection per PostgreSQL target, by name.</summary>
internal sealed class WarmConnections(IEnumerable<PostgreSqlTarget> targets, TimeProvider clock, ILoggerFactory loggers)
    : WarmConnections<WarmConnection, PostgreSqlTarget, NpgsqlConnection>(
        targets.Select(target => new WarmConnection(target, clock, loggers.CreateLogger<WarmConnection>())),
        clock,
        loggers.CreateLogger<WarmConnections>());
