using System.Net;
using ChatBot.Sandbox.Databases;
using Npgsql;

namespace ChatBot.Sandbox.Workloads;

/// <summary>One running copy of a service: its own address, its own connection pool.</summary>
internal sealed class Pod : IAsyncDisposable
{
    private readonly PodAddress _address;

    /// <param name="poolSize">Npgsql's Maximum Pool Size; null when it opens a connection for every piece of work.</param>
    public Pod(PostgreSqlServer server, string service, string user, IPAddress address, int? poolSize)
    {
        _address = new PodAddress(address, server.Port);
        Connections = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = _address.Port,
            Username = user,
            Database = Services.Database,
            ApplicationName = service,
            Pooling = poolSize is not null,
            MaxPoolSize = poolSize ?? 1,
            Timeout = 2, // s, for a login and for a free place in the pool
            CommandTimeout = 5, // s
        });
    }

    public NpgsqlDataSource Connections { get; }

    public async ValueTask DisposeAsync()
    {
        await Connections.DisposeAsync();
        await _address.DisposeAsync();
    }
}
