using System.Globalization;
using System.Net;
using k8s;
using k8s.Autorest;

namespace ChatBot.Kubernetes;

/// <summary>One API server: how it is asked and, through a step that applies a plan, changed.</summary>
/// <remarks>A question is asked again when the server says that it is busy. A change never is: whether it happened, the evidence says.</remarks>
internal sealed class Cluster(string context, k8s.Kubernetes client, TimeSpan within, TimeProvider clock)
{
    /// <summary>The first try among them.</summary>
    private const int TriesAtMost = 3;

    /// <summary>Where a busy server doesn't say how long: 500 ms.</summary>
    private static readonly TimeSpan UsualPause = TimeSpan.FromMilliseconds(500);

    /// <summary>The context, empty where there is only one cluster.</summary>
    public string Name { get; } = context;

    public ClusterWords Words { get; } = new(context, client.BaseUri, within);

    /// <exception cref="ClusterUnavailableException">No answer that helps: a sentence says why.</exception>
    public async Task<T> ReadAsync<T>(Access access, Func<IKubernetes, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            using var limit = Limit(cancellationToken);
            try
            {
                return await ask(client, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw Words.TimedOut;
            }
            catch (HttpOperationException busy) when (tries < TriesAtMost && PauseAfter(busy.Response) is { } pause && pause < within)
            {
                await Task.Delay(pause, clock, cancellationToken);
            }
            catch (Exception failure) when (Words.Of(failure, access) is { } trouble)
            {
                throw trouble;
            }
        }
    }

    /// <summary>The object, or null when there is none of this name.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<T?> FindAsync<T>(Access access, Func<IKubernetes, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await ReadAsync(access, ask, cancellationToken);
        }
        catch (ClusterUnavailableException missing) when (missing.Trouble is ClusterTrouble.Missing)
        {
            return null;
        }
    }

    /// <summary>Sends a change, once.</summary>
    public async Task<WriteAnswer> WriteAsync(Access access, Func<IKubernetes, CancellationToken, Task> change, CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        try
        {
            await change(client, limit.Token);
            return new WriteAnswer(WriteFate.Done, "");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WriteAnswer(WriteFate.Unanswered, Words.TimedOut.Message);
        }
        catch (HttpOperationException answered)
        {
            var status = answered.Response.StatusCode;
            return new WriteAnswer(WriteAnswer.FateOf(status), Words.Of(status, access).Message) { Status = status };
        }
        catch (ClusterUnavailableException unsent)
        {
            return new WriteAnswer(WriteFate.Refused, unsent.Message);
        }
        catch (HttpRequestException unsent) when (unsent.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return new WriteAnswer(WriteFate.Refused, Words.Of(unsent, access)!.Message);
        }
        catch (Exception failure) when (Words.Of(failure, access) is { } trouble)
        {
            return new WriteAnswer(WriteFate.Unanswered, trouble.Message);
        }
    }

    /// <summary>Opens a stream of text, such as a log. Whoever reads it bounds its time and its length.</summary>
    /// <param name="path">Below the server's address, escaped.</param>
    /// <returns>The stream; or the status with which the server refused.</returns>
    /// <exception cref="ClusterUnavailableException">No answer that helps: a sentence says why.</exception>
    public async Task<(HttpResponseMessage? Stream, HttpStatusCode Status)> OpenAsync(Access access, string path, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            using var limit = Limit(cancellationToken);
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(client.BaseUri, path)) { Version = HttpVersion.Version11 };
                request.Options.Set(BoundedHandler.Streams, true);
                await (client.Credentials?.ProcessHttpRequestAsync(request, limit.Token) ?? Task.CompletedTask);
                var response = await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (response.IsSuccessStatusCode)
                {
                    return (response, response.StatusCode);
                }

                using (response)
                {
                    if (tries == TriesAtMost || PauseAfter(response.StatusCode, response.Headers.RetryAfter?.Delta) is not { } pause || pause >= within)
                    {
                        return (null, response.StatusCode);
                    }

                    await Task.Delay(pause, clock, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw Words.TimedOut;
            }
            catch (Exception failure) when (Words.Of(failure, access) is { } trouble)
            {
                throw trouble;
            }
        }
    }

    private CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(within);
        return limit;
    }

    private static TimeSpan? PauseAfter(HttpResponseMessageWrapper response) => PauseAfter(
        response.StatusCode,
        response.Headers.TryGetValue("Retry-After", out var after) && int.TryParse(after.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null);

    /// <summary>Null for what does not pass by itself.</summary>
    private static TimeSpan? PauseAfter(HttpStatusCode status, TimeSpan? asked) => status switch
    {
        HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => asked ?? UsualPause,
        _ => null,
    };
}
