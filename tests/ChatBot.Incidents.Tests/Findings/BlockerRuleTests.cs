using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.EveryMitigation;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests.Findings;

/// <summary>Whom a plan against a lock pile-up ends or cancels, and whom it leaves alone.</summary>
public class BlockerRuleTests
{
    private const SessionActivity IdleIn = SessionActivity.IdleInTransaction;
    private const SessionActivity Running = SessionActivity.Running;

    private static readonly string[] Reasons = ["a prepared transaction", "takes a backup", "changing the schema", "outside a transaction", "nobody ends"];

    /// <summary>One chain: its root, how many it blocks, how many of them the gate holds up (null: no gate), and what is done.</summary>
    public static readonly TheoryData<string, string, SessionActivity, bool, int, int?, string> Chains = new()
    {
        // application, statement, activity, can be ended, blocked, behind the gate, expected
        { "checkout-api", "update stock set left = ?", IdleIn, true, 12, null, "EndRoot 12" },
        { "checkout-api", "select ? from orders", Running, true, 12, null, "EndRoot 12" },
        { "checkout-api", "update stock set left = ?", IdleIn, true, 1, null, "EndRoot 1" },
        { "checkout-api", "update stock set left = ?", IdleIn, false, 12, null, "nothing: nobody ends" },
        { "checkout-api", "update stock set left = ?", IdleIn, false, 12, 3, "CancelGate 3 NobodyEndsIt" },
        { "checkout-api", "update stock set left = ?", IdleIn, false, 12, 0, "nothing: nobody ends" }, // it would free nobody
        { "", "", SessionActivity.Prepared, false, 12, null, "nothing: a prepared transaction" },
        { "", "", SessionActivity.Prepared, false, 12, 11, "CancelGate 11 NobodyEndsIt" },

        // cancelling the gate loses less, where it frees nearly everybody
        { "checkout-api", "select ? from orders", IdleIn, true, 13, 12, "CancelGate 12 NotNeeded" },
        { "checkout-api", "select ? from orders", IdleIn, true, 11, 8, "CancelGate 8 NotNeeded" },
        { "checkout-api", "select ? from orders", IdleIn, true, 12, 8, "EndRoot 12" },
        { "checkout-api", "select ? from orders", IdleIn, true, 2, 1, "CancelGate 1 NotNeeded" },
        { "checkout-api", "select ? from orders", IdleIn, true, 1, 0, "EndRoot 1" },

        // backups
        { "pg_dump", "COPY public.orders TO stdout", Running, true, 13, 12, "CancelGate 12 Backup" },
        { "pg_dump", "COPY public.orders TO stdout", Running, true, 13, 2, "CancelGate 2 Backup" },
        { "pg_dump", "COPY public.orders TO stdout", Running, true, 13, null, "nothing: takes a backup" },
        { "mariadb-dump", "SELECT * FROM orders", IdleIn, true, 5, null, "nothing: takes a backup" },
        { "nightly Backup job", "", IdleIn, true, 5, null, "nothing: takes a backup" },
        { "etl", "copy (select ? from orders) to stdout", Running, true, 5, null, "nothing: takes a backup" },
        { "etl", "copy orders from stdin", Running, true, 5, null, "EndRoot 5" },
        { "etl", "FLUSH TABLES WITH READ LOCK", IdleIn, true, 5, null, "nothing: takes a backup" },

        // changes of the schema
        { "flyway", "ALTER TABLE orders ADD COLUMN note text", Running, true, 13, null, "nothing: changing the schema" },
        { "flyway", "  create index on orders (note)", Running, true, 13, null, "nothing: changing the schema" },
        { "flyway", "alter table orders add column note text", Running, true, 13, 4, "CancelGate 4 SchemaChange" },
        { "flyway", "alter table orders add column note text", IdleIn, true, 13, null, "EndRoot 13" }, // left open, it holds the locks for nothing
        { "shop", "created_orders()", Running, true, 13, null, "EndRoot 13" }, // a word that only begins like one
        { "shop", "alternate", Running, true, 13, null, "EndRoot 13" },
    };

    [Theory]
    [MemberData(nameof(Chains))]
    public void The_biggest_chain_is_taken_at_its_root_or_at_its_gate(
        string application, string statement, SessionActivity activity, bool canBeEnded, int blocked, int? behind, string expected) =>
        Assert.Equal(expected, Said(Blocking(Chain(application, statement, activity, canBeEnded, blocked, behind))));

    [Fact]
    public void Nobody_waits() => Assert.Equal("nothing: Nobody waits for a lock", Said(Blocking())[..32]);

    [Fact]
    public void A_chain_that_nobody_can_do_anything_about_leaves_the_next_one()
    {
        var stuck = Chain("pg_dump", "COPY orders TO stdout", Running, canBeEnded: true, blocked: 20, behind: null);
        var next = Chain("shop", "update orders set paid = ?", IdleIn, canBeEnded: true, blocked: 4, behind: null);
        var plan = BlockerRule.Choose(Blocking(stuck, next))!;

        Assert.Equal((BlockerWay.EndRoot, 4, 1), (plan.Way, plan.Waiting, plan.OtherChains));
        Assert.Equal(Server, plan.Server);
    }

    [Fact]
    public void A_protected_root_is_spared_even_with_a_pin()
    {
        var chain = Chain("shop", "update orders set paid = ?", IdleIn, canBeEnded: true, blocked: 4, behind: null);

        Assert.Null(BlockerRule.Choose(Blocking(chain with { Blocker = chain.Blocker with { IsProtected = true } })));
    }

