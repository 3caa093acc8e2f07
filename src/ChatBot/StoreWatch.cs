using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace ChatBot;

/// <summary>Stops the bot when a target turns out to be the very server that keeps its store, whatever their addresses say.</summary>
/// <remarks>Asked once for each target, of the first connection that gets there: a start waits for no target, and no login is
/// made for this. A failover later on stops nobody in the middle of an incident.</remarks>
internal sealed class StoreWatch(ChatBotOptions options, WarmConnections connections, IHostApplicationLifetime host, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private StoreNeighbour? _found;

    /// <summary>Why the bot was stopped; null when it was not for this.</summary>
    public StoreNeighbour? Found => Volatile.Read(ref _found);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(options.Targets.Values
        .Where(target => target.Engine is DatabaseEngine.PostgreSql)
        .Select(target => CompareAsync(target.Name, stoppingToken)));

    private async Task CompareAsync(string target, CancellationToken stopping)
    {
        try
        {
            bool? isSame;
            while ((isSame = await IsSameAsync(target, stopping)) is null)
            {
                await Task.Delay(Pause, clock, stopping);
            }

            if (isSame is true)
            {
                Interlocked.CompareExchange(ref _found, new StoreNeighbour(target, IsPooler: false), null);
                host.StopApplication();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The bot stops before it could be told.
        }
    }

    /// <returns>Null when one of the two can't be asked now.</returns>
    private async Task<bool?> IsSameAsync(string target, CancellationToken cancellationToken)
    {
        var connection = connections[target];
        if (connection.CameInBy is null || await StorePlace.IdentityAsync(options, cancellationToken) is not { } store)
        {
            return null; // whoever keeps them open is at it
        }

        try
        {
            return store.IsSameAs(await connection.UseAsync(PostgreSqlFacts.IdentityAsync, cancellationToken));
        }
        catch (TargetUnavailableException)
        {
            return null;
        }
        catch (NpgsqlException)
        {
            return false; // a server that doesn't tell is none that can be compared
        }
    }
}
