using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChatBot.IntegrationTests.Wire;

/// <summary>
/// Sockets that follow a test's script frame by frame: silent ones, cut ones, oversized ones. The simulator stands for
/// Slack as it is; this stands for what Slack should never do.
/// </summary>
internal sealed class ScriptedSlack : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _sockets;
    private int _opens;

    private ScriptedSlack(WebApplication app)
    {
        _app = app;
    }

    public Uri ApiUrl => new(new Uri(_app.Urls.Single()), "api/");

    /// <summary>Calls of apps.connections.open.</summary>
    public int Opens => Volatile.Read(ref _opens);

    /// <summary>What the bot sent on any socket, with the socket's number from 1.</summary>
    public Channel<(int Socket, string Message)> Received { get; } = Channel.CreateUnbounded<(int, string)>();

    /// <param name="script">What happens on a socket; it is given the socket's number from 1. Its end hangs up.</param>
    public static async Task<ScriptedSlack> StartAsync(Func<Connection, Task> script)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var slack = new ScriptedSlack(app);
        app.UseWebSockets();
        app.MapPost("/api/apps.connections.open", () =>
        {
            Interlocked.Increment(ref slack._opens);
            return Results.Json(new { ok = true, url = $"{app.Urls.Single().Replace("http", "ws", StringComparison.Ordinal)}/link" });
        });
        app.Map("/link", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var connection = new Connection(Interlocked.Increment(ref slack._sockets), socket, context, slack);

            try
            {
                await script(connection);
            }
            catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException)
            {
                // The bot hung up, or the test is over.
            }
        });
        await app.StartAsync();
        return slack;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    internal sealed class Connection(int number, WebSocket socket, HttpContext context, ScriptedSlack slack)
    {
        public int Number => number;

        public WebSocket Socket => socket;

        public CancellationToken Gone => context.RequestAborted;

        /// <summary>Reads nothing, so answers no ping and hears no goodbye, until the connection ends.</summary>
        public Task UntilGoneAsync() => new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);

        public Task HelloAsync() => SendAsync("""{"type":"hello"}""");

        public Task SendAsync(string frame) => SendAsync(Encoding.UTF8.GetBytes(frame));

        public Task SendAsync(byte[] frame, WebSocketMessageType type = WebSocketMessageType.Text, bool endOfMessage = true) =>
            socket.SendAsync(frame, type, endOfMessage, Gone);

        public Task EnvelopeAsync(string id) =>
            SendAsync($$"""{"envelope_id":"{{id}}","type":"events_api","payload":{} }""");

        /// <summary>Keeps what the bot sends until it says goodbye.</summary>
        public async Task ReceiveAsync()
        {
            var buffer = new byte[64 * 1024];

            while (await socket.ReceiveAsync(buffer, Gone) is { MessageType: not WebSocketMessageType.Close } part)
            {
                await slack.Received.Writer.WriteAsync((number, Encoding.UTF8.GetString(buffer, 0, part.Count)), Gone);
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Gone);
        }

        /// <summary>A reset, without a goodbye.</summary>
        public void Reset() => context.Abort();
    }
}
