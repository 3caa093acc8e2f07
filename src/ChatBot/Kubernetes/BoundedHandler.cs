using System.Net;

namespace ChatBot.Kubernetes;

/// <summary>Reads every answer whole before anybody looks at it: no more than it may hold, and within the call's time.</summary>
/// <remarks>The client itself reads without a limit, and an error's body without a time either. Only a log is handed on as it comes.</remarks>
internal sealed class BoundedHandler : DelegatingHandler
{
    /// <summary>A list of 500 pods has some 5 MiB: 32 MiB.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>Marks a request whose answer is streamed.</summary>
    public static readonly HttpRequestOptionsKey<bool> Streams = new("streams");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode && request.Options.TryGetValue(Streams, out var streams) && streams)
        {
            return response;
        }

        try
        {
            if (response.StatusCode is HttpStatusCode.Found or HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect)
            {
                response.Headers.Location = null; // the token goes nowhere but to the server that is configured
            }

            await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
