using System.Net;
using System.Net.Sockets;
using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PostgreSql;
using Npgsql;

namespace ChatBot;

/// <summary>Keeps the bot's own store off the servers that it is there to help.</summary>
internal static class StorePlace
{
    /// <summary>For all names together, at a start that must not hang on a dead name server.</summary>
    private static readonly TimeSpan ResolveWithin = TimeSpan.FromSeconds(3);

    /// <summary>Compares addresses only; no server is asked. A name that can't be resolved is compared as it is written.</summary>
    /// <returns>Whose server or pooler keeps the store as well; null when there is none, and for a store that is no server.</returns>
    public static async Task<StoreNeighbour?> FindAsync(ChatBotOptions options, CancellationToken cancellationToken)
    {
        if (ConnectionStringOf(options) is not { } secret || PlacesIn(secret) is not { Count: > 0 } stores)
        {
            return null;
        }

        using var deadline = new CancellationTokenSource(ResolveWithin);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        foreach (var (host, port, neighbour) in options.Targets.Values.OrderBy(target => target.Name, StringComparer.Ordinal).SelectMany(PlacesOf))
        {
            foreach (var (store, _) in stores.Where(store => store.Port == port))
            {
                if (await AreSameAsync(store, host, limit.Token))
                {
                    return neighbour;
                }
            }
        }

        return null;
    }

    /// <summary>What the store's server says of itself: two addresses that lead to the same one can't be told apart otherwise.</summary>
    /// <returns>Null when it does not answer, or the store is no server: whether it can be used is for the store to say.</returns>
    public static async Task<ServerIdentity?> IdentityAsync(ChatBotOptions options, CancellationToken cancellationToken)
    {
        if (ConnectionStringOf(options) is not { } secret)
        {
            return null;
        }

        try
        {
            await using var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(secret.Reveal()) { Pooling = false, Timeout = 5, CommandTimeout = 5 }.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return await PostgreSqlFacts.IdentityAsync(connection, cancellationToken);
        }
        catch (Exception unusable) when (unusable is NpgsqlException or ArgumentException or FormatException or KeyNotFoundException or TimeoutException or SocketException)
        {
            return null;
        }
    }

    /// <returns>Null for a store that is no server.</returns>
    private static Secret? ConnectionStringOf(ChatBotOptions options) =>
        options.Store is { Engine: StoreEngine.PostgreSql, ConnectionString: { } secret } ? secret : null;

    private static IEnumerable<(string Host, int Port, StoreNeighbour Neighbour)> PlacesOf(TargetOptions target)
    {
        if (target.Engine is DatabaseEngine.PostgreSql)
        {
            yield return (target.Host, target.Port, new(target.Name, IsPooler: false));
        }

        if (target.PgBouncer is { } pooler)
        {
            yield return (pooler.Host, pooler.Port, new(target.Name, IsPooler: true));
        }
    }

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

/// <summary>What the bot's store must not depend on.</summary>
/// <param name="IsPooler">The target's pooler rather than its server.</param>
internal sealed record StoreNeighbour(string Target, bool IsPooler)
{
    /// <summary>Follows the name of the setting.</summary>
    public string Why =>
        $"leads to the {(IsPooler ? "pooler" : "server")} of the target {Target}. When that is full, the bot could not work any more. Keep its store on another server, or in a file (Store:Engine Sqlite).";
}
