using Microsoft.Extensions.Logging;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>The warm connection to a PostgreSQL server.</summary>
internal sealed class WarmConnection(PostgreSqlTarget target, HostNames names, TimeProvider clock, ILogger<WarmConnection> logger)
    : WarmConnection<PostgreSqlTarget, NpgsqlConnection>(new PostgreSqlLogin(target), names, clock, logger);
