using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatBot.IntegrationTests.PostgreSql;

/// <summary>Where a wire is cut when a given statement comes along.</summary>
public enum Cut
{
    /// <summary>The server never gets it.</summary>
    BeforeItArrives,

    /// <summary>The server carries it out, and the answer is lost.</summary>
    BeforeTheAnswer,
}

/// <summary>A TCP wire to the server that breaks once, at the statement that is told; after that it works again.</summary>
internal sealed class CutWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly byte[] _statement;
    private readonly int _serverPort;
    private readonly Cut _cut;
    private readonly Task _accepting;
    private int _cuts;

    public CutWire(int serverPort, string statement, Cut cut)
    {
        _serverPort = serverPort;
        _statement = Encoding.UTF8.GetBytes(statement);
        _cut = cut;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Cuts => _cuts;

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
        await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stopping.Token);
        var answers = true;
        var back = CopyAsync(server, client, (_, _) => answers);
        await CopyAsync(client, server, (bytes, forward) =>
        {
            if (bytes.IndexOf(_statement) < 0 || Interlocked.Increment(ref _cuts) > 1)
            {
                return true;
            }

            answers = false;
            if (_cut is Cut.BeforeTheAnswer)
            {
                forward.Write(bytes);
            }

            return false;
        });

        if (!answers && _cut is Cut.BeforeTheAnswer)
        {
            await back; // ends at the server's answer, which stays here
        }

        client.Close();
        server.Close();
        await back;
    }

    /// <param name="passes">False cuts the wire.</param>
    private async Task CopyAsync(TcpClient from, TcpClient to, Passes passes)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stopping.Token) is > 0 and var read
                   && passes(buffer.AsSpan(0, read), to.GetStream()))
            {
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stopping.Token);
            }
        }
        catch (Exception over) when (over is IOException or SocketException or ObjectDisposedException or OperationCanceledException
            or InvalidOperationException)
        {
            // One end is gone, and the other goes with it.
        }
    }

    private delegate bool Passes(ReadOnlySpan<byte> bytes, NetworkStream forward);
}
