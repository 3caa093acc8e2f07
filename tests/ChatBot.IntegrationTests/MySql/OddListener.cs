using System.Net;
using System.Net.Sockets;

namespace ChatBot.IntegrationTests.MySql;

/// <summary>Something else than a database: says these bytes to whoever connects, then nothing more.</summary>
internal sealed class OddListener : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _clients = [];
    private readonly Task _accepting;

    public OddListener(byte[] says, bool thenCloses = false)
    {
        _listener.Start();
        _accepting = AcceptAsync(says, thenCloses);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        _clients.ForEach(client => client.Dispose());
    }

    private async Task AcceptAsync(byte[] says, bool thenCloses)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(CancellationToken.None);
                _clients.Add(client);
                await client.SendAsync(says, CancellationToken.None);
                if (thenCloses)
                {
                    client.Dispose();
                }
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException) // the last: stopped between two clients
        {
            // The test is over.
        }
    }
}
