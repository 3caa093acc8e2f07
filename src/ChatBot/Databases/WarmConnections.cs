using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatBot.Databases;

/// <summary>One warm connection per target, by name: opened when the host starts, kept open until it stops.</summary>
/// <remarks>The host starts also when no target can be reached; then it goes on trying.</remarks>
internal abstract partial class WarmConnections<TWarm, TTarget, TConnection>(
    IEnumerable<TWarm> connections, TimeProvider clock, ILogger logger) : IHostedService, IAsyncDisposable
    where TWarm : WarmConnection<TTarget, TConnection>
    where TTarget : IWarmTarget
    where TConnection : DbConnection
{
    /// <summary>A connection that was lost is opened again no sooner than this, whatever went wrong: 1 s.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, TWarm> _connections = connections.ToDictionary(
        connection => connection.Target.Name, StringComparer.Ordinal);

    private readonly CancellationTokenSource _stopping = new();
    private Task _keeping = Task.CompletedTask;
    private bool _disposed;

    /// <exception cref="KeyNotFoundException">No such target is configured.</exception>
    public TWarm this[string target] => _connections[target];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _keeping = Task.WhenAll(_connections.Values.Select(connection => KeepAsync(connection, _stopping.Token)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _keeping.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // Registered as itself and as a hosted service, so the container disposes of it twice.
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        await _stopping.CancelAsync();
        await _keeping;
        foreach (var connection in _connections.Values)
        {
            await connection.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private async Task KeepAsync(TWarm connection, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await connection.PingAsync(stopping);
                await connection.FollowNameAsync(stopping);
                await UntilAsync(connection.Lost, connection.Target.PingEvery, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (TargetUnavailableException unavailable)
            {
                LogUnavailable(connection.Target.Name, unavailable.Reason, unavailable.Message);
                await PauseAsync(connection.RetryIn, stopping);
            }
            catch (Exception unforeseen)
            {
                // Nobody else would open the connection again before the server is full.
                LogUnforeseen(connection.Target.Name, unforeseen);
                await PauseAsync(LoginPause.Longest, stopping);
            }
        }
    }

    private Task PauseAsync(TimeSpan pause, CancellationToken stopping) => UntilAsync(
        Task.Delay(Timeout.InfiniteTimeSpan, clock, stopping), pause > ShortestPause ? pause : ShortestPause, stopping);

    /// <summary>Waits for whichever comes first; a stop is no error here.</summary>
    private async Task UntilAsync(Task happens, TimeSpan orAfter, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(happens, Task.Delay(orAfter, clock, either.Token));
        await either.CancelAsync();
    }

    [LoggerMessage(LogLevel.Warning, "No connection to {Target} ({Reason}): {Explanation}")]
    private partial void LogUnavailable(string target, UnavailableReason reason, string explanation);

    [LoggerMessage(LogLevel.Error, "No connection to {Target}, for a reason that nobody foresaw")]
    private partial void LogUnforeseen(string target, Exception unforeseen);
}
