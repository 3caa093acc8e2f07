using System.Globalization;
using System.Text.RegularExpressions;
using ChatBot.Databases;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using ChatBot.Tests.Slack.Views;
using static ChatBot.Incidents.Tests.EveryMitigation;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Steps;

/// <summary>What people read of the plans that brake: before they approve, and afterwards.</summary>
public partial class BrakeViewTests
{
    private static readonly Dictionary<string, MitigationView> Views =
        BrakeBench.All(new TargetServers([]), Configuration.Given.Read(Configuration.Given.Smallest()).Options!).ToDictionary(step => step.Kind.Name, step => step.View);

    private static readonly Dictionary<string, Mitigation> Plans = new()
    {
        ["terminate-idle, three ages"] = EndIdle(2) with
        {
            IdleFor = TimeSpan.FromMinutes(5),
            Ages = [new AgeCount(TimeSpan.FromMinutes(30), 0), new AgeCount(TimeSpan.FromMinutes(10), 12), new AgeCount(TimeSpan.FromMinutes(5), 50)],
        },
        ["terminate-idle, MySQL"] = new EndIdleSessions(MySqlServer, TimeSpan.FromMinutes(30), [OpenMySqlOne with { Transaction = null }], More: 0),
        ["end-transactions"] = OpenTransactions with { Sessions = [OpenOne, OpenOne with { Transaction = new OpenTransaction(TimeSpan.FromMinutes(7), HasWritten: false, null, Locks: 1) }] },
        ["end-transactions, MySQL"] = OpenMySqlTransactions,
        ["cancel-query"] = LongStatements,
        ["cancel-query, some wait"] = LongStatements with { Sessions = [Running(0), MigrationCancelled.Session] },
        ["cancel-query, MariaDB without names"] = LongStatements with { Server = MySqlServer, Sessions = [OpenMySqlOne with { Application = default }] },
        ["cancel-query, MySQL"] = LongStatements with { Server = MySqlServer, Sessions = [OpenMySqlOne] },
        ["end-blocker, root"] = RootEnded,
        ["end-blocker, root, MySQL"] = RootEnded with { Server = MySqlServer, Session = OpenMySqlOne, Waiting = 1, Frees = 1, OtherChains = 3 },
        ["end-blocker, gate before a backup"] = GateCancelled,
        ["end-blocker, gate before a change of the schema"] = GateCancelled with { Waiting = 9, Frees = 3, Spared = Spared(4242, SparedBecause.SchemaChange) },
        ["end-blocker, gate before one that nobody ends"] = GateCancelled with { Waiting = 3, Frees = 1, Spared = Spared(0, SparedBecause.NobodyEndsIt) },
        ["end-blocker, gate, not needed"] = GateCancelled with { Spared = Spared(4242, SparedBecause.NotNeeded) },
        ["end-blocker, gate with work of its own"] = GateCancelled with { Session = MigrationCancelled.Session, Spared = Spared(4242, SparedBecause.NobodyEndsIt) },
        ["end-blocker, gate of a migration on a replica"] = MigrationCancelled,
        ["end-blocker, idle root"] = IdleRootEnded,
        ["end-blocker, idle root, MySQL"] = IdleRootEnded with { Server = MySqlServer, Session = OpenMySqlOne with { Pin = ((MySqlPin)OpenMySqlOne.Pin) with { Transaction = null }, Transaction = null } },
        ["limit-role"] = Limited,
        ["limit-role, MySQL"] = Limited with { Server = MySqlServer, Account = "checkout@10.0.0.%", IsMySql = true },
        ["limit-role, MariaDB without an identity"] = Limited with { Account = "checkout@10.0.0.%", IsMySql = true },
        ["limit-role, lower than before"] = Limited with { From = 90, To = 1 },
        ["limit-role, undo"] = LimitUndone,
        ["limit-role, undo to none"] = LimitUndone with { To = null },
    };

    public static readonly TheoryData<string> Names = [.. Plans.Keys];

    /// <summary>To change a wording: run with UPDATE_GOLDEN=1, then read the difference as somebody would at 3 a.m. on a phone.</summary>
    [Fact]
    public void Every_plan_reads_as_agreed() => Golden.AssertSame(
        "golden-brakes.txt",
        from plan in Plans
        from stage in (PlanStage[])[PlanStage.Proposed, PlanStage.Finished]
        select ($"{plan.Key}, {stage}", SeenText.Of(Drawn(plan.Value, stage))));

