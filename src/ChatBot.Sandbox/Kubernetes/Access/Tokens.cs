using System.Collections.Concurrent;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Bearer tokens and whose they are.</summary>
internal sealed class Tokens
{
    private readonly ConcurrentDictionary<string, ClusterUser> _users = new();

    /// <summary>
    /// Who comes without a token: nobody of rights. Over plain HTTP kubectl sends none, so that one may let it be the admin.
    /// </summary>
    public ClusterUser WithoutToken { get; set; } = ClusterUser.Anonymous;

    public string Issue(ClusterUser user)
    {
        var token = "practice-" + Guid.NewGuid().ToString("n");
        _users[token] = user;
        return token;
    }

    /// <summary>From now on it is answered with 401.</summary>
    public void Revoke(string token) => _users.TryRemove(token, out _);

    /// <summary>Takes all of a user's tokens away, and gives a new one.</summary>
    public string Rotate(ClusterUser user)
    {
        foreach (var (token, _) in _users.Where(entry => entry.Value.Name == user.Name))
        {
            Revoke(token);
        }

        return Issue(user);
    }

    /// <exception cref="ApiRefusal">401: a token that is unknown or no longer good.</exception>
    public ClusterUser Of(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return WithoutToken;
        }

        return header.StartsWith(Scheme, StringComparison.Ordinal) && _users.TryGetValue(header[Scheme.Length..], out var user)
            ? user
            : throw ApiRefusal.Unauthorized();
    }
}
