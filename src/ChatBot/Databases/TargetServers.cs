namespace ChatBot.Databases;

/// <summary>Every configured target's server, by the target's name.</summary>
internal sealed class TargetServers(IEnumerable<ITargetServer> servers)
{
    private readonly Dictionary<string, ITargetServer> _servers = servers.ToDictionary(server => server.Target, StringComparer.Ordinal);

    /// <exception cref="KeyNotFoundException">No such target is configured.</exception>
    public ITargetServer this[string target] => _servers[target];
}
