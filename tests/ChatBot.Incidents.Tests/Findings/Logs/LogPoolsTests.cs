using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;
using ChatBot.Incidents.Findings.Logs;
using static ChatBot.Incidents.Tests.Findings.Causes.Crowds;

namespace ChatBot.Incidents.Tests.Findings.Logs;

/// <summary>From a service's log to its own pool, and to the cause.</summary>
public sealed class LogPoolsTests
{
    private const string Hikari = "HikariPool-1 - Connection is not available, request timed out after 2000ms (total=10, active=10, idle=0, waiting=4)";
    private const string Rails = "ActiveRecord::ConnectionTimeoutError (could not obtain a connection from the pool within 5.000 seconds)";

    private static readonly Symptoms Quiet = Server(97, Running("orders-api", 4, 0.1), Pool("orders-api", 30)) with { LogsRead = true };

    [Fact]
    public void A_pool_that_ran_out_is_its_services_with_its_size_and_how_often()
    {
        var pool = Assert.Single(LogPools.Of(Read("checkout-api", Hikari, Hikari, "started"), cluster: null));

        Assert.Equal(new ApplicationPool(Name("checkout-api"), 10, 10, 0, 2) { Log = "HikariCP" }, pool);
    }

    [Fact]
    public void Where_no_line_has_the_size_the_cluster_may_know_it()
    {
        var cluster = Workloads.Clusters.Cluster(Workloads.Clusters.Workload("checkout-api") with { Pool = new PoolSetting(Name("env DB_POOL"), 5, "", IsRecognised: false) });

        Assert.Equal((5, 5), Assert.Single(LogPools.Of(Read("checkout-api", Rails), cluster)) is var known ? (known.Maximum!.Value, known.InUse) : default);
        Assert.Null(Assert.Single(LogPools.Of(Read("catalog", Rails), cluster)).Maximum);
    }

    [Theory]
    [InlineData("FATAL: sorry, too many clients already")] // the server's slots
    [InlineData("closing because: query_wait_timeout (age=121s)")] // PgBouncer's
    [InlineData("Apparent connection leak detected")] // its pool may have room yet
    public void Other_words_are_not_about_a_pool_of_its_own(string line) => Assert.Empty(LogPools.Of(Read("checkout-api", line), cluster: null));

    [Fact]
    public void On_a_server_with_room_it_is_the_cause_in_the_logs_own_numbers()
    {
        var verdict = VerdictRule.Judge(Quiet with { Applications = LogPools.Of(Read("checkout-api", Hikari, Hikari), cluster: null) });

        Assert.Equal((Cause.ApplicationPool, Name("checkout-api")), (verdict.Cause, verdict.Culprit));
        Assert.Equal("checkout-api waits for its own pool (of 10; 2 requests gave up lately, says its log), while the server has room (34 of 97).", verdict.Summary.ToString());
        Assert.Equal("2 lines of its log, in the words of HikariCP, say that no connection of its pool of 10 came free in time.", verdict.For[0].Words.ToString());
        Assert.Equal("Its log tells of the last minute, not of this moment, and not who holds the pool's connections.", Assert.Single(verdict.Against).Words.ToString());
        Assert.Contains("2 requests of checkout-api given up, says its log", verdict.Victims!.ToString(), StringComparison.Ordinal);
        Assert.Equal(Worth.Harmful, verdict.Of("terminate-idle")!.Worth);
    }

    [Fact]
    public void Logs_that_tell_of_nothing_are_no_proof() => Assert.Contains(
        "The services' logs of the last minute tell of no pool that ran out; but some libraries never log that.", VerdictRule.Judge(Quiet).Unseen.Select(unseen => unseen.ToString()));

    private static LogReading Read(string service, params string[] lines)
    {
        var tally = new LogTally(LogTally.KeptOfAll);
        var scan = new LogScan(new LogSource(Name(service), Name($"{service}-1"), Name("app"), IsPrevious: false), tally);
        scan.Add(string.Concat(lines.Select(line => $"2026-11-23T14:02:00Z {line}\n")));
        scan.End();
        return tally.Reading(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero));
    }
}
