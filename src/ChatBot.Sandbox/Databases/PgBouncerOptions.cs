namespace ChatBot.Sandbox.Databases;

/// <summary>What a test or a story says about its PgBouncer; the rest is as PgBouncer has it.</summary>
/// <remarks>See https://www.pgbouncer.org/config.html.</remarks>
public sealed record PgBouncerOptions
{
    /// <summary>Who may come, and with which password: <c>trust</c> asks for none. The same names log in behind it.</summary>
    public required IReadOnlyDictionary<string, string> Users { get; init; }

    /// <summary><c>trust</c>, or <c>scram-sha-256</c> with the passwords of <see cref="Users"/>.</summary>
    public string AuthType { get; init; } = "trust";

    /// <summary><c>session</c>, <c>transaction</c> or <c>statement</c>.</summary>
    public string PoolMode { get; init; } = "transaction";

    /// <summary>Server connections of one user to one database (<c>default_pool_size</c>).</summary>
    public int PoolSize { get; init; } = 20;

    /// <summary>More of them for clients that wait for long (<c>reserve_pool_size</c>).</summary>
    public int ReserveSize { get; init; }

    /// <summary><c>max_client_conn</c>.</summary>
    public int MaxClients { get; init; } = 100;

    /// <summary>Who may ask the console: <c>SHOW POOLS</c>. Names of <see cref="Users"/>, with commas.</summary>
    public string StatsUsers { get; init; } = "";

    /// <summary>Who may do all on the console: <c>PAUSE</c>. Names of <see cref="Users"/>, with commas.</summary>
    public string AdminUsers { get; init; } = "";

    /// <summary>How long a client waits for a server connection, to the second; zero: for ever. PgBouncer's default is 2 min.</summary>
    public TimeSpan? QueryWaitTimeout { get; init; }

    /// <summary>More lines of the <c>[pgbouncer]</c> section: <c>"server_idle_timeout = 5"</c>.</summary>
    public IReadOnlyList<string> More { get; init; } = [];

    /// <summary>The file, but for the places that <see cref="PgBouncerServer"/> decides.</summary>
    internal string Ini(PostgreSqlServer behind) => string.Join('\n',
    [
        "[databases]",
        $"* = host=127.0.0.1 port={behind.Port}",
        "[pgbouncer]",
        $"auth_type = {AuthType}",
        $"pool_mode = {PoolMode}",
        $"default_pool_size = {PoolSize}",
        $"reserve_pool_size = {ReserveSize}",
        $"max_client_conn = {MaxClients}",
        $"stats_users = {StatsUsers}",
        $"admin_users = {AdminUsers}",
        "ignore_startup_parameters = extra_float_digits,options",
        .. QueryWaitTimeout is { } wait ? [$"query_wait_timeout = {wait.TotalSeconds:0}"] : Array.Empty<string>(),
        .. More,
    ]);

    /// <summary>One line a user; a quote in a name or password is doubled.</summary>
    internal string UserList() => string.Concat(Users.Select(user => $"{Quoted(user.Key)} {Quoted(user.Value)}\n"));

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
