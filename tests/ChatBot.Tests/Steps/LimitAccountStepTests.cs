using ChatBot.Databases;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.EveryMitigation;

namespace ChatBot.Tests.Steps;

/// <summary>Which account is limited, to how many, and how that is taken back.</summary>
public class LimitAccountStepTests
{
    [Theory]
    [InlineData("", 48)]
    [InlineData("percent=20", 19)]
    [InlineData("percent=100", 61)]
    public async Task Who_holds_most_gets_its_share_at_most(string parameters, int limit)
    {
        var plan = await new BrakeBench(Server(checkout: null)).DrawUpAsync<LimitAccount>("limit-role", parameters);

        Assert.Equal(new LimitAccount(Incidents.Tests.Given.Server, "checkout", "checkout", null, limit, 61, 97, IsUndo: false), plan);
    }

    [Fact]
    public async Task A_protected_account_is_passed_over()
    {
        var server = Server(checkout: null);
        server.Limits.Remove("checkout"); // the server answers so for those that nobody limits from here

        Assert.Equal(("reports", 31), await LimitedAsync(server));
    }

    [Fact]
    public async Task An_account_whose_name_only_looks_alike_is_passed_over()
    {
        var server = Server(checkout: null);
        server.Limits["checkout"] = server.Limits["checkout"] with { Used = 2 };

        Assert.Equal(("reports", 31), await LimitedAsync(server));
    }

    [Fact]
    public async Task An_account_that_is_limited_already_is_passed_over()
    {
        var server = Server(checkout: 40);
        Assert.Equal(("reports", 31), await LimitedAsync(server));

        server.Limits["reports"] = server.Limits["reports"] with { Limit = 10 };
        Assert.Equal("Those who hold many connections have limits that are low enough for 50 % of the slots already.", await new BrakeBench(server).WhyNotAsync("limit-role"));
    }

