using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatBot.IntegrationTests;

/// <summary>What is on the wire at the moment it is watched.</summary>
public enum Passing
{
    /// <summary>The statement: the server hasn't got it.</summary>
    Statement,

    /// <summary>The server's answer to it: the client hasn't got it.</summary>
    Answer,
}

/// <summary>A TCP wire to the server that waits for a test before it carries a given statement, and before its answer.</summary>
internal sealed class WatchedWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _serverPort;
    private readonly byte[] _statement;
    private readonly Func<Passing, Task> _watch;
    private readonly Task _accepting;

    public WatchedWire(int serverPort, string statement, Func<Passing, Task> watch)
    {
        _serverPort = serverPort;
        _statement = Encoding.UTF8.GetBytes(statement);
        _watch = watch;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>A wire that breaks once, at that moment; after that it works again.</summary>
    /// <param name="cuts">Counts how often that moment came.</param>
    public static WatchedWire CutOnce(int serverPort, string statement, Passing at, out Func<int> cuts)
    {
        var count = 0;
        cuts = () => count;
        return new WatchedWire(serverPort, statement, passing => passing == at && Interlocked.Increment(ref count) == 1
            ? Task.FromException(new IOException("The test cuts the wire here."))
            : Task.CompletedTask);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var wires = new List<Task>();
        try
        {
            while (true)
            {
                wires.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(wires);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var ends = client;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return; // whoever came last came too late
        }

        var answered = true;
        var back = CopyAsync(server, client, async _ =>
        {
            if (!Interlocked.Exchange(ref answered, true))
            {
                await _watch(Passing.Answer);
            }
        });
        var forth = CopyAsync(client, server, async bytes =>
        {
            if (bytes.Span.IndexOf(_statement) >= 0)
            {
                await _watch(Passing.Statement);
                Interlocked.Exchange(ref answered, false);
            }
        });

        await Task.WhenAny(back, forth);
        client.Close();
        server.Close();
        await Task.WhenAll(back, forth);
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, Func<ReadOnlyMemory<byte>, Task> watch)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stopping.Token) is > 0 and var read)
            {
                await watch(buffer.AsMemory(0, read)).WaitAsync(_stopping.Token);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stopping.Token);
            }
        }
        catch (Exception over) when (over is IOException or SocketException or ObjectDisposedException
            or OperationCanceledException or InvalidOperationException)
        {
            // One end is gone, and the other goes with it.
        }
    }
}
