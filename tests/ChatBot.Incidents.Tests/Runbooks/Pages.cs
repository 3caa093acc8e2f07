using System.Collections.Immutable;
using System.Text;
using ChatBot.Incidents.Runbooks;

namespace ChatBot.Incidents.Tests.Runbooks;

/// <summary>Pages, and step types that stand in for those that the program registers.</summary>
internal static class Pages
{
    public static readonly StepTypes Types = new(
    [
        StepType.ConnectionUsage,
        StepType.ConnectionConsumers,
        new StepType("leak-logs", StepWork.Reads, "looks through the logs for leaks") { Phases = [RunbookPhase.Diagnosis] },
        new StepType("advise-pool-size", StepWork.Advises, "adds up the pools") { Phases = [RunbookPhase.LongTerm] },
        new StepType("terminate-idle", StepWork.Changes, "ends connections that have been idle for long")
        {
            Parameters =
            [
                new DurationParameter("idle-for", "how long a connection has been idle", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) { Default = "30m, EndIdleSessions:IdleFor" },
                new CountParameter("max", "how many at most in one plan", 1, 50) { Default = "50" },
            ],
            Phases = [RunbookPhase.Immediate],
        },
        new StepType("end-transactions", StepWork.Changes, "ends sessions that are idle inside a transaction")
        {
            Parameters =
            [
                new DurationParameter("idle-for", "how long a session has done nothing in its transaction", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) { Default = "5m" },
                new CountParameter("max", "how many at most in one plan", 1, 50) { Default = "5" },
            ],
            Phases = [RunbookPhase.Immediate],
        },
        new StepType("end-blocker", StepWork.Changes, "ends the session that most others wait for") { Phases = [RunbookPhase.Immediate] },
        new StepType("cancel-query", StepWork.Changes, "cancels the statements that run longest")
        {
            Parameters =
            [
                new DurationParameter("running-for", "how long a statement has been running", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) { Default = "30s" },
                new CountParameter("max", "how many at most in one plan", 1, 50) { Default = "5" },
            ],
            Phases = [RunbookPhase.Immediate],
        },
        new StepType("restart-service", StepWork.Changes, "restarts the service that holds most") { Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm] },
        new StepType("pause-rollout", StepWork.Changes, "pauses a rollout") { Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm] },
        new StepType("scale-down", StepWork.Changes, "runs fewer pods") { Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm] },
        new StepType("resize-pool", StepWork.Changes, "sets another pool size") { Phases = [RunbookPhase.Immediate, RunbookPhase.ShortTerm] },
        new StepType("limit-role", StepWork.Changes, "limits the account that holds most")
        {
            Parameters = [new CountParameter("percent", "its share of the slots at most", 1, 100) { Default = "50" }],
            Phases = [RunbookPhase.Immediate],
        },
        new StepType("advise-app-pooling", StepWork.Advises, "names the services whose connections live too briefly"),
        new StepType("advise-practices", StepWork.Advises, "says which practices this incident speaks for"),
        new StepType("advise-pooler", StepWork.Advises, "writes a configuration for a pooler")
        {
            Parameters = [new RangeParameter("pool-size", "connections of a pool, from and to", 1, 1000)],
        },
        new StepType("advise-replicas", StepWork.Advises, "says whether replicas would help")
        {
            Parameters = [new NameParameter("source", "where the share of reads comes from", ["server", "statements"])],
        },
    ]);

    /// <summary>The folder of ChatBot.sln.</summary>
    public static readonly string Root = Find(AppContext.BaseDirectory);

    /// <summary>The page that the program ships.</summary>
    public static readonly byte[] Shipped = File.ReadAllBytes(Path.Combine(Root, "manifests", "runbooks", "database-connection-pool-exhaustion.md"));

    /// <summary>A team's own page that has never heard of bindings.</summary>
    public static readonly byte[] Unbound = File.ReadAllBytes(Path.Combine(Root, "tests", "ChatBot.Incidents.Tests", "Runbooks", "unbound-page.md"));

    public static PageReading Read(string page) => RunbookPage.Read(Encoding.UTF8.GetBytes(page), Types);

    public static Runbook Good(string page)
    {
        var reading = Read(page);
        Assert.Equal([], reading.Mistakes);
        return reading.Runbook!;
    }

    public static ImmutableArray<PageMistake> Mistakes(string page)
    {
        var reading = Read(page);
        Assert.Null(reading.Runbook);
        return reading.Mistakes;
    }

    /// <summary>A page with these steps and as little else as possible. With the usual diagnosis the immediate actions begin in line 10.</summary>
    public static string With(string diagnosis = "1. Look <!-- step: connection-usage -->", string immediate = "   - Act") =>
        $"# Title\n\n## Diagnosis\n\n{diagnosis}\n\n## Mitigation\n\n1. Immediate actions:\n{immediate}\n";

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "ChatBot.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
