using k8s;
using k8s.Exceptions;
using k8s.KubeConfigModels;
using YamlDotNet.Core;

namespace ChatBot.Kubernetes;

/// <summary>Reads a context of a kubeconfig. Starts no program, whatever the file asks for.</summary>
internal static class Kubeconfig
{
    /// <param name="context">Empty for the current one.</param>
    /// <exception cref="ClusterUnavailableException">It leads to no cluster: a sentence says why.</exception>
    public static async Task<KubernetesClientConfiguration> ReadAsync(string path, string context)
    {
        try
        {
            var file = await LoadAsync(path);
            var name = context.Length > 0 ? context : file.CurrentContext;
            if (name is not { Length: > 0 })
            {
                throw Unusable("The kubeconfig has no current context. Set the service's Context, or current-context in the file.");
            }

            var known = file.Contexts?.FirstOrDefault(one => one.Name == name)
                ?? throw Unusable($"The kubeconfig has no context {context}. Mend the service's Context, or the file.");

            RefusePrograms(file, known);
            var configuration = KubernetesClientConfiguration.BuildConfigFromConfigObject(file, known.Name);
            return IsSafe(configuration.Host)
                ? configuration
                : throw Unusable("The kubeconfig's server is neither https nor this machine, so the bot's token would travel in the open. Give the server's https address.");
        }
        catch (Exception broken) when (broken is KubeConfigException or YamlException or FormatException or IOException or UnauthorizedAccessException
            or ArgumentException or System.Security.Cryptography.CryptographicException)
        {
            throw Unusable("The kubeconfig can't be used: it is no kubeconfig, or lacks the cluster, the user or a certificate that its context names. Try kubectl with the same file.");
        }
    }

    private static async Task<K8SConfiguration> LoadAsync(string path)
    {
        await using var stream = File.OpenRead(path);
        var file = await KubernetesYaml.LoadFromStreamAsync<K8SConfiguration>(stream) ?? throw new FormatException("The file is empty.");
        file.FileName = Path.GetFullPath(path); // certificates are named from where it lies
        return file;
    }

    private static void RefusePrograms(K8SConfiguration file, Context context)
    {
        var user = file.Users?.FirstOrDefault(one => string.Equals(one.Name, context.ContextDetails?.User, StringComparison.OrdinalIgnoreCase));
        if (user?.UserCredentials is { ExternalExecution: not null } or { AuthProvider: not null })
        {
            throw Unusable("The kubeconfig's user logs in with the help of a program (exec or auth-provider), and the bot starts none. Give it the token of a service account, or a certificate.");
        }
    }

    private static bool IsSafe(string host) =>
        Uri.TryCreate(host, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private static ClusterUnavailableException Unusable(string words) => new(ClusterTrouble.NotConfigured, words);
}
