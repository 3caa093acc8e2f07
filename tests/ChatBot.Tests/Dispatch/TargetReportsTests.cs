using ChatBot.Databases;
using ChatBot.Databases.PgBouncer;
using ChatBot.Databases.PostgreSql;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Findings;
using ChatBot.Tests.Configuration;
using ChatBot.Tests.Steps;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.Tests.Dispatch;

/// <summary>A target that does what nobody foresaw: "no answer" is still an answer.</summary>
public sealed class TargetReportsTests
{
    private static readonly Incident Incident = new(
        new IncidentId(new Guid("01936c5e-0000-7000-8000-0000000000aa")), "orders-db", "PRODUCTION", "C0INC", new Person("T0SHOP", "U0ANA"), DateTimeOffset.UnixEpoch);

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_goes_wrong_at_the_target_is_reported_to_the_incident()
    {
        await using var server = new OddServer();
        await using var connections = Connections(server);
        var reports = Reports(connections, server);

        Assert.StartsWith("orders-db ", Assert.IsType<RecordMissingUsage>((await reports.UsageAsync("orders-db", Within, Token)).Command).Reason, StringComparison.Ordinal);
        Assert.IsType<RecordMissingConsumers>((await reports.ConsumersAsync(Incident, ours: null, Within, Token)).Command);
    }

    [Fact]
    public async Task A_question_takes_no_longer_than_the_page_lets_it()
    {
        await using var server = new OddServer();
        await using var connections = Connections(server);
        var reports = Reports(connections, server);

        Assert.Equal(
            "It took longer than 0s, so I stopped waiting.",
            Assert.IsType<RecordMissingUsage>((await reports.UsageAsync("orders-db", TimeSpan.Zero, Token)).Command).Reason);
        Assert.IsType<RecordMissingConsumers>((await reports.ConsumersAsync(Incident, ours: null, TimeSpan.Zero, Token)).Command);
    }

    [Fact]
    public async Task The_warm_connection_goes_on_trying_whatever_went_wrong()
    {
        await using var server = new OddServer();
        await using var connections = Connections(server);

        await connections.StartAsync(Token);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        await server.LoginAsync(patience.Token);
        await server.LoginAsync(patience.Token);
    }

    [Fact]
    public async Task A_refused_login_is_not_forgotten_between_two_looks()
    {
        var server = new ScriptedServer { Usage = Incidents.Tests.Given.Usage(20), RefusedLogins = 3 };
        var options = Given.Read(Given.Smallest()).Options!;
        var reports = new TargetReports(
            new TargetServers([server]),
            new PgBouncerPoolsProbe([], TimeProvider.System),
            options with { Watch = options.Watch with { LookApart = TimeSpan.Zero } },
            TimeProvider.System,
            NullLogger<TargetReports>.Instance);

        var known = Assert.IsType<RecordConsumers>((await reports.ConsumersAsync(Incident, ours: null, Within, Token)).Command);

        Assert.NotEqual(Cause.NotExhausted, known.Cause!.Cause);
    }

    private static WarmConnections Connections(OddServer server) => new(
        [new PostgreSqlTarget("orders-db", "127.0.0.1", server.Port, "postgres", "chatbot", null) { Tls = Npgsql.SslMode.Disable }],
        TimeProvider.System,
        NullLoggerFactory.Instance);

    private static TargetReports Reports(WarmConnections connections, OddServer server) => new(
        new TargetServers([new PostgreSqlTargetServer("orders-db", connections, TimeProvider.System)]),
        new PgBouncerPoolsProbe([], TimeProvider.System),
        Given.Read(Given.Smallest().With("Targets:orders-db:Port", server.Port)).Options!,
        TimeProvider.System,
        NullLogger<TargetReports>.Instance);
}
