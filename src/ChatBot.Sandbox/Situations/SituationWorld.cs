using System.Data.Common;
using System.Net;
using ChatBot.Sandbox.Databases;
using MySqlConnector;
using Npgsql;

namespace ChatBot.Sandbox.Situations;

/// <summary>A situation's servers and services, made for it and gone with it.</summary>
internal sealed class SituationWorld : IAsyncDisposable
{
    public const string Database = "orders";

    /// <summary>From which age on an idle session stands still for the bot here: 4 s. All that is used in turns is used far more often, also on a slow machine.</summary>
    public static readonly TimeSpan StillFor = TimeSpan.FromSeconds(4);

    /// <summary>What ordinary users can have.</summary>
    public int Slots => Situation.Slots;

    /// <summary>What a watcher's connection is called; it is the superuser's, and there from the beginning to the end.</summary>
    public const string WatcherName = "watcher";

    /// <summary>A witness that the trouble is there comes within a minute, or never.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly List<Crew> _crews = [];
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly int _seed;
    private DbConnection? _watcher;

    private SituationWorld(Situation situation, int seed, CancellationToken cancellationToken)
    {
        (Situation, _seed, Cancelled) = (situation, seed, cancellationToken);
    }

    public Situation Situation { get; }

    public PostgreSqlServer? PostgreSql { get; private set; }

    public PgBouncerServer? Pooler { get; private set; }

    public MySqlProcess? MySql { get; private set; }

    /// <summary>The services in it, in the order in which they came.</summary>
    public IReadOnlyList<Crew> Crews => _crews;

    /// <summary>Whoever runs the situation gave up.</summary>
    public CancellationToken Cancelled { get; }

    /// <summary>Where the database server listens, on 127.0.0.1.</summary>
    public int ServerPort => PostgreSql?.Port ?? MySql!.Port;

    /// <summary>Who the bot logs in as, at the server and at the pooler.</summary>
    public const string BotUser = "chatbot";

    /// <summary>Starts the servers; nothing happens on them yet. Takes a second or two.</summary>
    /// <param name="seed">Decides the rhythm of the clients.</param>
    /// <exception cref="InvalidOperationException">A server is missing or did not start; says why.</exception>
    public static async Task<SituationWorld> StartAsync(Situation situation, int seed, CancellationToken cancellationToken)
    {
        var world = new SituationWorld(situation, seed, cancellationToken);
        try
        {
            await (situation.Engine is SituationEngine.MariaDb or SituationEngine.MySql ? world.StartMySqlAsync() : world.StartPostgreSqlAsync());
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives the bot what the shipped manifests give it, limits of accounts included, and nothing else.</summary>
    public async Task GrantAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "manifests");
        if (PostgreSql is not null)
        {
            // The order in which they are written: the second builds on the first.
            foreach (var name in new[] { "postgresql.sql", "postgresql-limit-role.sql" })
            {
                await PostgreSql.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(folder, name), Cancelled), Database, Cancelled);
            }

