using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;
using static ChatBot.Incidents.Findings.Cause;
using static ChatBot.Incidents.Findings.Worth;

namespace ChatBot.Incidents.Tests.Findings.Causes;

public class StepWorthsTests
{
    /// <summary>The whole table at a glance, in the order of <see cref="StepWorths.Names"/>: + helps, . useless, ! harmful.</summary>
    public static readonly TheoryData<Cause, string> Table = new()
    {
        // terminate-idle, end-transactions, end-blocker, cancel-query, limit-role, restart-service, pause-rollout, scale-down,
        // resize-pool, advise-pooler, advise-replicas, raise-own-limit, raise-limit
        { NotExhausted, "....!........" },
        { AccountLimit, "!!..!!++++.+!" },
        { DatabaseLimit, "!!...!++++.+!" },
        { PoolerSaturated, "!!.......+..!" },
        { ApplicationPool, "!!..!!.!....!" },
        { LockPileUp, "!.+..!..!...!" },
        { TransactionLeak, ".+..++..!...." },
        { SlowQueries, "...++!..!.+.!" },
        { IdleLeak, "+...++..!...." },
        { ConnectionStorm, "!!..+!++.+..." },
        { RolloutSurge, "!....!++!+..." },
        { Orphans, "++..!!......." },
        { Outlier, "+..++!.+!.+.." },
        { PodsTimesPool, "!....!++++..!" },
        { TooSmall, "...!.!..!++.." },
        { Undetermined, "+....!..!...." },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Every_step_is_judged_against_every_cause(Cause cause, string worths) =>
        Assert.Equal(worths, string.Concat(StepWorths.Of(cause).Select(step => step.Worth switch { Helps => '+', Useless => '.', _ => '!' })));

    [Fact]
    public void The_table_above_leaves_no_cause_out() =>
        Assert.Equal(Enum.GetValues<Cause>().Order(), Table.Select(row => row.Data.Item1).Order());

    [Fact]
    public void Every_answer_says_why_in_one_sentence() => Assert.All(Enum.GetValues<Cause>().SelectMany(StepWorths.Of), step =>
    {
        Assert.Equal('.', step.Why[^1]);
        Assert.True(step.Why.Length is > 10 and < 140 && char.IsUpper(step.Why[0]) && !step.Why[..^1].Contains(". ", StringComparison.Ordinal), step.Why);
    });

    [Fact]
    public void Behind_a_limit_that_is_reached_the_steps_against_its_holders_help()
    {
        Assert.Equal(Harmful, Worth(AccountLimit, [], "terminate-idle"));
        Assert.Equal(Helps, Worth(AccountLimit, [IdleLeak], "terminate-idle"));
        Assert.Equal(Helps, Worth(PoolerSaturated, [TransactionLeak], "end-transactions"));
        Assert.Equal(Harmful, Worth(AccountLimit, [IdleLeak], "limit-role")); // a lower limit stays harmful
        Assert.Equal(Harmful, Worth(ApplicationPool, [IdleLeak], "terminate-idle")); // its pool doesn't get them back
        Assert.Equal(Helps, Worth(ApplicationPool, [IdleLeak], "restart-service"));
        Assert.Equal(Harmful, Worth(LockPileUp, [IdleLeak], "terminate-idle")); // the server's own causes stay as they are
    }

    [Fact]
    public void What_a_services_own_pool_waits_for_helps_it_too()
    {
        Assert.Equal(Useless, Worth(ApplicationPool, [], "end-blocker"));
        Assert.Equal(Helps, Worth(ApplicationPool, [LockPileUp], "end-blocker"));
        Assert.Equal(Useless, Worth(ApplicationPool, [], "cancel-query"));
        Assert.Equal(Helps, Worth(ApplicationPool, [SlowQueries], "cancel-query"));
    }

    [Fact]
    public void A_larger_pool_helps_only_a_service_that_is_known_to_use_it()
    {
        Assert.Equal(Useless, Worth(ApplicationPool, [], "resize-pool"));
        Assert.Equal(Helps, Worth(ApplicationPool, [TooSmall], "resize-pool"));
        Assert.Equal(Harmful, Worth(ApplicationPool, [IdleLeak], "resize-pool"));
        Assert.Equal(Harmful, Worth(ApplicationPool, [SlowQueries], "resize-pool"));
        Assert.Equal(Harmful, Worth(ApplicationPool, [LockPileUp], "resize-pool"));
    }

    [Fact]
    public void The_advice_about_poolers_and_replicas_is_judged_by_the_name_of_its_step() =>
        Assert.All(["advise-pooler", "advise-replicas"], name => Assert.Contains(name, StepWorths.Names));

    [Fact]
    public void Every_step_has_words_of_its_own() =>
        Assert.All(StepWorths.Names, name => Assert.NotEqual(name, CauseNames.OfStep(name)));

    private static Worth Worth(Cause cause, Cause[] behind, string step) =>
        StepWorths.Of(Found(cause), [.. behind.Select(Found)]).Single(worth => worth.Step == step).Worth;

    private static CauseFinding Found(Cause cause) => new(cause, 10, Sentence.Empty, []);
}
