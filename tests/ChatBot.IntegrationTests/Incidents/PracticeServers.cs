using System.Collections.Concurrent;
using ChatBot.IntegrationTests.Incidents;
using ChatBot.Sandbox.Databases;

[assembly: AssemblyFixture(typeof(PracticeServers))]

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>
/// The servers that incidents are about: at most two at a time, used one test after the other, because making one costs
/// more than most of the tests.
/// </summary>
public sealed class PracticeServers : IAsyncDisposable
{
    /// <summary>All slots of a server, three of them for superusers: 27 for everybody else.</summary>
    internal const int Slots = 30;

    private static readonly SemaphoreSlim AtATime = new(2);
    private static readonly ConcurrentBag<PostgreSqlServer> Free = [];
    private static readonly Lazy<Task<PostgreSqlServer>> Stores = new(() => PostgreSqlServer.StartAsync(maxConnections: 100));

    private static int _stores;

    /// <summary>Waits for its turn.</summary>
    internal static async Task<PostgreSqlServer> RentAsync(CancellationToken cancellationToken)
    {
        await AtATime.WaitAsync(cancellationToken);
        try
        {
            return Free.TryTake(out var free) ? free : await MakeAsync();
        }
        catch
        {
            AtATime.Release();
            throw;
        }
    }

    internal static async Task GiveBackAsync(PostgreSqlServer server)
    {
        try
        {
            await ClearAsync(server);
            Free.Add(server);
        }
        catch (Npgsql.NpgsqlException)
        {
            await server.DisposeAsync(); // a test left it stopped or broken
        }
        finally
        {
            AtATime.Release();
        }
    }

    /// <summary>A server for one test, beside the rented one.</summary>
    internal static async Task<PostgreSqlServer> MakeAsync()
    {
        // A pid, the role, the application and the SQLSTATE stand before what the server says.
        var server = await PostgreSqlServer.StartAsync(Slots, ["log_connections=on", "log_line_prefix='%p %u %a %e '"]);
        await server.ExecuteAsync(
            """
            create role chatbot login connection limit 3;
            alter role chatbot set log_statement = 'all'; -- so that the server tells what the bot ordered
            grant pg_read_all_stats, pg_signal_backend to chatbot;
            create role app login;
            """);
        await server.ExecuteAsync("create database shop");
        return server;
    }

    /// <summary>An empty database for one bot's store, on a server of its own: the practice servers get full.</summary>
    internal static async Task<string> MakeStoreAsync()
    {
        var server = await Stores.Value;
        var name = $"store_{Interlocked.Increment(ref _stores)}";
        await server.ExecuteAsync($"create database {name}");
        return $"Host=127.0.0.1;Port={server.Port};Username=postgres;Database={name}";
    }

    public async ValueTask DisposeAsync()
    {
        while (Free.TryTake(out var server))
        {
            await server.DisposeAsync();
        }

        if (Stores.IsValueCreated)
        {
            await (await Stores.Value).DisposeAsync();
        }
    }

    private static async Task ClearAsync(PostgreSqlServer server)
    {
        await server.ExecuteAsync("alter role chatbot nocreaterole; alter role app connection limit -1");
        await server.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where usename in ('app', 'chatbot')");
        while (await server.ScalarAsync<bool>("select exists (select from pg_stat_activity where usename in ('app', 'chatbot'))"))
        {
            await Task.Yield();
        }
    }
}
