using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ChatBot.Sandbox.Workloads;

/// <summary>
/// A pod's own network address: what connects to <see cref="Port"/> reaches the database server from
/// <see cref="Source"/>, so that <c>client_addr</c> tells pods apart as it does in a cluster.
/// </summary>
/// <remarks>
/// Npgsql 10 opens its socket itself and has no hook to bind it before it connects, so the bytes go through this relay.
/// Linux accepts every address of 127.0.0.0/8 as its own without any set-up.
/// </remarks>
internal sealed class PodAddress : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, byte> _relays = new();
    private readonly IPEndPoint _server;
    private readonly Task _accepting;

    public PodAddress(IPAddress source, int serverPort)
    {
        Source = source;
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public IPAddress Source { get; }

    /// <summary>Where the pod's pool connects to, on 127.0.0.1.</summary>
    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await Task.WhenAll(_relays.Keys);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) // until it is cancelled
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                var relay = RelayAsync(client);
                _relays[relay] = 0;
                _ = relay.ContinueWith(ended => _relays.TryRemove(ended, out var _), TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            // The pod is gone.
        }
    }

    /// <summary>Passes bytes both ways until either side ends; then neither is left half open.</summary>
    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                server.NoDelay = client.NoDelay = true;
                server.Bind(new IPEndPoint(Source, 0));
                await server.ConnectAsync(_server, _stopping.Token);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                var ways = new[] { CopyAsync(client, server, either.Token), CopyAsync(server, client, either.Token) };
                await Task.WhenAny(ways);
                await either.CancelAsync();
                await Task.WhenAll(ways);
            }
            catch (Exception ended) when (ended is SocketException or OperationCanceledException)
            {
                // One side went away: closing the other is how it gets to know.
            }
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[8192];
        while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
        {
            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), cancellationToken);
            }
        }
    }
}
