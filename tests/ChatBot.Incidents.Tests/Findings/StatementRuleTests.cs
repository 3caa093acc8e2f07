using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.EveryMitigation;

namespace ChatBot.Incidents.Tests.Findings;

/// <summary>The longest statements are often a dump, a new index, or such as only wait: which of them a plan cancels.</summary>
public class StatementRuleTests
{
    [Fact]
    public void What_would_have_to_begin_again_is_left_and_what_only_waits_comes_last()
    {
        PinnedSession[] running =
        [
            One(1, "copy orders to stdout"), // an unnamed dump
            One(2, "create index on orders (note)"),
            One(3, "update stock set left = ?", waits: true),
            One(4, "select ? from orders", application: "nightly-dump"),
            One(5, "alter table orders add note text", waits: true),
            One(6, "select count(*) from orders"),
            One(7, "copy orders from stdin"),
            One(8, "select ? from orders", user: "backup"),
        ];

        Assert.Equal([6, 7, 5, 3], StatementRule.Choose(running).Select(session => session.Pin.Number));
    }

    private static PinnedSession One(int number, string statement, string application = "shop", string user = "app", bool waits = false) => Running(0) with
    {
        Pin = ((PostgreSqlPin)Running(0).Pin) with { ProcessId = number, User = user },
        Application = ForeignText.From(application, 63),
        Statement = ForeignText.From(statement, 200),
        Waits = waits,
    };
}
