using System.Text.RegularExpressions;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Databases.PgBouncer;

/// <summary>Asks the PgBouncer in front of a target for its pools, and who its clients are. Reads only.</summary>
/// <remarks>
/// PgBouncer 1.18 or later, and a user in <c>stats_users</c>. The answers come one after the other, so their numbers may
/// differ by what happened in between, which is milliseconds. See https://www.pgbouncer.org/usage.html#show-commands.
/// </remarks>
internal sealed partial class PgBouncerPoolsProbe(IReadOnlyCollection<PgBouncerTarget> poolers, TimeProvider clock)
{
    /// <summary>PgBouncer calls its console a database, with one pool.</summary>
    private const string Console = "pgbouncer";

    /// <summary>PostgreSQL cuts names of users, databases and applications to 63 bytes (NAMEDATALEN); an address fits, too.</summary>
    private const int LongestName = 63;

    /// <summary>More connections than any pooler has: ten million. Sums of them still fit in a number.</summary>
    private const int MostConnections = 10_000_000;

    /// <summary>With more clients than this their list is not asked for; it would have some 6 MB.</summary>
    private const int MostListed = 15_000;

    private readonly Dictionary<string, PgBouncerTarget> _poolers = poolers.ToDictionary(pooler => pooler.Name, StringComparer.Ordinal);

    /// <summary>Whether a pooler is configured for this target.</summary>
    public bool Has(string target) => _poolers.ContainsKey(target);

    /// <exception cref="KeyNotFoundException">No pooler is configured for this target.</exception>
    /// <exception cref="TargetUnavailableException">It could not be asked; says why.</exception>
    public async Task<PoolerPools> ReadAsync(string target, CancellationToken cancellationToken)
    {
        await using var console = await PgBouncerConsole.OpenAsync(_poolers[target], clock, cancellationToken);
        return await ReadAsync(console, cancellationToken);
    }

    internal static async Task<PoolerPools> ReadAsync(PgBouncerConsole console, CancellationToken cancellationToken)
    {
        var version = await console.QueryAsync(ConsoleCommand.Version, cancellationToken);
        var config = await console.QueryAsync(ConsoleCommand.Config, cancellationToken);
        var databases = DatabasesIn(await console.QueryAsync(ConsoleCommand.Databases, cancellationToken), config);
        var pools = PoolsIn(await console.QueryAsync(ConsoleCommand.Pools, cancellationToken), databases);
        var lists = await console.QueryAsync(ConsoleCommand.Lists, cancellationToken);
        var connections = lists.NumberOf("used_clients", "list", "items") ?? 0;
        var clients = connections <= MostListed
            ? ClientsIn(await console.QueryAsync(ConsoleCommand.Clients, cancellationToken))
            : null;

        return new PoolerPools(
            pools,
            clients,
            Math.Max(0, connections - 1), // the bot's own
            config.NumberOf("max_client_conn", "key", "value"),
            VersionIn(version));
    }

    private static Dictionary<string, DatabaseLimits> DatabasesIn(ConsoleRows rows, ConsoleRows config)
    {
        // 1.18 calls it reserve_pool, 1.26 reserve_pool_size.
        var reserve = rows.Has("reserve_pool") ? "reserve_pool" : "reserve_pool_size";
        var databases = new Dictionary<string, DatabaseLimits>(StringComparer.Ordinal)
        {
            // A database that came by "*" a moment ago.
            [""] = new(
                config.NumberOf("default_pool_size", "key", "value"), config.NumberOf("reserve_pool_size", "key", "value"), null, null, IsPaused: false, ""),
        };
        for (var row = 0; row < rows.Count; row++)
        {
            databases[rows.Text(row, "name")] = new DatabaseLimits(
                rows.Number(row, "pool_size", int.MaxValue),
                rows.Number(row, reserve, int.MaxValue),
                rows.Number(row, "max_connections", int.MaxValue) is > 0 and var most ? most : null, // 0 is no limit
                rows.Number(row, "current_connections", MostConnections),
                rows.Text(row, "paused") is not "0" || rows.Text(row, "disabled") is not "0",
                rows.Text(row, "database"));
        }

        return databases;
    }

