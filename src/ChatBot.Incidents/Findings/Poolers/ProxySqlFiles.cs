using System.Globalization;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Poolers;

/// <summary>The configuration of a ProxySQL 2, without a secret in it: as a file, and as statements for its admin interface.</summary>
/// <remarks>See https://proxysql.com/documentation. No real ProxySQL has read them: there is none where this is built.</remarks>
public static class ProxySqlFiles
{
    public const string Cnf = "proxysql.cnf";
    public const string AdminSql = "proxysql-admin.sql";

    /// <summary>ProxySQL reads it only when it has no database of its own yet.</summary>
    /// <param name="consumers">Null while unknown.</param>
    public static string WriteCnf(
        PooledServer server, PoolerEvidence evidence, PoolerSizing sizing, (int From, int To) bounds, ConnectionConsumers? consumers) => Text(
        $$"""
        # ProxySQL in front of {{ConfigText.Comment(server.Database)}} at {{ConfigText.Comment(server.Host)}}:{{server.Port}}, written by ChatBot from one incident's measurements.
        # {{Reasons.Measured(evidence, server.Engine)}}
        # Who held connections to this database:
        {{Lines("#", Reasons.Held(consumers, server.Database))}}
        # Read at the first start only; a ProxySQL that runs is told by {{AdminSql}}.
        datadir = "/var/lib/proxysql"

        mysql_variables =
        {
          interfaces = "0.0.0.0:6033"
          # {{Reasons.ClientConnections(evidence)}}
          max_connections = {{sizing.ClientConnections}}
          # A client that got no connection to the server for 30 s hears error 9001; in ms.
          connect_timeout_server_max = 30000
          # Of the connections below, this share is kept open while nobody uses them: {{sizing.PoolSize}} of {{sizing.ServerConnections}}, in percent.
          # {{Reasons.PoolSize(evidence, sizing, bounds)}}
          free_connections_pct = {{FreePercent(sizing)}}
        }

        mysql_servers =
        (
          {
            address = {{ConfigText.LibConfig(server.Host) ?? "\"?\""}}
            port = {{server.Port}}
            hostgroup = 0
            # {{Reasons.ServerConnections(evidence)}}
            # Several ProxySQLs share this number: divide it by how many there are.
            max_connections = {{sizing.ServerConnections}}
            use_ssl = {{UseSsl(server)}}
          }
        )

        # Users come with {{AdminSql}}: this file would keep their passwords readable.

        """);

    /// <param name="consumers">Null while unknown.</param>
    public static string WriteAdminSql(PooledServer server, PoolerEvidence evidence, PoolerSizing sizing, ConnectionConsumers? consumers) => Text(
        $"""
        -- For the admin interface of a ProxySQL that runs (port 6032), in front of {ConfigText.Comment(server.Database)} at {ConfigText.Comment(server.Host)}:{server.Port}.
        -- {Reasons.ServerConnections(evidence)}
        REPLACE INTO mysql_servers (hostgroup_id, hostname, port, max_connections, use_ssl)
        VALUES (0, {ConfigText.SqliteLiteral(server.Host) ?? "'?'"}, {server.Port}, {sizing.ServerConnections}, {UseSsl(server)});

        -- {Reasons.ClientConnections(evidence)}
        SET mysql-max_connections = {sizing.ClientConnections};
        SET mysql-connect_timeout_server_max = 30000;
        SET mysql-free_connections_pct = {FreePercent(sizing)};

        -- Multiplexing stops for a session with user variables, temporary tables, LOCK TABLES or GET_LOCK: it then keeps its connection.
        -- One line for each user; the password is typed here and nowhere else. Users seen:
        {Lines("--", Reasons.Held(consumers, server.Database))}
        -- INSERT INTO mysql_users (username, password, default_hostgroup, default_schema) VALUES ('user', 'its password', 0, {Schema(server)});

        LOAD MYSQL SERVERS TO RUNTIME;
        SAVE MYSQL SERVERS TO DISK;
        LOAD MYSQL VARIABLES TO RUNTIME;
        SAVE MYSQL VARIABLES TO DISK;
        LOAD MYSQL USERS TO RUNTIME;
        SAVE MYSQL USERS TO DISK;

        """);

    private static string Schema(PooledServer server) => ConfigText.SqliteLiteral(server.Database) ?? "'?'";

    private static int UseSsl(PooledServer server) => server.Tls is PoolerTls.Disable ? 0 : 1;

    private static int FreePercent(PoolerSizing sizing) => Math.Clamp(100 * sizing.PoolSize / sizing.ServerConnections, 1, 100);

    private static string Lines(string comment, IEnumerable<string> lines) =>
        string.Join('\n', lines.DefaultIfEmpty("  unknown, or nobody").Select(line => $"{comment} {line}"));

    private static string Text(FormattableString words) => words.ToString(CultureInfo.InvariantCulture);
}
