using System.Buffers;
using System.Net;

namespace ChatBot.Slack;

/// <summary>One request to Slack, once, within its time; what comes of it is an answer or a named failure.</summary>
internal sealed class SlackHttp(SlackWireSettings settings, TimeProvider clock) : IDisposable
{
    /// <summary>The largest answer that is read: 4 MiB, several times the longest page of a list.</summary>
    public const int LargestAnswer = 4 * 1024 * 1024;

    /// <summary>Slack asks for seconds. Whoever asks for more, a proxy perhaps, is asked again after this: 10 minutes.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

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

    /// <param name="method">What a failure is named after.</param>
    /// <param name="read">Makes the answer of a response that is neither 429 nor 5xx.</param>
    public async Task<T> SendAsync<T>(
        string method,
        HttpRequestMessage request,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(settings.CallTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);

        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return StatusFaultOf(method, response) is { } fault ? throw fault : await read(response, either.Token);
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

    /// <returns>Null when it is longer than <see cref="LargestAnswer"/>.</returns>
    public static async Task<ArrayBufferWriter<byte>?> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
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

    /// <summary>Null without the header, or with one that can't be read.</summary>
    public TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date - clock.GetUtcNow());
        return wait is not { } span ? null
            : span < TimeSpan.Zero ? TimeSpan.Zero
            : span > LongestWait ? LongestWait : span;
    }

    public void Dispose() => _http.Dispose();

    private SlackCallException? StatusFaultOf(string method, HttpResponseMessage response) => (int)response.StatusCode switch
    {
        429 => SlackAnswer.RateLimited(method, null, RetryAfter(response)),
        >= 500 and var status => new SlackCallException(
            method, SlackFailure.ServerError, null, RetryAfter(response), true, $"Slack answered with status {status}"),
        _ => null,
    };

    private static bool MayHaveArrived(HttpRequestException broken) =>
        broken.HttpRequestError is not (HttpRequestError.NameResolutionError
            or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError);
}
