using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>The warm connection to a MySQL or MariaDB server.</summary>
internal sealed class MySqlWarmConnection(MySqlTarget target, HostNames names, TimeProvider clock, ILogger<MySqlWarmConnection> logger)
    : WarmConnection<MySqlTarget, MySqlConnection>(new MySqlLogin(target), names, clock, logger);

/// <summary>One warm connection per MySQL or MariaDB target, by name.</summary>
internal sealed class MySqlConnections(IEnumerable<MySqlTarget> targets, TimeProvider clock, ILoggerFactory loggers, HostNames? names = null)
    : WarmConnections<MySqlWarmConnection, MySqlTarget, MySqlConnection>(
        targets.Select(target => new MySqlWarmConnection(target, names ?? new HostNames(), clock, loggers.CreateLogger<MySqlWarmConnection>())),
        clock,
        loggers.CreateLogger<MySqlConnections>());
