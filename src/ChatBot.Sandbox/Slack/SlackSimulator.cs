using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ChatBot.Sandbox.Slack;

/// <summary>A Slack of our own on 127.0.0.1: Web API, Socket Mode and response URLs, with people in it.</summary>
public sealed class SlackSimulator : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly CancellationTokenSource _stopping;

    private SlackSimulator(WebApplication server, CancellationTokenSource stopping, SlackSimulatorOptions options)
    {
        (_server, _stopping, Options) = (server, stopping, options);
        Workspace = new SlackWorkspace(options);
        var blocks = new BlockCheck(Workspace.NewId);
        var triggers = new Triggers(options);
        var hub = new SocketHub(options, stopping.Token);
        Faults = new SlackFaults(options, hub);
        Calls = new ApiCalls();
        var sender = new EnvelopeSender(options, hub, Faults);
        Deliveries = sender.Deliveries;
        var responses = new ResponseUrls(options, Workspace, blocks);
        var uploads = new FileUploads(Workspace);
        var interactions = new Interactions(Workspace, sender, triggers, responses, blocks);
        Workspace.Seat = user => new SlackPerson(Workspace, options, interactions, user.Id, stopping.Token);
        var api = new WebApi(
            options,
            Faults,
            Calls,
            new RateGate(options.RateLimits, options.Time),
            Workspace,
            [
                .. new ChatMethods(options, Workspace, blocks, Posted).All,
                .. new FileMethods(Workspace, uploads, Posted).All,
                .. new ConversationMethods(Workspace).All,
                .. new PeopleMethods(Workspace, NewSocketUrl).All,
                .. new ViewMethods(Workspace, triggers, blocks).All,
            ],
            stopping.Token);

        string NewSocketUrl() => $"ws://127.0.0.1:{Port}/link/?ticket={hub.IssueTicket()}&app_id={options.AppId}";

        // Slack tells an app of its own messages too; a bot has to know itself.
        void Posted(SlackMessage message) => _ = AppEvents.TellAsync(
            options, Workspace, interactions, Workspace.RequireChannel(message.ChannelId), message, stopping.Token);

        server.MapPost("/api/{method}", (HttpContext http, string method) => api.ServeAsync(http, method));
        server.MapGet("/api/{method}", (HttpContext http, string method) => api.ServeAsync(http, method));
        server.MapGet("/link/", hub.ServeAsync);
        server.MapPost("/response/{team}/{id}", (HttpContext http, string id) => api.RespondAsync(http, responses, id));
        server.MapPost("/upload/v1/{ticket}", (HttpContext http, string ticket) => api.TakeFileAsync(http, uploads, ticket));
        ControlEndpoints.Map(server, this);
        Listening = () => responses.BaseUrl = uploads.BaseUrl = Url;
    }

    /// <summary>For <c>slackApiUrl</c> and its like: <c>http://127.0.0.1:PORT/api/</c>.</summary>
    public Uri ApiUrl => new(Url + "/api/");

    /// <summary>The same people and faults over HTTP, for scripts: <c>http://127.0.0.1:PORT/control/</c>.</summary>
    public Uri ControlUrl => new(Url + "/control/");

    public SlackSimulatorOptions Options { get; }

    public SlackWorkspace Workspace { get; }

    public SlackFaults Faults { get; }

    public Deliveries Deliveries { get; }

    public ApiCalls Calls { get; }

    private int Port { get; set; }

    private string Url => $"http://127.0.0.1:{Port}";

    private Action Listening { get; }

    /// <summary>Starts a simulator; it listens when this returns.</summary>
    public static async Task<SlackSimulator> StartAsync(
        SlackSimulatorOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new SlackSimulatorOptions();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.Sources.Clear(); // nobody's appsettings.json or environment
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddSingleton<IHostLifetime, Unattended>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var server = builder.Build();
        var stopping = new CancellationTokenSource();
        var simulator = new SlackSimulator(server, stopping, options);
        await server.StartAsync(cancellationToken);
        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        simulator.Port = new Uri(addresses.Addresses.First()).Port;
        simulator.Listening();
        return simulator;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Faults.DropSockets();
        await _server.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>Ctrl+C and SIGTERM belong to the program around the simulator.</summary>
    private sealed class Unattended : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
