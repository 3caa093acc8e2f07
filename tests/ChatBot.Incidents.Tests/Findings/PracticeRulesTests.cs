using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Practices;

namespace ChatBot.Incidents.Tests.Findings;

public class PracticeRulesTests
{
    private static readonly SessionHabits Nothing = new(40, 0, TimeSpan.FromMinutes(10), [], [], SeesEverything: true);

    [Theory]
    [InlineData("select id from cart where id = ?", 3, true)]
    [InlineData("select id from cart where id = ?", 2, false)]
    [InlineData("insert into audit values (?)", 30, true)]
    [InlineData("settle the bill", 3, true)]
    [InlineData("DISCARD ALL", 30, false)]
    [InlineData("rollback", 30, false)]
    [InlineData("SET extra_float_digits = ?", 30, false)]
    [InlineData("SHOW TRANSACTION ISOLATION LEVEL", 30, false)]
    [InlineData("SELECT ?", 30, false)]
    [InlineData("select ?;", 30, false)]
    [InlineData("", 30, false)]
    public void Sessions_after_the_same_work_look_like_a_leak_and_those_given_back_do_not(string statement, int sessions, bool leaks)
    {
        var habits = Nothing with { Idle = [Idle(statement, sessions)] };

        Assert.Equal(leaks, PracticeRules.Leaks(habits).Count == 1);
        Assert.Equal(!leaks && sessions >= PracticeRules.SameStatement, PracticeRules.Spare(habits).Count == 1);
    }

    [Theory]
    [InlineData(29, 29, false, false)]
    [InlineData(30, 30, true, false)]
    [InlineData(600, 600, true, false)] // the pause is what is wrong with it
    [InlineData(null, 299, false, false)]
    [InlineData(null, 300, false, true)]
    [InlineData(5, 300, false, true)]
    public void A_transaction_that_stands_still_or_takes_long_speaks_for_itself(int? idle, int age, bool pauses, bool isLong)
    {
        var habits = Nothing with
        {
            Transactions =
            [
                new TransactionHabit(Text("a"), Text("b"), 3, idle is null ? 0 : 1, idle is { } s ? TimeSpan.FromSeconds(s) : null, TimeSpan.FromSeconds(age), Text("update x")),
            ],
        };

        Assert.Equal((pauses, isLong), (PracticeRules.Pauses(habits).Count == 1, PracticeRules.LongTransactions(habits).Count == 1));
    }

    [Theory]
    [InlineData(40, 3, false)]
    [InlineData(40, 4, true)]
    [InlineData(0, 0, false)]
    [InlineData(3, 0, false)]
    public void A_few_sessions_without_a_name_are_people(int sessions, int nameless, bool hides) =>
        Assert.Equal(hides, PracticeRules.HidesNames(Nothing with { Sessions = sessions, Nameless = nameless }));

    [Fact]
    public void The_worst_comes_first()
    {
        var habits = Nothing with { Idle = [Idle("select a", 3), Idle("select b", 9), Idle("select c", 5)] };

        Assert.Equal([9, 5, 3], PracticeRules.Leaks(habits).Select(habit => habit.Sessions));
    }

    private static IdleHabit Idle(string statement, int sessions) =>
        new(Text("checkout"), Text("app"), Text(statement), sessions, TimeSpan.FromMinutes(11), TimeSpan.FromMinutes(40));

    private static ForeignText Text(string text) => ForeignText.From(text, 120);
}
