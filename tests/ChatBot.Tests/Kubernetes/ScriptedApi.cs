using System.Collections.Concurrent;
using System.Text;
using ChatBot.Configuration;
using ChatBot.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ChatBot.Tests.Kubernetes;

/// <summary>An API server that answers as odd as it is told to: what a simulator of a well-behaved one can't.</summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly string _kubeconfig = Path.GetTempFileName();
    private readonly CancellationTokenSource _ending = new();

    private ScriptedApi(WebApplication server)
    {
        _server = server;
        server.Run(async context =>
        {
            var request = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
            Requests.Enqueue(request);
            var answer = Answers.FirstOrDefault(answer => request.StartsWith(answer.Key, StringComparison.Ordinal)).Value;
            await (answer ?? Json(404, "{}"))(context);
        });
    }

    /// <summary>By the beginning of method, path and query.</summary>
    public Dictionary<string, RequestDelegate> Answers { get; } = [];

    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Ends with the server: for answers that never come.</summary>
    public CancellationToken Ending => _ending.Token;

    public string Url => _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<ScriptedApi> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var api = new ScriptedApi(builder.Build());
        await api._server.StartAsync();
        await File.WriteAllTextAsync(api._kubeconfig, Kubeconfigs.Of(api.Url, "token: secret-canary-token"));
        return api;
    }

    public static RequestDelegate Json(int status, string body) => Text(status, "application/json", body);

    public static RequestDelegate Log(string text) => Text(200, "text/plain", text);

    public static RequestDelegate Text(int status, string type, string body) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body), context.RequestAborted);
    };

    /// <summary>Says nothing until the test is over.</summary>
    public async Task NeverAsync(HttpContext context)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Ending, context.RequestAborted);
        var never = new TaskCompletionSource();
        await using var end = over.Token.Register(() => never.TrySetResult());
        await never.Task;
    }

    public KubernetesOptions Options(TimeSpan? within = null) => new() { KubeconfigFile = _kubeconfig, CallTimeout = within ?? TimeSpan.FromSeconds(30) };

    public Clusters Clusters(TimeSpan? within = null) => new(Options(within), new ServiceAccount(null, null, "/nowhere"), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _server.StopAsync();
        await _server.DisposeAsync();
        _ending.Dispose();
        File.Delete(_kubeconfig);
    }
}
