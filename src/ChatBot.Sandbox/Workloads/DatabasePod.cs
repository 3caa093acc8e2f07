using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Net;
using ChatBot.Sandbox.Kubernetes;
using Npgsql;

namespace ChatBot.Sandbox.Workloads;

/// <summary>One pod at work: its address, its pool, its requests, its leak, and what it writes about them.</summary>
/// <remarks>It writes as a Java service with HikariCP would, but only of what really happened to it.</remarks>
internal sealed class DatabasePod : IAsyncDisposable
{
    /// <summary>HikariCP's leakDetectionThreshold, by which it calls a connection leaked: 2 s here.</summary>
    private static readonly TimeSpan LeakAfter = TimeSpan.FromSeconds(2);

    /// <summary>For a login and for a free place in the pool: 2 s.</summary>
    private const int PatienceSeconds = 2;

    private readonly RunningPod _pod;
    private readonly DatabaseClient _client;
    private readonly ServiceTally _tally;
    private readonly Action<string> _write;
    private readonly PodAddress _address;
    private readonly NpgsqlDataSource _connections;
    private readonly ConcurrentBag<NpgsqlConnection> _neverGivenBack = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _life;

    /// <param name="write">Adds a line to its log.</param>
    public DatabasePod(RunningPod pod, DatabaseClient client, int serverPort, ServiceTally tally, Action<string> write)
    {
        (_pod, _client, _tally, _write) = (pod, client, tally, write);
        _address = new PodAddress(IPAddress.Parse(pod.Address), serverPort);
        _connections = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = _address.Port,
            Username = client.User,
            Database = client.Database,
            ApplicationName = client.Service,
            Pooling = client.Pool > 0,
            MinPoolSize = client.PoolMinimum,
            MaxPoolSize = Math.Max(client.Pool, 1),
            Timeout = PatienceSeconds,
            CommandTimeout = 5, // s
        });
        _life = LiveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _life;
        foreach (var connection in _neverGivenBack)
        {
            await connection.DisposeAsync();
        }

        await _connections.DisposeAsync();
        await _address.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task LiveAsync()
    {
        var rhythm = new Random(_client.Seed);
        try
        {
            Write("INFO", "main", "com.zaxxer.hikari.HikariDataSource", $"HikariPool-1 - Starting, {_client.Service} with up to {_client.Pool} connections");
            await FillAsync();
            _pod.ReportReady();
            Write("INFO", "main", "com.shop.Application", $"Started {_client.Service}");
            await Task.WhenAll(
                RepeatAsync(TimeSpan.FromMilliseconds(400), rhythm, RequestAsync),
                _client.LeaksPerMinute > 0 ? RepeatAsync(TimeSpan.FromMinutes(1 / _client.LeaksPerMinute), new Random(_client.Seed + 1000), LeakAsync) : Task.CompletedTask);
        }
        catch (OperationCanceledException)
        {
            // The pod is to end.
        }
    }

    /// <summary>Opens what the pool has to have. A server without room keeps the pod unready, and the pod asks again.</summary>
    private async Task FillAsync()
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        var told = false;
        while (true)
        {
            var taken = new List<NpgsqlConnection>();
            try
            {
                while (taken.Count < _client.PoolMinimum)
                {
                    taken.Add(await _connections.OpenConnectionAsync(_stopping.Token));
                }

                return;
            }
            catch (NpgsqlException refused)
            {
                Tell(refused);
                if (!told)
                {
                    _pod.ReportNotReady();
                    told = true;
                }
            }
            finally
            {
                foreach (var connection in taken)
                {
                    await connection.DisposeAsync();
                }
            }

            await pace.WaitForNextTickAsync(_stopping.Token);
        }
    }

    private async Task RequestAsync()
    {
        await using var connection = await _connections.OpenConnectionAsync(_stopping.Token);
        await using var command = new NpgsqlCommand("select status from orders where id = 1", connection);
        await command.ExecuteScalarAsync(_stopping.Token);
    }

    private async Task LeakAsync()
    {
        var connection = await _connections.OpenConnectionAsync(_stopping.Token);
        _neverGivenBack.Add(connection);
        await using var command = new NpgsqlCommand("select total_cents, status from orders where id = 42", connection);
        await command.ExecuteScalarAsync(_stopping.Token);
        _ = TellLeakAsync(connection.ProcessID);
    }

    /// <summary>What HikariCP writes of a connection that wasn't given back in time, with the trace of whoever took it.</summary>
    private async Task TellLeakAsync(int processId)
    {
        try
        {
            await Task.Delay(LeakAfter, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Write(
            "WARN",
            "HikariPool-1 housekeeper",
            "com.zaxxer.hikari.pool.ProxyLeakTask",
            $"Connection leak detection triggered for org.postgresql.jdbc.PgConnection@{processId:x} on thread http-nio-8080-exec-3, stack trace follows");
        foreach (var line in Trace)
        {
            _write(line);
        }
    }

    private static readonly string[] Trace =
    [
        "java.lang.Exception: Apparent connection leak detected",
        "\tat com.zaxxer.hikari.HikariDataSource.getConnection(HikariDataSource.java:128)",
        "\tat com.shop.checkout.InvoiceExport.load(InvoiceExport.java:88)",
        "\tat com.shop.checkout.CheckoutController.invoice(CheckoutController.java:41)",
        "\tat java.base/java.lang.Thread.run(Thread.java:840)",
    ];

    private async Task RepeatAsync(TimeSpan every, Random rhythm, Func<Task> work)
    {
        while (true)
        {
            await Task.Delay(every * (0.75 + (rhythm.NextDouble() / 2)), _stopping.Token);
            await _tally.CountAsync(async () =>
            {
                try
                {
                    await work();
                }
                catch (DbException failed)
                {
                    Tell(failed);
                    throw;
                }
            });
        }
    }

    private void Tell(DbException failed)
    {
        var words = failed switch
        {
            PostgresException server => $"org.postgresql.util.PSQLException: {server.Severity}: {server.MessageText}",
            { InnerException: TimeoutException } => string.Create(
                CultureInfo.InvariantCulture,
                $"java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after {PatienceSeconds * 1000}ms (total={_client.Pool}, active={_client.Pool}, idle=0, waiting=0)"),
            _ => $"org.postgresql.util.PSQLException: This connection has been closed. {failed.Message}",
        };
        Write("ERROR", "http-nio-8080-exec-1", "com.shop.Application", words);
    }

    private void Write(string level, string thread, string logger, string words) => _write(string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTime.UtcNow:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {level,5} 1 --- [{thread}] {logger} : {words}"));
}
