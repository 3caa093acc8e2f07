using System.Collections.Concurrent;
using ChatBot.Configuration;
using k8s;

namespace ChatBot.Kubernetes;

/// <summary>The clusters of the services, by the kubeconfig's contexts; each is connected to when it is first asked for.</summary>
internal sealed class Clusters(KubernetesOptions options, ServiceAccount account, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, (DateTime ChangedAt, Cluster Cluster)> _known = new(StringComparer.Ordinal);

    /// <summary>Whether there is any. Where there is none, nothing of Kubernetes is asked, and nothing is missing.</summary>
    public bool IsConfigured => options.KubeconfigFile.Length > 0 || account.IsThere;

    /// <param name="context">Empty for the kubeconfig's current one, or the bot's own cluster.</param>
    /// <exception cref="ClusterUnavailableException">The settings lead to none: a sentence says why.</exception>
    public async Task<Cluster> OfAsync(string context)
    {
        // Whoever renews a kubeconfig's token or certificate writes the file.
        var changedAt = options.KubeconfigFile.Length > 0 ? File.GetLastWriteTimeUtc(options.KubeconfigFile) : default;
        if (_known.TryGetValue(context, out var known) && known.ChangedAt == changedAt)
        {
            return known.Cluster;
        }

        var configuration = options.KubeconfigFile.Length > 0 ? await Kubeconfig.ReadAsync(options.KubeconfigFile, context) : account.Read();
        var cluster = new Cluster(context, ClientOf(configuration), options.CallTimeout, clock);
        _known[context] = (changedAt, cluster); // the former one may be in use; it ends with its last call
        return cluster;
    }

    private static k8s.Kubernetes ClientOf(KubernetesClientConfiguration configuration)
    {
        configuration.UserAgent = "chatbot";

        // A log that hangs shares its connection with nobody.
        configuration.DisableHttp2 = true;
        configuration.FirstMessageHandlerSetup = handler =>
        {
            handler.AllowAutoRedirect = false;
            handler.ConnectTimeout = TimeSpan.FromSeconds(5);
            handler.MaxResponseHeadersLength = 64;
        };
        return new k8s.Kubernetes(configuration, new BoundedHandler());
    }
}
