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
        // terminate-idle, end-transactions, end-blocker, cancel-query, limit-role, restart-service, resize-pool, pooler, raise-limit
        { NotExhausted, "....!...." },
        { AccountLimit, "!!..!!++!" },
        { DatabaseLimit, "!!...!++!" },
        { PoolerSaturated, "!!.....+!" },
        { ApplicationPool, "!!..!!+.!" },
        { LockPileUp, "!.+..!!.!" },
        { TransactionLeak, ".+..++!.." },
        { SlowQueries, "...++!!.!" },
        { IdleLeak, "+...++!.." },
        { ConnectionStorm, "!!..+!.+." },
        { Outlier, "+..++!!.." },
        { PodsTimesPool, "!....!++!" },
        { TooSmall, "...!.!!++" },
        { Undetermined, "+....!!.." },
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

    private static Worth Worth(Cause cause, Cause[] behind, string step) => StepWorths.Of(cause, behind).Single(worth => worth.Step == step).Worth;
}