            return;
        }

        // They need the client: only that knows DELIMITER. The bot has no password here.
        var manifest = Path.Combine(folder, MySql is MariaDbServer ? "mariadb.sql" : "mysql.sql");
        await ServerPrograms.RunAsync("mariadb", ["--no-defaults", $"--socket={MySql!.Socket}", "-uroot", "-e", $"source {manifest}"], folder, asUser: null, Cancelled);
        await MySql.ExecuteAsync($"alter user '{BotUser}'@'%' account unlock", cancellationToken: Cancelled);

        // Limits of accounts are optional there, two lines behind a comment sign; PostgreSQL has a file of its own for them.
        foreach (var line in await File.ReadAllLinesAsync(manifest, Cancelled))
        {
            if (line.StartsWith("-- grant create user on", StringComparison.Ordinal) || line.StartsWith("-- grant execute on procedure chatbot.limit_account", StringComparison.Ordinal))
            {
                await MySql.ExecuteAsync(line[3..], cancellationToken: Cancelled);
            }
        }
    }

    /// <summary>A service: a user of its own if it isn't there yet, and pods with addresses of their own. Nobody connects yet.</summary>
    /// <param name="poolSize">The pool of each pod; null when a pod opens a connection for every piece of work.</param>
    /// <param name="resets">As the drivers do it unless told otherwise: a connection that comes back is reset. Behind a PgBouncer its name is lost then.</param>
    /// <param name="isDirect">Past the pooler.</param>
    public async Task<Crew> ServiceAsync(string name, string user, int pods, int? poolSize, string database = Database, bool resets = false, bool isDirect = false)
    {
        await ExecuteAsync(MySql is null
            ? $"""
               do $$ begin if not exists (select from pg_roles where rolname = '{user}') then create role {user} login; end if; end $$;
               grant pg_write_all_data, pg_read_all_data to {user}
               """
            : $"create user if not exists '{user}'@'%'; grant all on {Database}.* to '{user}'@'%'");
        var number = (byte)(_crews.Count + 1);
        var port = isDirect ? ServerPort : Pooler?.Port ?? ServerPort;
        var crew = new Crew(
            name,
            user,
            [
                .. Enumerable.Range(0, pods).Select(i =>
                {
                    var address = new IPAddress([127, 0, number, (byte)(11 + i)]);
                    return MySql is null
                        ? CrewPod.OnPostgreSql(port, name, user, database, address, poolSize, resets)
                        : CrewPod.OnMySql(port, name, user, database, address, poolSize, resets);
                }),
            ],
            _seed + (1000 * number));
        _crews.Add(crew);
        return crew;
    }

    /// <summary>Runs SQL as the superuser, over the watcher's connection.</summary>
    public Task ExecuteAsync(string sql) => WatchAsync(async command =>
    {
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync(Cancelled);
    });

    /// <summary>One number, asked as the superuser over the watcher's connection.</summary>
    public Task<long> CountAsync(string sql) => WatchAsync(async command =>
    {
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(Cancelled), System.Globalization.CultureInfo.InvariantCulture);
    });

    /// <summary>All rows, asked as the superuser over the watcher's connection.</summary>
    public Task<IReadOnlyList<T>> RowsAsync<T>(string sql, Func<DbDataReader, T> row) => WatchAsync(async command =>
    {
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var rows = new List<T>();
        while (await reader.ReadAsync(Cancelled))
        {
            rows.Add(row(reader));
        }

        return (IReadOnlyList<T>)rows;
    });

    /// <summary>Waits until the server itself says that there are so many.</summary>
    /// <exception cref="TimeoutException">It doesn't come to that; says how far it came.</exception>
    public Task UntilAsync(string count, long atLeast) => UntilAsync(() => CountAsync(count), atLeast, count);

    /// <summary>Waits until there are so many, by any count.</summary>
    /// <exception cref="TimeoutException">It doesn't come to that; says how far it came.</exception>
    public async Task UntilAsync(Func<Task<long>> countAsync, long atLeast, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(Patience);
        // Whoever asks InnoDB more than ten times a second gets the same old answer for ever.
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(150));
        var last = 0L;
        try
        {
            while ((last = await countAsync()) < atLeast)
            {
                await pace.WaitForNextTickAsync(patience.Token);
            }
        }
        catch (OperationCanceledException) when (!Cancelled.IsCancellationRequested)
        {
            throw new TimeoutException($"{Situation.Name}: there are {last} instead of {atLeast} after a minute: {what}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The servers first: whatever a client waits for ends at once.
        if (_watcher is not null)
        {
            await _watcher.DisposeAsync();
        }

        foreach (var server in new IAsyncDisposable?[] { Pooler, PostgreSql, MySql })
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }

        await Task.WhenAll(_crews.Select(crew => crew.DisposeAsync().AsTask()));
        _oneAtATime.Dispose();
    }

    private async Task StartPostgreSqlAsync()
    {
        PostgreSql = await PostgreSqlServer.StartAsync(Slots + 3, Situation.ServerSettings, Cancelled);
        await PostgreSql.ExecuteAsync($"create database {Database}", cancellationToken: Cancelled);
        await PostgreSql.ExecuteAsync(
            """
            create table orders (id bigint generated always as identity primary key, total_cents bigint not null, status text not null);
            insert into orders (total_cents, status) select 100 * n, 'paid' from generate_series(1, 500) n;
            create table invoices (id bigint generated always as identity primary key, total_cents bigint not null);
            insert into invoices (total_cents) select 100 * n from generate_series(1, 500) n
            """,
            Database,
            Cancelled);
        var watcher = new NpgsqlConnectionStringBuilder(PostgreSql.ConnectionString("postgres", Database)) { ApplicationName = WatcherName };
        _watcher = new NpgsqlConnection(watcher.ConnectionString);
        await _watcher.OpenAsync(Cancelled);
        if (Situation.Engine is SituationEngine.PgBouncer)
        {
            Pooler = await PgBouncerServer.StartAsync(
                PostgreSql,
                new PgBouncerOptions
                {
                    Users = new Dictionary<string, string> { [BotUser] = "", ["shop"] = "", ["payment"] = "" },
                    StatsUsers = BotUser,
                    PoolSize = Situation.PoolerSize,
                    PoolMode = Situation.SessionPooling ? "session" : "transaction",
                    More = Situation.PoolerSettings,
                },
                Cancelled);
        }
    }

    private async Task StartMySqlAsync()
    {
        // A waiting client doesn't give up while somebody looks.
        string[] settings = ["--innodb-lock-wait-timeout=600", .. Situation.ServerSettings];
        MySql = Situation.Engine is SituationEngine.MariaDb
            ? await MariaDbServer.StartAsync(Slots, settings, cancellationToken: Cancelled)
            : await MySqlServer.StartAsync(Slots, settings, cancellationToken: Cancelled);
        await MySql.ExecuteAsync(
            $"""
            create database {Database};
            create table {Database}.orders (id bigint auto_increment primary key, total_cents bigint not null, status varchar(20) not null);
            insert into {Database}.orders (total_cents, status) values {string.Join(", ", Enumerable.Range(1, 500).Select(n => $"({100 * n}, 'paid')"))}
            """,
            cancellationToken: Cancelled);
        _watcher = new MySqlConnection(new MySqlConnectionStringBuilder
        {
            Server = MySql.Socket,
            ConnectionProtocol = MySqlConnectionProtocol.UnixSocket,
            UserID = "root",
            ApplicationName = WatcherName,
            Pooling = false,
            SslMode = MySqlSslMode.None,
            AllowUserVariables = true,
        }.ConnectionString);
        await _watcher.OpenAsync(Cancelled);
    }

    private async Task<T> WatchAsync<T>(Func<DbCommand, Task<T>> ask)
    {
        await _oneAtATime.WaitAsync(Cancelled);
        try
        {
            await using var command = _watcher!.CreateCommand();
            return await ask(command);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }
}
