using System.Data.Common;
using System.Net;
using ChatBot.Sandbox.Workloads;
using MySqlConnector;
using Npgsql;

namespace ChatBot.Sandbox.Situations;

/// <summary>One running copy of a service: its own address, and the real pool of a real driver.</summary>
internal sealed class CrewPod : IAsyncDisposable
{
    private readonly PodAddress _address;

    private CrewPod(PodAddress address, DbDataSource connections)
    {
        _address = address;
        Connections = connections;
    }

    public DbDataSource Connections { get; }

    /// <summary>A pod that uses PostgreSQL, or a PgBouncer.</summary>
    /// <param name="poolSize">Npgsql's Maximum Pool Size; null when it opens a connection for every piece of work.</param>
    public static CrewPod OnPostgreSql(int port, string service, string user, string database, IPAddress address, int? poolSize, bool resets)
    {
        var own = new PodAddress(address, port);
        var builder = new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = own.Port,
            Username = user,
            Database = database,
            ApplicationName = service,
            Pooling = poolSize is not null,
            MaxPoolSize = poolSize ?? 1,
            NoResetOnClose = !resets, // or its name is lost behind a PgBouncer
            Timeout = 5, // s, for a login and for a free place in the pool
            CommandTimeout = 0,
            SslMode = SslMode.Disable,
        }.ConnectionString);
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false)); // else a client of a pooler wants a server connection as soon as it logs in
        return new CrewPod(own, builder.Build());
    }

    /// <summary>A pod that uses MySQL or MariaDB.</summary>
    /// <param name="poolSize">MySqlConnector's Maximum Pool Size; null when it opens a connection for every piece of work.</param>
    public static CrewPod OnMySql(int port, string service, string user, string database, IPAddress address, int? poolSize, bool resets)
    {
        var own = new PodAddress(address, port);
        return new CrewPod(own, new MySqlDataSource(new MySqlConnectionStringBuilder
        {
            Server = "127.0.0.1",
            Port = (uint)own.Port,
            UserID = user,
            Database = database,
            ApplicationName = service,
            Pooling = poolSize is not null,
            MaximumPoolSize = (uint)(poolSize ?? 1),
            ConnectionReset = resets, // measured: MariaDB no longer counts a session that was reset toward its account's limit
            ConnectionTimeout = 5, // s
            DefaultCommandTimeout = 0,
            SslMode = MySqlSslMode.None,
            AllowPublicKeyRetrieval = true,
        }.ConnectionString));
    }

    public async ValueTask DisposeAsync()
    {
        await Connections.DisposeAsync();
        await _address.DisposeAsync();
    }
}
