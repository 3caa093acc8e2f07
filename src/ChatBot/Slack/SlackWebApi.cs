using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatBot.Configuration;

namespace ChatBot.Slack;

/// <summary>Calls Slack's Web API, each call once. See https://docs.slack.dev/apis/web-api.</summary>
internal sealed class SlackWebApi(SlackWireSettings settings, TimeProvider clock) : IDisposable
{
    private static readonly JsonSerializerOptions Unescaped = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly SlackHttp _http = new(settings, clock);

    private readonly string _bot = Bearer(settings.BotToken, "bot");
    private readonly string _app = Bearer(settings.AppToken, "app");

    public Task<JsonElement> CallAsync(string method, JsonObject arguments, CancellationToken cancellationToken) =>
        CallAsync(method, arguments, _bot, cancellationToken);

    /// <summary>Asks for the address of a new socket. The address holds a ticket: it isn't for logs.</summary>
    public async Task<Uri> OpenConnectionAsync(CancellationToken cancellationToken)
    {
        const string method = "apps.connections.open";
        var answer = await CallAsync(method, [], _app, cancellationToken);

        // A socket in the clear only where the calls are in the clear: the practice workspace.
        return answer.TryGetProperty("url", out var url)
            && url.ValueKind is JsonValueKind.String
            && Uri.TryCreate(url.GetString(), UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeWss
                || (address.Scheme == Uri.UriSchemeWs && settings.ApiUrl.Scheme == Uri.UriSchemeHttp))
                ? address
                : throw new SlackCallException(
                    method, SlackFailure.Unreadable, null, null, false, "the answer has no socket address that can be used");
    }

    /// <summary>Posts the bytes of a file to the address that <c>files.getUploadURLExternal</c> gave for them. No token goes there.</summary>
    /// <param name="uploadUrl">As it came, to be used once. It works like a key: it isn't for logs.</param>
    /// <exception cref="SlackCallException">Slack doesn't have the file, or nobody knows.</exception>
    public async Task UploadAsync(string uploadUrl, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        const string method = "upload of a file";

        if (UploadAddress.Read(uploadUrl, settings.ApiUrl) is not { } address)
        {
            throw new SlackCallException(
                method, SlackFailure.Unreadable, null, null, false,
                $"the address to send it to isn't Slack's, so nothing was sent. Is there a proxy between the bot and {settings.ApiUrl.Host}?");
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        await _http.SendAsync(method, request, Taken, cancellationToken);

        // "Slack will return HTTP 200 if the upload succeeds": what it says beside that isn't read.
        static Task<bool> Taken(HttpResponseMessage response, CancellationToken cancellationToken) =>
            response.StatusCode is HttpStatusCode.OK
                ? Task.FromResult(true)
                : throw new SlackCallException(
                    method, SlackFailure.Unreadable, null, null, false, $"Slack didn't take the file (status {(int)response.StatusCode})");
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> CallAsync(
        string method,
        JsonObject arguments,
        string token,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.ApiUrl, method));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        request.Content = Body(arguments);

        return await _http.SendAsync(method, request, (response, ended) => ReadAsync(method, response, ended), cancellationToken);
    }

    private async Task<JsonElement> ReadAsync(
        string method,
        HttpResponseMessage response,
        CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var retryAfter = _http.RetryAfter(response);
        var body = await SlackHttp.ReadBodyAsync(response.Content, cancellationToken);
        var fault = body is null ? $"it is longer than {SlackHttp.LargestAnswer} bytes" : null;

        // What counts is what the body is, whatever its Content-Type says: proxies leave it out or make it up.
        var answer = body is null ? default : StrictJson.Read(body.WrittenSpan, out fault);

        return fault is null
            ? SlackAnswer.FaultOf(method, answer, retryAfter) is { } refused ? throw refused : answer
            : throw new SlackCallException(
                method,
                SlackFailure.Unreadable,
                null,
                retryAfter,
                mayHaveHappened: status < 300, // a redirect or a 4xx isn't Slack's yes
                $"the answer (status {status}, {response.Content.Headers.ContentType?.MediaType ?? "no content type"}) "
                    + $"can't be read, because {fault}. Is there a proxy between the bot and {settings.ApiUrl.Host}?");
    }

    /// <summary>
    /// JSON where an argument has a structure, else a form: methods that read, such as <c>users.info</c> and
    /// <c>usergroups.users.list</c>, ignore JSON, while a form is good for every method.
    /// See https://docs.slack.dev/apis/web-api ("for write methods that support JSON").
    /// </summary>
    private static HttpContent Body(JsonObject arguments)
    {
        if (arguments.All(argument => argument.Value is null or JsonValue))
        {
            return new FormUrlEncodedContent(
                arguments.Where(argument => argument.Value is not null)
                    .Select(argument => KeyValuePair.Create(argument.Key, $"{argument.Value}")));
        }

        var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(arguments, Unescaped));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        return body;
    }

    private static string Bearer(Secret token, string which) =>
        token.Reveal() is var text && text.Length > 0 && text.All(sign => sign is > ' ' and <= '~')
            ? $"Bearer {text}"
            : throw new ArgumentException($"The {which} token is empty or has signs no token has. Copy it again from Slack.");
}
