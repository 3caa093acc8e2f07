using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using k8s.Autorest;

namespace ChatBot.Kubernetes;

/// <summary>What can go wrong with a call, in sentences for people. Nothing that a server says gets into them.</summary>
/// <param name="Context">Empty where there is only one cluster.</param>
/// <param name="Server">Its address.</param>
/// <param name="Within">How long a call may take.</param>
internal sealed record ClusterWords(string Context, Uri Server, TimeSpan Within)
{
    private string Where => Context.Length == 0 ? "The API server" : $"The API server of cluster {Context}";

    public ClusterUnavailableException TimedOut => new(
        ClusterTrouble.TimedOut, $"{Where} gave no answer within {Configuration.Duration.Format(Within)}.");

    public ClusterUnavailableException Slowed => new(ClusterTrouble.Throttled, $"{Where} asks the bot to slow down (429). Try again in a minute.");

    /// <summary>Null for what is no trouble of a cluster's: a mistake of ours.</summary>
    public ClusterUnavailableException? Of(Exception failure, Access access) => failure switch
    {
        ClusterUnavailableException known => known,
        HttpOperationException { Response.StatusCode: var status } => Of(status, access),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } or HttpRequestException { InnerException: AuthenticationException } => new(
            ClusterTrouble.Untrusted, $"Whoever answers at {Server.Authority} has no certificate of the configured authority. Check certificate-authority-data, or who stands in between."),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => new(ClusterTrouble.Confused, $"{Where} answered with more than the bot reads."),
        HttpRequestException or IOException => new(ClusterTrouble.Unreachable, $"Nobody answers at {Server.Authority}, or the connection was lost. Check the address and the network policy."),
        JsonException or FormatException or NotSupportedException => new(ClusterTrouble.Confused, $"{Where} answered with something that is no answer of Kubernetes."),
        _ => null,
    };

    public ClusterUnavailableException Of(HttpStatusCode status, Access access) => status switch
    {
        HttpStatusCode.Unauthorized => new(ClusterTrouble.Unknown, $"{Where} doesn't take the bot's token (401). Renew it, or the certificate, in the kubeconfig or for the service account."),
        HttpStatusCode.Forbidden => new(ClusterTrouble.Forbidden, $"The bot may not {access.Words} (403). Add to its Role: {access.Rule}"),
        HttpStatusCode.NotFound when access.Name is not null => new(ClusterTrouble.Missing, $"There is no {access.Thing}."),
        HttpStatusCode.TooManyRequests => Slowed,
        _ => new(ClusterTrouble.Confused, string.Create(CultureInfo.InvariantCulture, $"{Where} answered with an error ({(int)status}).")),
    };
}
