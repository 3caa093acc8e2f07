using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Simulators;

/// <summary>The smallest Slack app there is: calls methods, reads frames, acknowledges when told to.</summary>
internal sealed class PlainApp : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly ClientWebSocket _socket = new();
    private readonly SlackSimulatorOptions _options;

    private PlainApp(SlackSimulator slack)
    {
        _http.BaseAddress = slack.ApiUrl;
        _options = slack.Options;
    }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public WebSocketState State => _socket.State;

    /// <summary>An app with a token and no connection.</summary>
    public static PlainApp Of(SlackSimulator slack) => new(slack);

    /// <summary>An app with one open connection that was greeted.</summary>
    public static async Task<PlainApp> ConnectAsync(SlackSimulator slack)
    {
        var app = new PlainApp(slack);
        await app._socket.ConnectAsync(await app.SocketUrlAsync(), Ended);
        Assert.Equal("hello", (await app.ReceiveAsync()).GetProperty("type").GetString());
        return app;
    }

    public async Task<Uri> SocketUrlAsync()
    {
        var (_, opened) = await CallAsync("apps.connections.open", "{}", _options.AppToken);
        return new Uri(opened.GetProperty("url").GetString()!);
    }

    public Task<(HttpResponseMessage Http, JsonElement Answer)> CallAsync(string method, string json, string? token = null) =>
        SendAsync(method, new StringContent(json, Encoding.UTF8, "application/json"), token);

    public Task<(HttpResponseMessage Http, JsonElement Answer)> CallFormAsync(string method, Dictionary<string, string> form) =>
        SendAsync(method, new FormUrlEncodedContent(form), token: null);

    public async Task<(HttpResponseMessage Http, JsonElement Answer)> SendAsync(string url, HttpContent body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? _options.BotToken);
        var response = await _http.SendAsync(request, Ended);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ended));
        return (response, json.RootElement.Clone());
    }

    public async Task<JsonElement> ReceiveAsync()
    {
        var buffer = new byte[1 << 16];
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(length), Ended);
            length += part.Count;
            if (part.EndOfMessage)
            {
                using var json = JsonDocument.Parse(buffer.AsMemory(0, length));
                return json.RootElement.Clone();
            }
        }
    }

    public Task AcknowledgeAsync(JsonElement envelope, JsonObject? payload = null)
    {
        var frame = new JsonObject { ["envelope_id"] = envelope.GetProperty("envelope_id").GetString() };
        if (payload is not null)
        {
            frame["payload"] = payload;
        }

        return _socket.SendAsync(Encoding.UTF8.GetBytes(frame.ToJsonString()), WebSocketMessageType.Text, true, Ended);
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