    [Fact]
    public void A_gate_that_can_not_be_cancelled_leaves_the_root()
    {
        var chain = Chain("shop", "select ? from orders", IdleIn, canBeEnded: true, blocked: 13, behind: 12) with { Gate = null };

        Assert.Equal("EndRoot 13", Said(Blocking(chain)));
    }

    [Fact]
    public void What_is_spared_stands_in_the_plan()
    {
        var chain = Chain("pg_dump", "COPY orders TO stdout", Running, canBeEnded: false, blocked: 13, behind: 12);
        var plan = BlockerRule.Choose(Blocking(chain))!;

        Assert.Equal(Alter, plan.Session);
        Assert.Equal(
            new SparedRoot(4242, ForeignText.From("pg_dump", 64), ForeignText.From("owner", 64), ForeignText.From("COPY orders TO stdout", 200), SparedBecause.Backup),
            plan.Spared);
    }

    [Theory]
    [InlineData(SessionActivity.Idle, "EndIdleRoot 12")] // an advisory lock, get_lock(), LOCK TABLES: held without a transaction
    [InlineData(Running, "nothing: outside a transaction")]
    [InlineData(IdleIn, "nothing: outside a transaction")] // failed, and so without a start
    public void A_root_without_a_transaction_is_held_by_its_idleness_or_not_at_all(SessionActivity activity, string expected)
    {
        var chain = Chain("leader", "select pg_advisory_lock(?)", activity, canBeEnded: true, blocked: 12, behind: null) with { Root = AdvisoryHolder };

        Assert.Equal(expected, Said(Blocking(chain)));
        Assert.Equal(activity is SessionActivity.Idle ? null : AdvisoryHolder, BlockerRule.ForAPerson(Blocking(chain)));
    }

    [Fact]
    public void Before_a_root_that_no_plan_can_hold_the_gate_is_cancelled()
    {
        var chain = Chain("leader", "select ? from orders", Running, canBeEnded: true, blocked: 12, behind: 3) with { Root = AdvisoryHolder };

        Assert.Equal("CancelGate 3 NobodyEndsIt", Said(Blocking(chain)));
    }

    [Fact]
    public void A_gate_that_would_lose_work_of_its_own_leaves_the_root()
    {
        var chain = Chain("checkout-api", "select ? from orders", IdleIn, canBeEnded: true, blocked: 13, behind: 12);
        var open = Alter with { Transaction = new OpenTransaction(TimeSpan.FromMinutes(4), HasWritten: true, Rows: null, Locks: null) };

        Assert.Equal("EndRoot 13", Said(Blocking(chain with { Gate = open })));
        Assert.Equal("CancelGate 12 NotNeeded", Said(Blocking(chain with { Gate = open with { Transaction = open.Transaction with { HasWritten = false } } })));

        var backup = Chain("pg_dump", "copy orders to stdout", Running, canBeEnded: true, blocked: 13, behind: 12) with { Gate = open };
        Assert.Equal("CancelGate 12 Backup", Said(Blocking(backup)));
    }

    [Fact]
    public void A_migration_is_cancelled_only_where_nothing_else_helps_and_the_plan_says_so()
    {
        var chain = Chain("checkout-api", "select ? from orders", IdleIn, canBeEnded: true, blocked: 13, behind: 12) with { GateIsMigration = true };
        Assert.Equal("EndRoot 13", Said(Blocking(chain)));

        var backup = Chain("pg_dump", "copy orders to stdout", Running, canBeEnded: true, blocked: 13, behind: 12) with { GateIsMigration = true };
        var plan = BlockerRule.Choose(Blocking(backup) with { IsReplica = true })!;
        Assert.Equal((BlockerWay.CancelGate, SparedBecause.Backup, true, true), (plan.Way, plan.Spared?.Because, plan.IsMigration, plan.OnReplica));
    }

    /// <summary>Reasons go to events and logs: own words and numbers, no names of others.</summary>
    [Theory]
    [InlineData(SessionActivity.IdleInTransaction)]
    [InlineData(SessionActivity.Prepared)]
    [InlineData(SessionActivity.Running)]
    public void A_reason_names_nobody(SessionActivity activity)
    {
        var why = BlockerRule.WhyNot(Blocking(Chain("canary-dump", "alter canary", activity, canBeEnded: false, blocked: 3, behind: null)));

        Assert.DoesNotContain("canary", why, StringComparison.Ordinal);
        Assert.StartsWith("3 sessions wait for ", why, StringComparison.Ordinal);
        Assert.EndsWith(".", why, StringComparison.Ordinal);
    }

    private static string Said(BlockingChains blocking) => BlockerRule.Choose(blocking) is { } plan
        ? $"{plan.Way} {plan.Frees} {plan.Spared?.Because}".TrimEnd()
        : $"nothing: {Told(BlockerRule.WhyNot(blocking))}";

    private static string Told(string why) =>
        Reasons.FirstOrDefault(words => why.Contains(words, StringComparison.Ordinal)) ?? why;

    private static BlockingChains Blocking(params BlockingChain[] chains) => new(Server, chains);

    private static BlockingChain Chain(string application, string statement, SessionActivity activity, bool canBeEnded, int blocked, int? behind) => new(
        new Blocker(
            4242,
            ForeignText.From(application, 64),
            ForeignText.From("owner", 64),
            default,
            activity,
            TimeSpan.FromMinutes(3),
            ForeignText.From(statement, 200),
            blocked,
            IsProtected: !canBeEnded)
        {
            Gate = behind is { } held ? new BlockingGate(Alter.Pin.Number, Alter.Application, default, Alter.Statement, Alter.For, held) : null,
        },
        canBeEnded ? OpenOne : null,
        behind is null ? null : Alter);
}
