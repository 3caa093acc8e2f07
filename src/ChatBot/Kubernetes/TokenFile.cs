using System.Net.Http.Headers;
using k8s.Authentication;

namespace ChatBot.Kubernetes;

/// <summary>A token that is exchanged under way: read again whenever its file has changed.</summary>
/// <remarks>Kubernetes renews a service account's token before it runs out, about every 50 minutes.</remarks>
internal sealed class TokenFile(string path) : ITokenProvider
{
    private (DateTime ChangedAt, string Token)? _read;

    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new AuthenticationHeaderValue("Bearer", await ReadAsync(cancellationToken));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ClusterUnavailableException(ClusterTrouble.Unknown, "The token of the bot's service account can't be read. Let Kubernetes mount it (automountServiceAccountToken).");
        }
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var changedAt = File.GetLastWriteTimeUtc(path);
        var read = _read;
        if (read is null || read.Value.ChangedAt != changedAt)
        {
            _read = read = (changedAt, (await File.ReadAllTextAsync(path, cancellationToken)).Trim());
        }

        return read.Value.Token;
    }
}