    [Fact]
    public async Task Small_holders_are_left_alone()
    {
        var server = new ScriptedServer { Consumers = [.. Enumerable.Range(0, 20).Select(number => BrakeBench.Group($"service-{number}", 4))] };

        Assert.Equal("No account that may be limited holds a tenth of the slots or more, so a limit would make no room.", await new BrakeBench(server).WhyNotAsync("limit-role"));
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task The_limit_is_set_with_its_pins()
    {
        var bench = new BrakeBench(new ScriptedServer());

        Assert.Equal(["limit checkout  -> 48 key-1", "look: limit checkout  -> 48 key-1"], await bench.ApplyAsync(Limited));
        Assert.Equal(["limit a'b@% 48 -> 1000 key-1", "look: limit a'b@% 48 -> 1000 key-1"], await bench.ApplyAsync(LimitUndone));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(80)]
    public async Task The_next_plan_puts_back_what_was_before(int? before)
    {
        var server = Server(checkout: 48);
        var done = BrakeBench.PlanOf(Limited with { From = before });

        var plan = await new BrakeBench(server).DrawUpAsync<LimitAccount>("limit-role", toUndo: done);

        Assert.Equal(new LimitAccount(Incidents.Tests.Given.Server, "checkout", "checkout", 48, before, 61, 97, IsUndo: true), plan);
    }

    [Fact]
    public async Task A_limit_that_somebody_changed_meanwhile_is_theirs()
    {
        var plan = await new BrakeBench(Server(checkout: 90)).DrawUpAsync<LimitAccount>("limit-role", toUndo: BrakeBench.PlanOf(Limited));

        Assert.Equal((90, 48, false), (plan.From, plan.To, plan.IsUndo));
    }

    [Theory]
    [InlineData("checkout", "You lack CREATEROLE. Somebody with more rights can run: alter role \"checkout\" connection limit 48;")]
    [InlineData("shop@%.example.com", "You lack CREATEROLE. Somebody with more rights can run: alter role \"shop@%.example.com\" connection limit 48;")]
    [InlineData("*check*", "You lack CREATEROLE.")] // people could not tell the name from the sentence around it
    [InlineData("a\"; drop table orders; --", "You lack CREATEROLE.")]
    [InlineData("<!channel>", "You lack CREATEROLE.")]
    public async Task Without_the_right_a_person_gets_the_statement(string account, string why)
    {
        var server = Server(checkout: null);
        server.Limits["checkout"] = server.Limits["checkout"] with { Account = account };
        server.Lacks[ServerRight.LimitAccounts] = "You lack CREATEROLE.";

        Assert.Equal(why, await new BrakeBench(server).WhyNotAsync("limit-role"));
    }

    [Fact]
    public async Task What_this_role_lacks_is_granted_by_name()
    {
        var server = Server(checkout: null);
        server.Lacks[ServerRight.LimitAccounts] = "On orders-db the bot may not limit this role: it has to be granted for that.";
        server.Grants["checkout"] = "grant \"checkout\" to \"chatbot_limiter\" with admin true, inherit false, set false;";
        Assert.Equal(
            "On orders-db the bot may not limit this role: it has to be granted for that. As a superuser: grant \"checkout\" to \"chatbot_limiter\" with admin true, inherit false, set false; Or by hand: alter role \"checkout\" connection limit 48;",
            await new BrakeBench(server).WhyNotAsync("limit-role"));

        server.Limits["checkout"] = server.Limits["checkout"] with { Account = "*check*" };
        server.Grants["*check*"] = server.Grants["checkout"];
        Assert.EndsWith("granted for that.", await new BrakeBench(server).WhyNotAsync("limit-role"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_with_an_account_for_each_host_is_left_to_a_person_with_a_statement_for_each()
    {
        var server = Server(checkout: null);
        server.Hosts["checkout"] =
        [
            new AccountLimit(server.Pin, "checkout@10.0.0.1", Limit: null, Used: 61) { IsMySql = true },
            new AccountLimit(server.Pin, "checkout@10.0.0.2", Limit: 90, Used: 61) { IsMySql = true },
            new AccountLimit(server.Pin, "checkout@10.0.0.3", Limit: 5, Used: 61) { IsMySql = true }, // low enough
        ];

        Assert.Equal(
            "The user who holds most has 3 accounts, one for each host, and each has a limit of its own: choose the one that its sessions come by. Somebody with more rights can run: "
            + "alter role \"checkout@10.0.0.1\" connection limit 48; alter role \"checkout@10.0.0.2\" connection limit 48;",
            await new BrakeBench(server).WhyNotAsync("limit-role"));
    }

    [Fact]
    public async Task An_account_among_several_gets_back_what_it_had()
    {
        var server = Server(checkout: null);
        server.Hosts["checkout"] =
        [
            new AccountLimit(server.Pin, "checkout@10.0.0.1", Limit: null, Used: 61) { IsMySql = true },
            new AccountLimit(server.Pin, "checkout@10.0.0.2", Limit: 48, Used: 61) { IsMySql = true },
        ];
        var plan = await new BrakeBench(server).DrawUpAsync<LimitAccount>("limit-role", toUndo: BrakeBench.PlanOf(Limited with { Account = "checkout@10.0.0.2", From = 90 }));

        Assert.Equal(("checkout@10.0.0.2", 48, 90, true, true), (plan.Account, plan.From, plan.To, plan.IsUndo, plan.IsMySql));
    }

    private static async Task<(string Account, int? Limit)> LimitedAsync(ScriptedServer server)
    {
        var plan = await new BrakeBench(server).DrawUpAsync<LimitAccount>("limit-role");
        return (plan.Account, plan.To);
    }

    private static ScriptedServer Server(int? checkout)
    {
        var server = new ScriptedServer { Consumers = [BrakeBench.Group("reports", 31), BrakeBench.Group("checkout", 40), BrakeBench.Group("checkout", 21), BrakeBench.Group("ops", 1)] };
        server.Limits["checkout"] = new AccountLimit(server.Pin, "checkout", checkout, Used: 61);
        server.Limits["reports"] = new AccountLimit(server.Pin, "reports", Limit: null, Used: 31);
        return server;
    }
}
