using ChatBot.Configuration;
using ChatBot.Databases;
using ChatBot.Databases.PgBouncer;
using ChatBot.Databases.PostgreSql;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Findings;
using ChatBot.Kubernetes;
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

        Assert.StartsWith("orders-db ", Assert.IsType<RecordMissingUsage>((await reports.UsageAsync(Incident, Within, Token)).Command).Reason, StringComparison.Ordinal);
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
            Assert.IsType<RecordMissingUsage>((await reports.UsageAsync(Incident, TimeSpan.Zero, Token)).Command).Reason);
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

        var known = Assert.IsType<RecordConsumers>((await Scripted(server).ConsumersAsync(Incident, ours: null, Within, Token)).Command);

        Assert.NotEqual(Cause.NotExhausted, known.Cause!.Cause);
    }

    public static readonly TheoryData<int, bool, bool, Cause> Refusals = new()
    {
        // s ago  a clean sample since  before the latest change  what is said of 40 of 97 slots
        { 10,     false,                false,                    Cause.Undetermined }, // a refusal outranks the count
        { 61,     false,                false,                    Cause.NotExhausted }, // too long ago by the clock, though it is the latest sample
        { 10,     true,                 false,                    Cause.NotExhausted },
        { 10,     false,                true,                     Cause.NotExhausted },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_is_news_only_as_long_as_it_says_something_about_now(int secondsAgo, bool isFollowedByCleanOne, bool isBeforeTheChange, Cause cause)
    {
        var now = DateTimeOffset.UtcNow;
        var refused = new UsageSample(now.AddSeconds(-secondsAgo), Incidents.Tests.Given.Usage(40, refused: 3));
        var incident = Incident with
        {
            Samples = isFollowedByCleanOne ? [refused, refused with { Usage = Incidents.Tests.Given.Usage(40) }] : [refused],
            VerifyingSince = isBeforeTheChange ? now.AddSeconds(-5) : null,
        };
        var server = new ScriptedServer { Usage = Incidents.Tests.Given.Usage(40) };

        var known = Assert.IsType<RecordConsumers>((await Scripted(server).ConsumersAsync(incident, ours: null, Within, Token)).Command);

        Assert.Equal(cause is Cause.NotExhausted, known.Cause!.Cause is Cause.NotExhausted);
    }

    [Fact]
    public async Task Only_a_person_who_asks_makes_the_next_login_insist()
    {
        var server = new ScriptedServer();
        var asked = Incidents.Tests.Given.Deciding.Do(new RunDiagnosisAgain(Incidents.Tests.Given.Ana)).Incident;

        await Scripted(server).UsageAsync(Incidents.Tests.Given.Deciding.Incident, Within, Token);
        Assert.Empty(server.Asked);
        await Scripted(server).UsageAsync(asked, Within, Token);
        Assert.Equal(["insist"], server.Asked);
    }

    private static readonly Clusters NoClusters = new(new KubernetesOptions(), new ServiceAccount(null, null, "/nowhere"), TimeProvider.System);

    private static readonly ClusterQuestion Nowhere = new(new WorkloadProbe(NoClusters, TimeProvider.System), new PodLogs(NoClusters, new KubernetesOptions()), NoClusters, new KubernetesOptions(), TimeProvider.System, NullLogger<ClusterQuestion>.Instance);

    private static TargetReports Scripted(ScriptedServer server)
    {
        var options = Given.Read(Given.Smallest()).Options!;
        return new TargetReports(
            new TargetServers([server]),
            new PgBouncerPoolsProbe([], TimeProvider.System),
            Nowhere,
            options with { Watch = options.Watch with { LookApart = TimeSpan.Zero } },
            TimeProvider.System,
            NullLogger<TargetReports>.Instance);
    }

    private static WarmConnections Connections(OddServer server) => new(
        [new PostgreSqlTarget("orders-db", "127.0.0.1", server.Port, "postgres", "chatbot", null) { Tls = Npgsql.SslMode.Disable }],
        TimeProvider.System,
        NullLoggerFactory.Instance);

    private static TargetReports Reports(WarmConnections connections, OddServer server) => new(
        new TargetServers([new PostgreSqlTargetServer("orders-db", connections, TimeProvider.System)]),
        new PgBouncerPoolsProbe([], TimeProvider.System),
        Nowhere,
        Given.Read(Given.Smallest().With("Targets:orders-db:Port", server.Port)).Options!,
        TimeProvider.System,
        NullLogger<TargetReports>.Instance);
}
