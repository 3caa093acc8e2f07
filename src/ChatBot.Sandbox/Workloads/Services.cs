using System.Net;
using ChatBot.Sandbox.Databases;

namespace ChatBot.Sandbox.Workloads;

/// <summary>All services of the practice company, sized so that one leak fills the server exactly.</summary>
internal sealed class Services : IAsyncDisposable
{
    public const string Database = "orders";

    private const int CheckoutPods = 5;
    private const int WorkerPods = 2;
    private const int WorkerConnections = 3;

    /// <summary>The bot's own warm connection takes an ordinary slot.</summary>
    private const int BotConnections = 1;

    private Services(LeakyService checkout, SteadyService worker, ReportingService reporting)
    {
        (Checkout, Worker, Reporting) = (checkout, worker, reporting);
    }

    public LeakyService Checkout { get; }

    public SteadyService Worker { get; }

    public ReportingService Reporting { get; }

    public IReadOnlyList<Service> All => [Checkout, Worker, Reporting];

    /// <summary>Creates roles, database and table, and starts the services. Nothing leaks yet.</summary>
    /// <param name="slots">What ordinary users can have of the server.</param>
    /// <param name="leakPerMinute">How fast checkout-api will leak.</param>
    public static async Task<Services> StartAsync(
        PostgreSqlServer server,
        int slots,
        double leakPerMinute,
        int seed,
        CancellationToken cancellationToken)
    {
        await PrepareAsync(server, cancellationToken);

        // What is left for checkout-api, over its pods: the sum of its pools is the rest of the server.
        var left = slots - BotConnections - (WorkerPods * WorkerConnections);
        var checkout = Enumerable.Range(0, CheckoutPods)
            .Select(i => new Pod(server, "checkout-api", "checkout", Address(1, i), (left / CheckoutPods) + (i < left % CheckoutPods ? 1 : 0)));
        var worker = Enumerable.Range(0, WorkerPods)
            .Select(i => new Pod(server, "orders-worker", "worker", Address(2, i), WorkerConnections));
        return new Services(
            new LeakyService("checkout-api", [.. checkout], leakPerMinute, seed),
            new SteadyService("orders-worker", [.. worker], WorkerConnections, seed + 2000),
            new ReportingService("reporting", new Pod(server, "reporting", "reporting", Address(3, 0), poolSize: null), seed + 3000));
    }

    /// <summary>Creates the services' roles, their database and its table.</summary>
    public static async Task PrepareAsync(PostgreSqlServer server, CancellationToken cancellationToken)
    {
        await server.ExecuteAsync("create role checkout login; create role worker login; create role reporting login", cancellationToken: cancellationToken);
        await server.ExecuteAsync($"create database {Database}", cancellationToken: cancellationToken);
        await server.ExecuteAsync(
            """
            create table orders (id bigint generated always as identity primary key, total_cents bigint not null, status text not null);
            insert into orders (total_cents, status)
              select 100 * n, (array['paid', 'packed', 'sent'])[n % 3 + 1] from generate_series(1, 3000) n;
            create index on orders (status);
            grant select, update on orders to checkout, worker, reporting;
            """,
            Database,
            cancellationToken);
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(All.Select(service => service.DisposeAsync().AsTask()));

    /// <summary>127.0.service.pod, the pods counted from 11.</summary>
    private static IPAddress Address(int service, int pod) => new([127, 0, (byte)service, (byte)(11 + pod)]);
}
