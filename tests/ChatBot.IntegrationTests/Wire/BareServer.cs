using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatBot.IntegrationTests.Wire;

/// <summary>
/// Answers each connection with bytes of the test's choosing, good HTTP or not: what the Slack simulator, being a web
/// server, can't be made to send.
/// </summary>
internal sealed class BareServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly Func<NetworkStream, CancellationToken, Task> _answer;
    private readonly Task _accepting;
    private string _lastRequest = "";

    private BareServer(Func<NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri ApiUrl => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/api/");

    /// <summary>Head and body of the request that came last.</summary>
    public string LastRequest => Volatile.Read(ref _lastRequest);

    public int Requests { get; private set; }

    /// <param name="response">Sent as it is; the connection is closed after it.</param>
    public static BareServer Answering(string response) => Answering(Encoding.UTF8.GetBytes(response));

    public static BareServer Answering(byte[] response) => new((stream, stop) => stream.WriteAsync(response, stop).AsTask());

    /// <param name="body">Sent with status 200 and the right length.</param>
    public static BareServer AnsweringJson(string body) => AnsweringJson(Encoding.UTF8.GetBytes(body));

    public static BareServer AnsweringJson(byte[] body) => Answering(
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"), .. body]);

    public static BareServer Doing(Func<NetworkStream, CancellationToken, Task> answer) => new(answer);

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stopped.Token);
                await ServeAsync(client.GetStream());
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        try
        {
            Volatile.Write(ref _lastRequest, await ReadRequestAsync(stream));
            Requests++;
            await _answer(stream, _stopped.Token);
            stream.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is IOException or SocketException)
        {
            // The client hung up, as some tests want it to.
        }
    }

    private async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;

        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), _stopped.Token);
            length += read;
            var request = Encoding.UTF8.GetString(buffer, 0, length);

            if (read == 0 || IsComplete(request))
            {
                return request;
            }
        }
    }

    private static bool IsComplete(string request)
    {
        const string header = "Content-Length: ";
        var head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var at = request.IndexOf(header, StringComparison.OrdinalIgnoreCase);

        return head >= 0
            && (at < 0 || Encoding.UTF8.GetByteCount(request[(head + 4)..])
                >= int.Parse(request[(at + header.Length)..request.IndexOf('\r', at)], provider: null));
    }
}
