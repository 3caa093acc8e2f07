using System.Net.Sockets;
using ChatBot.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatBot.Terminal;

/// <summary>An HTTP server on the loopback interface, for the day that Slack is down. It opens before the bot works and closes before it stops.</summary>
internal sealed class TerminalDoor : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>The largest wish: 8 KiB.</summary>
    private const int LargestBody = 8 * 1024;

    /// <summary>A decision is waited for, for 15 s; the rest is for reading and writing.</summary>
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(20);

    private readonly WebApplication _server;
    private readonly int _port;

    public TerminalDoor(ChatBotOptions options, TerminalGate gate, TerminalEndpoints endpoints, ILoggerFactory logs)
    {
        _port = options.Terminal.Port;

        // Empty: no variable and no file but the bot's own settings moves this door to another address.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, InsideAnother>();
        builder.Services.AddRoutingCore();
        builder.Services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new() { Timeout = RequestTime });

        // A page in a browser on this machine can reach the loopback interface under a name of its own (DNS rebinding).
        builder.Services.AddHostFiltering(filtering =>
        {
            filtering.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"];
            filtering.AllowEmptyHosts = false;
            filtering.IncludeFailureMessage = false;
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);

        _server = builder.Build();
        _server.UseHostFiltering();
        _server.Use(gate.PassAsync);
        _server.UseRouting();
        _server.UseRequestTimeouts();
        endpoints.Map(_server);
    }

    /// <exception cref="DoorBlockedException"></exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _server.StartAsync(cancellationToken);
        }
        catch (Exception blocked) when (blocked is IOException or SocketException)
        {
            throw new DoorBlockedException($"found {_port}, which this machine doesn't let me listen at  expected a free port", blocked);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Whoever waits for an answer gets it: the decisions stop later.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.ListenLocalhost(_port, listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestBody;
        kestrel.Limits.MaxRequestHeadersTotalSize = LargestBody;
        kestrel.Limits.MaxConcurrentConnections = 50;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
    }

    /// <summary>Signals that end the program are the bot's own affair.</summary>
    private sealed class InsideAnother : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>The door's port can't be used.</summary>
internal sealed class DoorBlockedException(string message, Exception cause) : Exception(message, cause);
