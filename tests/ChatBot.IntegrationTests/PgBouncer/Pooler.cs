using ChatBot.Configuration;
using ChatBot.Databases.PgBouncer;
using ChatBot.Incidents.Evidence;
using ChatBot.IntegrationTests.PostgreSql;
using ChatBot.Sandbox.Databases;
using Npgsql;

namespace ChatBot.IntegrationTests.PgBouncer;

/// <summary>A real PgBouncer in front of a small server, its clients, and the bot that looks at it.</summary>
internal sealed class Pooler(PgBouncerServer server) : IAsyncDisposable
{
    /// <summary>A password with everything that a protocol or a file could trip over.</summary>
    public const string Password = "a pass'word=\"1,%20";

    private readonly List<NpgsqlConnection> _clients = [];
    private readonly List<Task> _waiting = [];

    public int Port => server.Port;

    /// <summary>As the bot is configured.</summary>
    public PgBouncerTarget Target => new(SmallServer.Name, "127.0.0.1", Port, "chatbot", new Secret(Password)) { Tls = TlsMode.Disable };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="settings">Lines of the section [pgbouncer].</param>
    public static async Task<Pooler> StartAsync(SmallServer behind, params string[] settings) => new(await PgBouncerServer.StartAsync(
        $"""
        [databases]
        * = host=127.0.0.1 port={behind.Server.Port}
        [pgbouncer]
        pool_mode = transaction
        admin_users = admin
        stats_users = chatbot
        ignore_startup_parameters = extra_float_digits,options
        {string.Join('\n', settings)}
        """,
        string.Concat(((string[])["chatbot", "app", "admin"]).Select(user => $"\"{user}\" \"{Password.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n")),
        Token));

    /// <summary>A client with a session at the pooler; it needs a server connection to get in, and gives it back.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(string application)
    {
        var client = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = "app",
            Password = Password,
            Database = "shop",
            ApplicationName = application,
            Pooling = false,
            SslMode = SslMode.Disable,
            Timeout = 60, // s
            CommandTimeout = 60, // s
        }.ConnectionString);
        _clients.Add(client);
        await client.OpenAsync(Token);
        return client;
    }

    /// <summary>Opens transactions, and leaves them open; those that get no server connection wait for one.</summary>
    public async Task BeginAsync(params string[] applications)
    {
        var clients = new List<NpgsqlConnection>();
        foreach (var application in applications)
        {
            clients.Add(await ConnectAsync(application));
        }

        Begin(clients);
    }

    public void Begin(IEnumerable<NpgsqlConnection> clients) => _waiting.AddRange(clients.Select(client => client.RunAsync("begin; select 1")));

    public Task<PoolerPools> ReadAsync() => new PgBouncerPoolsProbe([Target], TimeProvider.System).ReadAsync(SmallServer.Name, Token);

    /// <summary>Looks until it is as the test wants it; the test's own timeout is the limit.</summary>
    public async Task<PoolerPools> UntilAsync(Func<PoolerPools, bool> isSo)
    {
        while (true)
        {
            var pools = await ReadAsync();
            if (isSo(pools))
            {
                return pools;
            }
        }
    }

    public async Task<PgBouncerConsole> OpenAsync(PgBouncerTarget? target = null) =>
        await PgBouncerConsole.OpenAsync(target ?? Target, TimeProvider.System, Token);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        foreach (var waiting in _waiting)
        {
            _ = await Record.ExceptionAsync(() => waiting); // those that still waited lost their connection
        }

        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }
    }
}
