using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatBot.Configuration;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Poolers;
using ChatBot.Kubernetes;
using ChatBot.Metrics;
using ChatBot.Slack.BlockKit;
using ChatBot.Steps;
using ChatBot.Steps.AdviseAppPooling;
using ChatBot.Steps.AdvisePooler;
using ChatBot.Steps.AdvisePractices;
using ChatBot.Steps.AdviseReplicas;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.Tests.Steps;

/// <summary>
/// What the advising steps show, as it reads, and what they store, which is for ever. To change a wording: run with
/// UPDATE_GOLDEN=1, then read the difference. A stored body may only gain examples.
/// </summary>
public partial class DrawnStepTests
{
    private static readonly IReadingStep Pooler = new PoolerStep();

    // They only draw here, so they need no server to ask.
    private static readonly IReadingStep AppPooling = new AppPoolingStep(null!, TimeProvider.System);
    private static readonly IReadingStep Practices = new PracticesStep(null!);
    private static readonly IReadingStep Replicas = new ReplicasStep(null!);

    public static readonly TheoryData<string> Names =
    [
        "<!channel> evil", "<@U0EVIL>evil", "<https://evil.test|evil>", "*evil*", "_evil_", "`evil`", "```evil```", "a``` *evil* ```b", ":evil:", "> evil", "evil\nevil", "\u202eevil\u2066",
        $"evil{new string('x', 10_000)}", "evil👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢", "\"; 'evil", "",
    ];

    [Fact]
    public void Every_step_reads_as_agreed()
    {
        var seen = Examples().Aggregate(new StringBuilder(), (all, example) => all
            .Append("=== ").Append(example.Name).Append('\n')
            .AppendJoin('\n', example.Step.Draw(Store(example.Body)).Select(part => part.ToString())).Append("\n\n")).ToString();

        AssertGolden("golden-steps.txt", seen);
    }

