using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ChatBot.Configuration;
using ChatBot.Terminal;
using Polly;
using Polly.Retry;

namespace ChatBot.Commands;

/// <summary>Talks to a running bot on this machine.</summary>
internal sealed class TerminalClient : IDisposable
{
    /// <summary>Longer than the bot takes to say that it has no answer yet.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A lost answer, and one that isn't there yet, are asked for again. A wish keeps its key, so it is done once.</summary>
    private static readonly ResiliencePipeline<HttpResponseMessage> Again = new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(200),
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                .Handle<HttpRequestException>()
                .HandleResult(answer => answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.ServiceUnavailable),
            OnRetry = retry =>
            {
                retry.Outcome.Result?.Dispose();
                return default;
            },
        })
        .Build();

    private readonly HttpClient _http;

    /// <param name="address">Of this machine: the token goes there unencrypted.</param>
    public TerminalClient(Uri address, Secret token)
    {
        // No proxy, no redirect, no cookies: the token goes there and nowhere else.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
        {
            BaseAddress = address,
            Timeout = Patience,
        };
        try
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        }
        catch (FormatException)
        {
            _http.Dispose();
            throw new TerminalException("This is no token: it has a line break or a sign in it that no token has.");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <exception cref="TerminalException"></exception>
    public async Task<T> AskAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        return answer.StatusCode is HttpStatusCode.OK
            ? await ReadAsync<T>(answer, cancellationToken)
            : throw new TerminalException((await ReadAsync<TerminalAnswer>(answer, cancellationToken)).Said);
    }

    /// <exception cref="TerminalException"></exception>
    public async Task<TerminalAnswer> WishAsync<T>(string path, T wish, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString();
        using var answer = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, path)
            {
                Headers = { { TerminalEndpoints.KeyHeader, key } },
                Content = JsonContent.Create(wish, options: TerminalJson.Options),
            },
            cancellationToken);
        return await ReadAsync<TerminalAnswer>(answer, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        try
        {
            return await Again.ExecuteAsync(
                async token =>
                {
                    using var request = make();
                    return await _http.SendAsync(request, token);
                },
                cancellationToken);
        }
        catch (Exception unanswered) when (unanswered is HttpRequestException || (unanswered is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TerminalException($"No bot answers at {_http.BaseAddress}. Is it running, with this Terminal:Port? If you pressed something, look at the incident before you press again.", unanswered);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync<T>(TerminalJson.Options, cancellationToken) ?? throw new JsonException();
        }
        catch (JsonException odd)
        {
            throw new TerminalException($"Whoever answers at that address isn't the bot, or is one of another version (HTTP {(int)answer.StatusCode}).", odd);
        }
    }
}
