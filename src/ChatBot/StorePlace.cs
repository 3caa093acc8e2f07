using System.Net;
using System.Net.Sockets;
using ChatBot.Configuration;
using Npgsql;

namespace ChatBot;

/// <summary>Keeps the bot's own store off the servers that it is there to help.</summary>
internal static class StorePlace
{
    /// <summary>For all names together, at a start that must not hang on a dead name server.</summary>
    private static readonly TimeSpan ResolveWithin = TimeSpan.FromSeconds(3);

    /// <summary>Compares addresses only; no server is asked. A name that can't be resolved is compared as it is written.</summary>
    /// <returns>The target whose server keeps the store as well; null when there is none, and for a store that is no server.</returns>
    public static async Task<string?> FindTargetAsync(ChatBotOptions options, CancellationToken cancellationToken)
    {
        if (options.Store is not { Engine: StoreEngine.PostgreSql, ConnectionString: { } secret } || PlacesIn(secret) is not { Count: > 0 } stores)
        {
            return null;
        }

        using var deadline = new CancellationTokenSource(ResolveWithin);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        foreach (var target in options.Targets.Values.Where(target => target.Engine is DatabaseEngine.PostgreSql).OrderBy(target => target.Name, StringComparer.Ordinal))
        {
            foreach (var (host, _) in stores.Where(store => store.Port == target.Port))
            {
                if (await AreSameAsync(host, target.Host, limit.Token))
                {
                    return target.Name;
                }
            }
        }

        return null;
    }

    public static string Why(string target) =>
        $"leads to the server of the target {target}. When that is full, the bot could not work any more. Keep its store on another server, or in a file (Store:Engine Sqlite).";

    /// <returns>Null when the connection string can't be read: the store says that itself.</returns>
    private static List<(string Host, int Port)>? PlacesIn(Secret connectionString)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString.Reveal());
            return [.. (settings.Host ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(host => PlaceIn(host, settings.Port))];
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <param name="host">With a port of its own or without: <c>db:5433</c>, <c>[::1]:5433</c>, <c>::1</c>, <c>/run/postgresql</c>.</param>
    private static (string Host, int Port) PlaceIn(string host, int port)
    {
        if (host.StartsWith('/') || (IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 && !host.StartsWith('[')))
        {
            return (host, port);
        }

        var colon = host.LastIndexOf(':');
        return colon > 0 && int.TryParse(host[(colon + 1)..], out var own) ? (host[..colon].Trim('[', ']'), own) : (host.Trim('[', ']'), port);
    }

    private static async Task<bool> AreSameAsync(string store, string target, CancellationToken cancellationToken)
    {
        if (IsSocket(store) && IsSocket(target))
        {
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(store)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        }

        // Two servers of one machine can't share a port: a socket and this machine's own address are the same one.
        if (string.Equals(store.TrimEnd('.'), target.TrimEnd('.'), StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var (here, there) = (await AddressesAsync(store, cancellationToken), await AddressesAsync(target, cancellationToken));
        return (here.Any(IPAddress.IsLoopback) && there.Any(IPAddress.IsLoopback)) || here.Intersect(there).Any();
    }

    private static async Task<IReadOnlyList<IPAddress>> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        if (IsSocket(host))
        {
            return [IPAddress.Loopback];
        }

        if (IPAddress.TryParse(host, out var literal))
        {
            return [Plain(literal)];
        }

        try
        {
            return [.. (await Dns.GetHostAddressesAsync(host, cancellationToken)).Select(Plain)];
        }
        catch (Exception unknown) when (unknown is SocketException or ArgumentException or OperationCanceledException)
        {
            return [];
        }
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool IsSocket(string host) => host.StartsWith('/');
}
