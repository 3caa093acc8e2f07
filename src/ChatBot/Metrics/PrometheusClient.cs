using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ChatBot.Configuration;

namespace ChatBot.Metrics;

/// <summary>Asks Prometheus for series over a time. Reads only, sends its token nowhere else, and takes no answer without a bound.</summary>
/// <remarks>See https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries.</remarks>
internal sealed class PrometheusClient(PrometheusOptions options) : IDisposable
{
    /// <summary>200 series of 240 points have some 2 MB: 8 MiB.</summary>
    private const long BytesAtMost = 8 * 1024 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan, // each call has its own
        MaxResponseContentBufferSize = BytesAtMost,
    };

    public bool IsConfigured => options.Url is not null;

    /// <returns>Empty when there is no such series.</returns>
    /// <exception cref="MetricsUnavailableException">No answer that can be used; its message says why to a responder.</exception>
    public async Task<IReadOnlyList<PrometheusSeries>> QueryRangeAsync(string query, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellationToken)
    {
        var url = options.Url ?? throw new MetricsUnavailableException("No Prometheus is configured: set Prometheus:Url.");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.CallTimeout);
        try
        {
            // As a form: a long query doesn't fit an address.
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, "api/v1/query_range"))
            {
                Content = new FormUrlEncodedContent(new Dictionary<string, string>
                {
                    ["query"] = query,
                    ["start"] = Seconds(from.ToUnixTimeMilliseconds()),
                    ["end"] = Seconds(to.ToUnixTimeMilliseconds()),
                    ["step"] = Seconds((long)step.TotalMilliseconds),
                    ["timeout"] = Seconds((long)options.CallTimeout.TotalMilliseconds),
                }),
            };
            if (options.Token is { } token)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
            }

            using var response = await _http.SendAsync(request, timeout.Token);
            var body = await response.Content.ReadAsByteArrayAsync(timeout.Token);
            return response.StatusCode is HttpStatusCode.OK ? PrometheusAnswer.Read(body, url) : throw new MetricsUnavailableException(Refused(response.StatusCode, url));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MetricsUnavailableException($"Prometheus at {url.Host} gave no answer within {Duration.Format(options.CallTimeout)} (Prometheus:CallTimeout).");
        }
        catch (HttpRequestException failed)
        {
            throw new MetricsUnavailableException(
                failed.HttpRequestError is HttpRequestError.ConfigurationLimitExceeded
                    ? $"Prometheus at {url.Host} answered with more than {BytesAtMost / 1024 / 1024} MiB. Narrow the labels that select the series."
                    : $"Prometheus at {url.Host} can't be reached. Check Prometheus:Url, and that the bot may get there.",
                failed);
        }
        catch (JsonException damaged)
        {
            throw new MetricsUnavailableException($"What answers at {url.Host} is no Prometheus. Check Prometheus:Url.", damaged);
        }
    }

    public void Dispose() => _http.Dispose();

    private static string Refused(HttpStatusCode status, Uri url) => (int)status switch
    {
        401 or 403 => $"Prometheus at {url.Host} doesn't take the bot's token ({(int)status}). Check Prometheus:TokenFile.",
        404 => $"Nothing at {url.Host} answers as Prometheus does (404). Check the path in Prometheus:Url.",
        400 or 422 => $"Prometheus at {url.Host} can't compute a query ({(int)status}). One of Targets:...:Impact may be no PromQL.",
        503 => $"Prometheus at {url.Host} is overloaded or still starting (503).",
        _ => $"Prometheus at {url.Host} answered with status {(int)status}.",
    };

    private static string Seconds(long milliseconds) => (milliseconds / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);
}
