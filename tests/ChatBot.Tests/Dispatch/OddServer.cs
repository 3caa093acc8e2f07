using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace ChatBot.Tests.Dispatch;

/// <summary>Something at a target's address that asks for a login nobody offers any more (Kerberos 5), each time.</summary>
/// <remarks>See https://www.postgresql.org/docs/current/protocol-message-formats.html (AuthenticationKerberosV5).</remarks>
internal sealed class OddServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<bool> _logins = Channel.CreateUnbounded<bool>();
    private readonly Task _serving;

    public OddServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Completes when somebody tried to log in since it last completed.</summary>
    public ValueTask<bool> LoginAsync(CancellationToken cancellationToken) => _logins.Reader.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[1024]);
                await stream.WriteAsync(new byte[] { (byte)'R', 0, 0, 0, 8, 0, 0, 0, 2 });
                _ = await stream.ReadAsync(new byte[1024]); // until the driver hangs up
                _logins.Writer.TryWrite(true);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or InvalidOperationException or IOException)
        {
            // The test is over.
        }
    }
}
