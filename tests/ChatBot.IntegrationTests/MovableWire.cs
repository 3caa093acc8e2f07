using System.Net;
using System.Net.Sockets;

namespace ChatBot.IntegrationTests;

/// <summary>One address in front of several servers, as a name or a virtual address is: a test says which one new connections reach.</summary>
internal sealed class MovableWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _wires = [];
    private readonly Task _accepting;
    private CancellationTokenSource _cut = new();
    private volatile int _to;

    public MovableWire(int to)
    {
        _to = to;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>New connections reach this port; those that are open stay where they are.</summary>
    public void PointTo(int port) => _to = port;

    /// <summary>Breaks what is open.</summary>
    public async Task CutAsync()
    {
        using var cut = Interlocked.Exchange(ref _cut, new CancellationTokenSource());
        await cut.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        await CutAsync();
        await Task.WhenAll(_wires);
        _listener.Dispose();
        _stopping.Dispose();
        _cut.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _wires.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stopping.Token), _cut.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(TcpClient client, CancellationToken cut)
    {
        using var ends = client;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _to, cut);
            await Task.WhenAny(
                client.GetStream().CopyToAsync(server.GetStream(), cut),
                server.GetStream().CopyToAsync(client.GetStream(), cut));
        }
        catch (Exception over) when (over is IOException or SocketException or OperationCanceledException)
        {
            // One end is gone, and the other goes with it.
        }
    }
}