    [Fact]
    public void Every_offer_reads_as_agreed()
    {
        var busy = Usage(93) with { Idle = 30, IdleInTransaction = 9, Active = 54, WaitingForLock = 12 };
        var limited = Deciding.Incident with { Temporary = [OurLimit] };
        (string, Incident)[] incidents =
        [
            ("busy", Deciding.Do(new RecordUsage(busy)).Incident),
            ("quiet", Deciding.Do(new RecordUsage(Usage(93) with { Active = 0 })).Incident),
            ("one of each", Deciding.Do(new RecordUsage(busy with { IdleInTransaction = 1, Active = 1, WaitingForLock = 1 })).Incident),
            ("sightless", Deciding.Do(new RecordUsage(busy with { SeesEverything = false })).Incident),
            ("nothing old", Diagnosing.Do(new RecordUsage(busy)).Do(new RecordConsumers(Names1, Sessions: 92, Endable: 0)).Incident),
            ("nothing known", Diagnosing.Incident),
            ("limited", limited),
        ];
        Golden.AssertSame(
            "golden-brake-offers.txt",
            from incident in incidents
            select (incident.Item1, string.Concat(Views.Select(view => Said(view.Value, incident.Item2)))));

        static string Said(MitigationView view, Incident incident)
        {
            var offer = view.Offer(incident, binding: null, Context);
            return $"[{(offer.IsPossible ? view.ButtonOf(incident) : "-")}] {offer.Words}\n";
        }
    }

    [Fact]
    public void The_limit_is_to_be_undone_until_it_is()
    {
        var view = Views[LimitAccount.StoredName];
        Assert.Equal("Limit the largest account", view.ButtonOf(Deciding.Incident));
        Assert.Equal("Undo the limit", view.ButtonOf(Deciding.Incident with { Temporary = [OurLimit] }));
        Assert.Equal("Limit the largest account", view.ButtonOf(Deciding.Incident with { Temporary = [OurLimit with { Mitigation = "resize-pool/1" }] }));
    }