    [Fact]
    public void What_is_stored_keeps_its_names()
    {
        var seen = string.Concat(Examples().Select(example => $"{example.Step.EvidenceKind} {Store(example.Body)}\n"));

        AssertGolden("golden-step-evidence.txt", seen);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_stays_a_name(string name)
    {
        foreach (var (_, step, body) in Hostile(name))
        {
            var drawn = step.Draw(Store(body));
            Assert.All(drawn, part => Assert.InRange(part.Length, 1, SlackLimits.Text.Most));
            Assert.InRange(drawn.Sum(part => part.Length), 1, SlackLimits.MessageJson.Most - 3_000);
            foreach (var part in drawn.Select(part => part.ToString()))
            {
                Assert.DoesNotContain('<', part);
                Assert.DoesNotContain('>', part);
                Assert.DoesNotContain("```", part, StringComparison.Ordinal);
                if (name.AsSpan().IndexOfAny("*_~`") >= 0 || name.StartsWith(':'))
                {
                    Assert.DoesNotContain("evil", CodeType.Replace(part, ""), StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"watched":"soon"}""")]
    public void A_damaged_body_is_refused(string body) =>
        Assert.All([Pooler, AppPooling, Practices, Replicas], step => Assert.Throws<FormatException>(() => step.Draw(body)));

    [Fact]
    public async Task Those_that_read_PostgreSQL_only_say_so_on_another_engine()
    {
        var target = new TargetOptions { Name = "orders-db", Engine = DatabaseEngine.MySql, Host = "db", User = "chatbot", Environment = "test" };
        foreach (var step in new[] { AppPooling, Practices, Replicas })
        {
            var refused = await Assert.ThrowsAsync<ImpossiblePlanException>(
                () => step.ReadAsync(new StepRequest(null!, null!, null!, target, null), TestContext.Current.CancellationToken));

            Assert.Equal("This step reads PostgreSQL only so far. Do it by hand.", refused.Message);
        }
    }

    [Fact]
    public async Task All_of_them_are_registered()
    {
        await using var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new WarmConnections([], TimeProvider.System, NullLoggerFactory.Instance))
            .AddKubernetes(new KubernetesOptions())
            .AddMetrics(new PrometheusOptions())
            .AddSteps()
            .BuildServiceProvider();

        Assert.Superset(
            new HashSet<Type> { Pooler.GetType(), AppPooling.GetType(), Practices.GetType(), Replicas.GetType() },
            services.GetServices<IReadingStep>().Select(step => step.GetType()).ToHashSet());
    }

    [Fact]
    public void Step_types_and_kinds_of_evidence_have_names_of_their_own()
    {
        IReadingStep[] steps = [Pooler, AppPooling, Practices, Replicas];

        Assert.Equal(["advise-app-pooling", "advise-pooler", "advise-practices", "advise-replicas"], steps.Select(step => step.Type.Name).Order());
        Assert.Equal(4, steps.Select(step => step.EvidenceKind).Distinct().Count());
        Assert.All(steps, step => Assert.NotEmpty(step.Type.Phases));
    }

    private static IEnumerable<(string Name, IReadingStep Step, object Body)> Examples()
    {
        var leak = new PoolerEvidence(97, 93, 7, 0, 2, 8);
        yield return ("pooler: a leak", Pooler, Advice(leak));
        yield return ("pooler: busy, and transactions stand still", Pooler, Advice(leak with { PeakBusy = 80, PeakInTransaction = 30, Pools = 3 }));
        yield return ("pooler: states and consumers unknown", Pooler, Advice(leak with { PeakBusy = null, PeakInTransaction = null, Pools = null, Direct = null }));
        yield return ("pooler: MySQL", Pooler, Advice(leak) with { Engine = PooledEngine.MySql });
        yield return ("pooler: never measured", Pooler, new PoolerAdvice(PooledEngine.PostgreSql, null, null));

        var lives = new ConnectionLives(TimeSpan.FromSeconds(5), [Churn("gunicorn shop", "shop"), Churn("", "cron"), Pool("checkout-api")], SeesStarts: true, Unseen: 12);
        yield return ("app pooling: two without a pool", AppPooling, lives);
        yield return ("app pooling: many", AppPooling, lives with { Services = [.. Enumerable.Range(1, 9).Select(number => Churn($"php-fpm {number}", "shop"))], Unseen = null });
        yield return ("app pooling: a pool only", AppPooling, lives with { Services = [Pool("checkout-api")], Unseen = 0 });
        yield return ("app pooling: a pool, and somebody unseen", AppPooling, lives with { Services = [Pool("checkout-api")], Unseen = 1 });
        yield return ("app pooling: starts unseen", AppPooling, new ConnectionLives(TimeSpan.FromSeconds(5), [], SeesStarts: false, null));

        var habits = new SessionHabits(
            92,
            12,
            TimeSpan.FromMinutes(30),
            [Idle("checkout-api", "select id from cart where id = ?", 57), Idle("reports", "ROLLBACK", 9), Idle("worker", "", 5)],
            [
                new TransactionHabit(Text("billing"), Text("app"), 4, 3, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(9), Text("select balance from account where id = ?")),
                new TransactionHabit(Text(""), Text("etl"), 1, 0, null, TimeSpan.FromHours(3), Text("copy facts from stdin")),
            ],
            SeesEverything: true);
        yield return ("practices: everything at once", Practices, habits);
        yield return ("practices: many leaks", Practices, habits with { Idle = [.. Enumerable.Range(3, 9).Select(count => Idle("checkout-api", $"select {(char)('a' + count)}", count))], Transactions = [], Nameless = 0 });
        yield return ("practices: nothing", Practices, habits with { Idle = [], Transactions = [], Nameless = 1 });
        yield return ("practices: states unseen", Practices, habits with { Idle = [], Transactions = [], SeesEverything = false });

        var rows = new RowShare(9_000_000, 90_000_000, 1_000_000, 250_000);
        var share = new ReadShare(
            new StatementShare(
                new StatementCost(900_000, TimeSpan.FromMinutes(70)), new StatementCost(100_000, TimeSpan.FromMinutes(30)), new StatementCost(2_000_000, TimeSpan.FromMinutes(1))),
            rows);
        var idle = new ConnectionUsage(93, 97, 100, 85, 2, 5, 0, 99, SeesEverything: true, RefusedLogins: 0);
        var work = idle with { Idle = 10, Active = 80 };
        yield return ("replicas: a leak", Replicas, new ReplicaAdvice(share, idle));
        yield return ("replicas: reads", Replicas, new ReplicaAdvice(share, work));
        yield return ("replicas: reads, by rows only", Replicas, new ReplicaAdvice(share with { Statements = null }, work));
        yield return ("replicas: writes", Replicas, new ReplicaAdvice(share with { Statements = share.Statements! with { Reads = share.Statements.Writes, Writes = share.Statements.Reads } }, work));
        yield return ("replicas: never measured", Replicas, new ReplicaAdvice(share, Fullest: null));
    }

    private static IEnumerable<(string Name, IReadingStep Step, object Body)> Hostile(string name)
    {
        var lives = new ConnectionLives(TimeSpan.FromSeconds(5), [.. Enumerable.Repeat(Churn(name, name), 50)], SeesStarts: true, Unseen: 1);
        yield return ("lives", AppPooling, lives);

        var transactions = Enumerable.Repeat(
            new TransactionHabit(Text(name), Text(name), 4, 3, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(9), ForeignText.Query(name, 120)), 25);
        var working = transactions.Select(habit => habit with { LongestIdle = null });
        yield return ("habits", Practices, new SessionHabits(
            92,
            80,
            TimeSpan.FromMinutes(30),
            [.. Enumerable.Repeat(Idle(name, name, 9), 25), .. Enumerable.Repeat(Idle(name, $"set {name}", 9), 25)],
            [.. transactions, .. working],
            SeesEverything: true));
    }

    private static PoolerAdvice Advice(PoolerEvidence evidence) =>
        new(PooledEngine.PostgreSql, evidence, PoolerSizing.Of(evidence, PoolerSizing.UsualBounds));

    private static ServiceLives Churn(string application, string user) =>
        new(Text(application), Text(user), 1, 14, 13, 13, TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(3));

    private static ServiceLives Pool(string application) =>
        new(Text(application), Text("app"), 10, 1, 1, 0, TimeSpan.FromMinutes(20), TimeSpan.FromHours(30));

    private static IdleHabit Idle(string application, string statement, int sessions) =>
        new(Text(application), Text("app"), ForeignText.Query(statement, 120), sessions, TimeSpan.FromMinutes(31), TimeSpan.FromHours(4));

    private static ForeignText Text(string text) => ForeignText.From(text, 63);

    private static string Store(object body) => JsonSerializer.Serialize(body, body.GetType(), StoredJson.Options);

    private static void AssertGolden(string file, string seen)
    {
        var kept = Path.Combine(SourceTree.Root, "tests", "ChatBot.Tests", "Steps", file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(kept, seen);
        }

        Assert.Equal(File.ReadAllText(kept), seen);
    }

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex CodeType { get; }
}
