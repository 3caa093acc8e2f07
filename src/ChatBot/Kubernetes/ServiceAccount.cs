using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using k8s;

namespace ChatBot.Kubernetes;

/// <summary>How a pod of the bot reaches the API server of its own cluster.</summary>
/// <param name="Host">As Kubernetes tells its pods; null outside of a cluster.</param>
/// <param name="Folder">Where Kubernetes puts the account's token and the server's authority.</param>
/// <remarks>See https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/.</remarks>
internal sealed record ServiceAccount(string? Host, string? Port, string Folder)
{
    public static readonly ServiceAccount OfThisPod = new(
        Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"),
        Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"),
        "/var/run/secrets/kubernetes.io/serviceaccount");

    public bool IsThere => Host is { Length: > 0 } && ushort.TryParse(Port, NumberStyles.None, CultureInfo.InvariantCulture, out _) && File.Exists(Token);

    private string Token => Path.Combine(Folder, "token");

    /// <exception cref="ClusterUnavailableException">There is no account here, or no authority to know the server by.</exception>
    public KubernetesClientConfiguration Read()
    {
        if (!IsThere)
        {
            throw new ClusterUnavailableException(ClusterTrouble.NotConfigured, "No cluster is configured, and the bot runs in none. Set Kubernetes:KubeconfigFile.");
        }

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(Path.Combine(Folder, "ca.crt"));
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ClusterUnavailableException(ClusterTrouble.NotConfigured, "The service account of the bot's pod has no authority's certificate (ca.crt), so the API server can't be known for sure.");
        }

        var host = IPAddress.TryParse(Host, out var address) && address.AddressFamily is System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Host}]" : Host;
        return new KubernetesClientConfiguration { Host = $"https://{host}:{Port}", SslCaCerts = authorities, TokenProvider = new TokenFile(Token) };
    }
}
