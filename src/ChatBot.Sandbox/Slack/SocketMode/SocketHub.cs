using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ChatBot.Sandbox.Slack;

/// <summary>The app's Socket Mode connections: tickets, hello, pings, up to ten at a time.</summary>
internal sealed class SocketHub(SlackSimulatorOptions options, CancellationToken stopping)
{
    private const int MostConnections = 10;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _tickets = [];
    private readonly List<SocketConnection> _open = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _lastNumber;

    /// <summary>Called for each frame the app sends.</summary>
    public Action<JsonElement> Received { get; set; } = _ => { };

    /// <summary>Connections that take payloads.</summary>
    public IReadOnlyList<SocketConnection> Open
    {
        get
        {
            lock (_gate)
            {
                return [.. _open.Where(socket => !socket.IsLeaving)];
            }
        }
    }

    /// <summary>Every connection, also those told to go.</summary>
    public IReadOnlyList<SocketConnection> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _open];
            }
        }
    }

    /// <summary>Ends at the next connection opened or closed.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>A ticket that opens one connection, once.</summary>
    public string IssueTicket()
    {
        var ticket = RandomNumberGenerator.GetHexString(32, lowercase: true);
        lock (_gate)
        {
            _tickets.Add(ticket);
        }

        return ticket;
    }

    /// <summary>Serves <c>GET /link/?ticket=…</c> until the connection ends.</summary>
    public async Task ServeAsync(HttpContext http)
    {
        var upgrade = http.Features.Get<IHttpUpgradeFeature>();
        if (upgrade is not { IsUpgradableRequest: true } || http.Request.Headers.SecWebSocketKey.Count != 1)
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        if (!Redeem(http.Request.Query["ticket"].ToString()))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        http.Response.Headers.Upgrade = "websocket";
        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.SecWebSocketAccept = AcceptFor(http.Request.Headers.SecWebSocketKey.ToString());
        var stream = new FreezableStream(await upgrade.UpgradeAsync());
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
        {
            IsServer = true,
            KeepAliveInterval = options.PingInterval,
            KeepAliveTimeout = options.PingInterval,
        });
        var tcp = http.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping, http.RequestAborted);
        var connection = new SocketConnection(NextNumber(), socket, stream, tcp);
        await TalkAsync(connection, ended.Token);
    }

    private async Task TalkAsync(SocketConnection connection, CancellationToken ended)
    {
        var count = Add(connection);
        try
        {
            await connection.SendAsync(Hello(count), ended);
            if (count > MostConnections)
            {
                await connection.DisconnectAsync("too_many_websockets", ended);
                await connection.CloseAsync(ended);
            }

            await connection.ReadAsync(frame => Received(frame), ended);
            await connection.Stream.Thawed.WaitAsync(ended); // a frozen connection stays where it is
        }
        catch (OperationCanceledException)
        {
            // The other side went away, or the simulator stops.
        }
        finally
        {
            Remove(connection);
        }
    }

    private JsonObject Hello(int count) => new()
    {
        ["type"] = "hello",
        ["num_connections"] = count,
        ["debug_info"] = new JsonObject
        {
            ["host"] = "applink-practice",
            ["build_number"] = 1,
            ["approximate_connection_time"] = 3600,
        },
        ["connection_info"] = new JsonObject { ["app_id"] = options.AppId },
    };

    private bool Redeem(string ticket)
    {
        lock (_gate)
        {
            return _tickets.Remove(ticket);
        }
    }

    private int NextNumber() => Interlocked.Increment(ref _lastNumber);

    private int Add(SocketConnection connection)
    {
        lock (_gate)
        {
            _open.Add(connection);
            Signal();
            return _open.Count(socket => !socket.IsLeaving);
        }
    }

    private void Remove(SocketConnection connection)
    {
        lock (_gate)
        {
            _open.Remove(connection);
            Signal();
        }
    }

    private void Signal()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>RFC 6455, 4.2.2: SHA-1 is part of the handshake, not of any security.</summary>
    private static string AcceptFor(string key)
    {
#pragma warning disable CA5350 // the protocol names SHA-1
        var hash = SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }
}