    private static List<PoolerPool> PoolsIn(ConsoleRows rows, Dictionary<string, DatabaseLimits> databases)
    {
        var pools = new List<PoolerPool>();
        for (var row = 0; row < rows.Count; row++)
        {
            var database = rows.Text(row, "database");
            if (database == Console)
            {
                continue;
            }

            var limits = databases.GetValueOrDefault(database) ?? databases[""];
            pools.Add(new PoolerPool(
                Name(database),
                Name(rows.Text(row, "user")),
                Count(row, "cl_active"),
                Count(row, "cl_waiting"),
                Count(row, "sv_active"),
                Count(row, "sv_idle"),
                Count(row, "sv_used"),
                Count(row, "sv_login"),
                Count(row, "sv_tested") + CountIf(row, "sv_active_cancel") + CountIf(row, "sv_being_canceled"),
                TimeSpan.FromSeconds(rows.Number(row, "maxwait", int.MaxValue)) + TimeSpan.FromMicroseconds(rows.Number(row, "maxwait_us", int.MaxValue)),
                rows.Text(row, "pool_mode") is "session" or "transaction" or "statement" ? rows.Text(row, "pool_mode") : "",
                limits.PoolSize,
                limits.ReserveSize,
                limits.MaxConnections,
                limits.CurrentConnections,
                limits.IsPaused)
            {
                ServerDatabase = Name(limits.Database),
            });
        }

        return
        [
            .. pools
                .OrderByDescending(pool => pool.ClientsWaiting)
                .ThenByDescending(pool => pool.ClientsActive)
                .ThenByDescending(pool => pool.ServersActive)
                .Take(PoolerPools.MostPools),
        ];

        int Count(int row, string column) => rows.Number(row, column, MostConnections);

        // Since 1.18.
        int CountIf(int row, string column) => rows.Has(column) ? Count(row, column) : 0;
    }

    private static List<PoolerClients> ClientsIn(ConsoleRows rows)
    {
        var clients = new List<(string Database, string User, string Application, string Address, bool Waits)>();
        for (var row = 0; row < rows.Count; row++)
        {
            if (rows.Text(row, "database") is not Console and var database)
            {
                clients.Add((
                    database,
                    rows.Text(row, "user"),
                    ApplicationIn(rows, row),
                    rows.Text(row, "addr"),
                    rows.Text(row, "state") == "waiting"));
            }
        }

        return
        [
            .. clients
                .GroupBy(client => (client.Database, client.User, client.Application, client.Address))
                .Select(same => (same.Key, Count: same.Count(), Waiting: same.Count(client => client.Waits)))
                .OrderByDescending(group => group.Count)
                .ThenByDescending(group => group.Waiting)
                .ThenBy(group => group.Key)
                .Take(PoolerPools.MostClients)
                .Select(group => new PoolerClients(
                    Name(group.Key.Database), Name(group.Key.User), Name(group.Key.Application), Name(group.Key.Address), group.Count, group.Waiting)),
        ];
    }

    /// <summary>The name alone: <c>application_name_add_host</c> appends the client's address and port, different for each.</summary>
    private static string ApplicationIn(ConsoleRows rows, int row)
    {
        var name = rows.Has("application_name") ? rows.Text(row, "application_name") : "";
        return name.LastIndexOf(" - ", StringComparison.Ordinal) is >= 0 and var at
            && name.EndsWith($":{rows.Text(row, "port")}", StringComparison.Ordinal)
                ? name[..at]
                : name;
    }

    /// <summary>In 1.18 the answer is <c>PgBouncer 1.18.0</c>.</summary>
    internal static string? VersionIn(ConsoleRows rows) =>
        rows.Count > 0 && Version().Match(rows.Text(0, "version")) is { Success: true } match ? match.Value : null;

    private static ForeignText Name(string text) => ForeignText.From(text, LongestName);

    [GeneratedRegex(@"\b[0-9]{1,4}\.[0-9]{1,4}(\.[0-9]{1,4})?\b")]
    private static partial Regex Version();

    private sealed record DatabaseLimits(int? PoolSize, int? ReserveSize, int? MaxConnections, int? CurrentConnections, bool IsPaused, string Database);
}
