using System.Buffers;
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
    /// <summary>The largest answer that is read: 4 MiB, several times the longest page of a list.</summary>
    private const int LargestAnswer = 4 * 1024 * 1024;

    /// <summary>Slack asks for seconds. Whoever asks for more, a proxy perhaps, is asked again after this: 10 minutes.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private static readonly JsonSerializerOptions Unescaped = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // A token goes to Slack and nowhere else: no redirects. Addresses are looked up again every few minutes.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // each call has its own
    };

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

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> CallAsync(
        string method,
        JsonObject arguments,
        string token,
        CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(settings.CallTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.ApiUrl, method));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        request.Content = Body(arguments);

        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ReadAsync(method, response, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw NoAnswer($"no answer within {settings.CallTimeout.TotalSeconds:0.#} s", mayHaveHappened: true, null);
        }
        catch (HttpRequestException broken)
        {
            throw NoAnswer($"the connection failed: {broken.GetBaseException().Message}", MayHaveArrived(broken), broken);
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException) // the latter from the decompression
        {
            throw NoAnswer($"the answer broke off: {broken.Message}", mayHaveHappened: true, broken);
        }

        SlackCallException NoAnswer(string detail, bool mayHaveHappened, Exception? cause) =>
            new(method, SlackFailure.NoAnswer, null, null, mayHaveHappened, detail, cause);
    }

    private async Task<JsonElement> ReadAsync(
        string method,
        HttpResponseMessage response,
        CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var retryAfter = RetryAfter(response.Headers.RetryAfter);

        if (response.StatusCode is HttpStatusCode.TooManyRequests)
        {
            throw SlackAnswer.RateLimited(method, null, retryAfter);
        }

        if (status >= 500)
        {
            throw new SlackCallException(
                method, SlackFailure.ServerError, null, retryAfter, true, $"Slack answered with status {status}");
        }

        var body = await ReadBodyAsync(response.Content, cancellationToken);
        var fault = body is null ? $"it is longer than {LargestAnswer} bytes" : null;

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

    /// <returns>Null when it is too long.</returns>
    private static async Task<ArrayBufferWriter<byte>?> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > LargestAnswer)
        {
            return null;
        }

        var body = new ArrayBufferWriter<byte>();
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);

        while (await stream.ReadAsync(body.GetMemory(4096), cancellationToken) is > 0 and var read)
        {
            body.Advance(read);

            if (body.WrittenCount > LargestAnswer)
            {
                return null;
            }
        }

        return body;
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

    /// <summary>Null without the header, or with one that can't be read.</summary>
    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date - clock.GetUtcNow());
        return wait is not { } span ? null
            : span < TimeSpan.Zero ? TimeSpan.Zero
            : span > LongestWait ? LongestWait : span;
    }

    private static bool MayHaveArrived(HttpRequestException broken) =>
        broken.HttpRequestError is not (HttpRequestError.NameResolutionError
            or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError);

    private static string Bearer(Secret token, string which) =>
        token.Reveal() is var text && text.Length > 0 && text.All(sign => sign is > ' ' and <= '~')
            ? $"Bearer {text}"
            : throw new ArgumentException($"The {which} token is empty or has signs no token has. Copy it again from Slack.");
}
