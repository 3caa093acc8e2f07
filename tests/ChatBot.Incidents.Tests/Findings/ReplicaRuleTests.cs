using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Replicas;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests.Findings;

public class ReplicaRuleTests
{
    private static readonly ReadShare Reads = Share(reads: 9_000, writes: 1_000);
    private static readonly ReadShare Writes = Share(reads: 1_000, writes: 9_000);

    public static readonly IEnumerable<TheoryDataRow<ReadShare?, ConnectionUsage?, ReplicaVerdict>> Verdicts =
    [
        Row("a leak, however much is read", Reads, States(idle: 88, active: 5), ReplicaVerdict.UselessAgainstIdle),
        Row("a leak, and nothing else is known", null, States(idle: 88, active: 5), ReplicaVerdict.UselessAgainstIdle),
        Row("half of them idle", Reads, States(idle: 50, active: 50), ReplicaVerdict.UselessAgainstIdle),
        Row("transactions that stand still", Reads, States(idle: 0, active: 5) with { IdleInTransaction = 80 }, ReplicaVerdict.UselessAgainstIdle),
        Row("work, and most of it reading", Reads, States(idle: 10, active: 80), ReplicaVerdict.MayHelp),
        Row("work, and most of it writing", Writes, States(idle: 10, active: 80), ReplicaVerdict.WritesDominate),
        Row("half of the work is reading", Share(5_000, 5_000), States(idle: 10, active: 80), ReplicaVerdict.MayHelp),
        Row("too few statements, enough rows", Share(500, 499, rows: new RowShare(1, 5, 99, 1_000)), States(idle: 10, active: 80), ReplicaVerdict.WritesDominate),
        Row("too few of both", Share(500, 499, rows: new RowShare(99, 5, 1, 999)), States(idle: 10, active: 80), ReplicaVerdict.NoEvidence),
        Row("work, and nobody counts", null, States(idle: 10, active: 80), ReplicaVerdict.NoEvidence),
        Row("never measured", Reads, null, ReplicaVerdict.NoEvidence),
        Row("states unseen", Reads, States(idle: 0, active: 0) with { SeesEverything = false }, ReplicaVerdict.NoEvidence),
        Row("nobody there", Reads, States(idle: 0, active: 0), ReplicaVerdict.NoEvidence),
    ];

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void Replicas_are_judged_by_what_the_sessions_did_and_what_the_work_is(ReadShare? share, ConnectionUsage? fullest, ReplicaVerdict verdict) =>
        Assert.Equal(verdict, ReplicaRule.Examine(share, fullest));

    [Fact]
    public void Time_counts_more_than_calls()
    {
        var share = new ReadShare(
            new StatementShare(new StatementCost(1_000, TimeSpan.FromSeconds(9)), new StatementCost(9_000, TimeSpan.FromSeconds(1)), new StatementCost(0, TimeSpan.Zero)),
            new RowShare(0, 0, 0, 0));

        Assert.Equal((0.9, 0.1), (ReplicaRule.Reads(share), share.Statements!.OfCalls));
    }

    [Fact]
    public void The_fullest_measurement_counts() => Assert.Equal(93, ReplicaRule.Fullest(Diagnosing.Measure(40, 93, 60).Incident)!.Used);

    private static ConnectionUsage States(int idle, int active) => Usage(93) with { Idle = idle, Active = active };

    private static ReadShare Share(long reads, long writes, RowShare? rows = null) => new(
        new StatementShare(
            new StatementCost(reads, TimeSpan.FromSeconds(reads)), new StatementCost(writes, TimeSpan.FromSeconds(writes)), new StatementCost(50_000, TimeSpan.FromSeconds(1))),
        rows ?? new RowShare(0, 0, 0, 0));

    private static TheoryDataRow<ReadShare?, ConnectionUsage?, ReplicaVerdict> Row(string label, ReadShare? share, ConnectionUsage? fullest, ReplicaVerdict verdict) =>
        new(share, fullest, verdict) { Label = label };
}