    [Fact]
    public void What_stays_is_said_with_the_statement_that_takes_it_back()
    {
        var view = Views[LimitAccount.StoredName];
        Assert.Equal(
            "account checkout may have 48 connections; before, it had no limit. By hand: `ALTER ROLE \"checkout\" CONNECTION LIMIT -1;`",
            view.Undo(Limited).ToString());
        Assert.Equal(
            "account app@10.0.0.% may have 48 connections; before, it had 90 connections. By hand: `ALTER USER ′app′@′10.0.0.%′ WITH MAX_USER_CONNECTIONS 90;`",
            view.Undo(Limited with { Account = "app@10.0.0.%", From = 90, IsMySql = true }).ToString());
        Assert.DoesNotContain("By hand", view.Undo(Limited with { Account = "<!channel>" }).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_approver_confirms_in_a_few_words(string plan)
    {
        var view = Views[Plans[plan].Name];
        Assert.InRange(view.Confirm(Plans[plan]).Length, 20, 200);
        Assert.InRange(view.Button.Length, 1, 40);
        Assert.NotNull(view.LeftToDo);
        Assert.NotNull(view.WhenNotRelieved);
        Assert.NotNull(view.WhenFullAgain);
    }

    [Fact]
    public void A_long_name_makes_no_long_confirmation() => Assert.All(
        (LimitAccount[])[Limited, LimitUndone],
        limit => Assert.InRange(Views[limit.Name].Confirm(limit with { Account = new string('W', 300), From = int.MaxValue, To = int.MaxValue }).Length, 20, 200));

    /// <summary>Whoever can't read a name can't approve; and no message is too long for Slack.</summary>
    [Fact]
    public void Everything_is_shown_or_nobody_can_approve()
    {
        var random = new Random(20261126);
        string[] signs = ["a", "W", "\"", "\\", "&", "<", "ü", "漢", "😀", "*", "`"];
        var (whole, cut) = (0, 0);
        for (var round = 0; round < 150; round++)
        {
            var sessions = Enumerable.Range(0, random.Next(1, 51)).Select(_ => OpenMySqlOne with
            {
                Pin = new MySqlPin(random.NextInt64(1, long.MaxValue), "10.0.0.1:1", null, "421|2026-11-26 11:30:00", Name(63), Name(63)),
                Application = ForeignText.From(Name(random.Next(3) == 0 ? 4_000 : 63), 4_000),
                Client = ForeignText.From(Name(63), 63),
                Statement = ForeignText.From(Name(2_000), 2_000),
            }).ToArray();
            Mitigation[] plans =
            [
                OpenTransactions with { Sessions = sessions },
                LongStatements with { Sessions = sessions },
                RootEnded with { Session = sessions[0] },
                GateCancelled with { Session = sessions[0], Spared = new SparedRoot(long.MaxValue, ForeignText.From(Name(63), 63), ForeignText.From(Name(63), 63), sessions[0].Statement, SparedBecause.Backup) },
                Limited with { Account = Name(300) },
            ];
            foreach (var plan in plans)
            {
                var message = Drawn(plan, PlanStage.Proposed);
                var all = SeenText.Of(message);
                if (!SeenText.Buttons(message).Any(button => (string)button["action_id"]! == ButtonIds.Approve))
                {
                    cut++;
                    Assert.Contains("nobody can read and approve it", all, StringComparison.Ordinal);
                    continue;
                }

                whole++;
                var named = plan switch { EndTransactions end => end.Sessions, CancelStatements end => end.Sessions, EndBlocker end => [end.Session], _ => [] };
                Assert.All(named, session =>
                {
                    Assert.Contains($"`{session.Pin.Number.ToString(CultureInfo.InvariantCulture)}`", all, StringComparison.Ordinal);
                    Assert.Contains(Verbatim.Of(session.Application).ToString(), all, StringComparison.Ordinal);
                    Assert.Contains(Verbatim.Of(ForeignText.From(session.Pin.User, 300)).ToString(), all, StringComparison.Ordinal);
                });
            }
        }

        Assert.InRange(whole, 100, 700);
        Assert.InRange(cut, 50, 700);

        string Name(int longest) => string.Concat(Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => signs[random.Next(random.Next(3) == 0 ? signs.Length : 2)]));
    }

    [Theory]
    [MemberData(nameof(ForeignWordsTests.Names), MemberType = typeof(ForeignWordsTests))]
    public void A_name_stays_a_name(string name)
    {
        var session = OpenMySqlOne with
        {
            Pin = new MySqlPin(815, "10.0.0.9:1", null, "421|2026-11-26 11:30:00", name, name),
            Application = ForeignText.From(name, 63),
            Client = ForeignText.From(name, 63),
            Statement = ForeignText.From(name, 200),
        };
        var word = ForeignText.From(name, 63);
        Mitigation[] plans =
        [
            OpenTransactions with { Sessions = [session] },
            LongStatements with { Sessions = [session] },
            RootEnded with { Session = session },
            GateCancelled with { Session = session, Spared = new SparedRoot(1, word, word, word, SparedBecause.NotNeeded) },
            Limited with { Account = name },
        ];
        Assert.All(plans, plan =>
        {
            var ours = User.Replace(Date.Replace(SeenText.Markup(Drawn(plan, PlanStage.Proposed)), ""), "");
            Assert.DoesNotContain('<', ours);
            Assert.DoesNotContain('>', ours);
            Assert.DoesNotContain("```", ours, StringComparison.Ordinal);
            if (name.AsSpan().IndexOfAny("*_~`") >= 0 || name.StartsWith(':'))
            {
                Assert.DoesNotContain("evil", Code.Replace(ours, ""), StringComparison.Ordinal);
            }
        });
    }

    private static readonly TemporaryChange OurLimit = new(ThePlan, LimitAccount.StoredName, "mitigation-1-2", Noon.AddDays(1));

    private static EvidenceId Names1 => Incidents.Tests.Given.Names;

    private static ViewContext Context => Cards.Context() with { Mitigations = Views };

    private static SparedRoot Spared(long number, SparedBecause because) =>
        new(number, ForeignText.From(number == 0 ? "" : "billing", 64), default, ForeignText.Query("alter table orders drop column note", 200), because);

    private static PlanProgress Progress(Mitigation mitigation, PlanStage stage, Func<int, Outcome> outcome) => new(ThePlan, mitigation.Name, Ana)
    {
        Stage = stage,
        Hash = Plan.HashOf(BrakeBench.PlanOf(mitigation).ToBytes()),
        Quorum = 1,
        ProposedAt = Noon,
        ExpiresAt = Noon.AddMinutes(10),
        Approvals = stage is PlanStage.Proposed ? [] : [new Approval(Boris, default)],
        Steps = [.. Enumerable.Range(0, mitigation.Steps).Select(step =>
            stage is PlanStage.Proposed ? new StepProgress() : new StepProgress(Intended: true, Result: new StepResult(outcome(step), "As the test says.")))],
    };

    private static SlackMessage Drawn(Mitigation mitigation, PlanStage stage)
    {
        var progress = Progress(mitigation, stage, step => step == 0 ? Outcome.Applied : Outcome.Drift);
        var incident = AwaitingApproval.Incident with { Plan = progress };
        return PlanView.Render(BrakeBench.PlanOf(mitigation), progress, incident, Context);
    }

    [GeneratedRegex("<@U0[A-Z]+>|<!subteam\\^S0DBA>")]
    private static partial Regex User { get; }

    [GeneratedRegex("<!date[^>]*>")]
    private static partial Regex Date { get; }

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code { get; }
}
