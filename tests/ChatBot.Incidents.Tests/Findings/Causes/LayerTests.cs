using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;
using static ChatBot.Incidents.Findings.Cause;
using static ChatBot.Incidents.Tests.Findings.Causes.Crowds;

namespace ChatBot.Incidents.Tests.Findings.Causes;

/// <summary>Which slots ran out, before anybody asks why.</summary>
public class LayerTests
{
    private static readonly Symptoms Quiet = Server(97, Running("orders-api", 4, 0.1), Pool("orders-api", 30));
    private static readonly Symptoms Full = Server(97, Leaked("checkout-api", 61), Pool("orders-api", 36));

    public static readonly IEnumerable<TheoryDataRow<Symptoms, Cause, LayerNumbers>> Layers =
    [
        Row("room everywhere", Quiet, NotExhausted, On(Layer.Server, "", 34, 97)),
        Row("the server", Full, IdleLeak, On(Layer.Server, "", 97, 97)),
        Row("a refusal outranks the count", Quiet with { RefusedLogins = 2 }, Undetermined, On(Layer.Server, "", 34, 97)),
        Row("a refusal before this look got in", Quiet.Usage(usage => usage with { RefusedLogins = 1 }), ConnectionStorm, On(Layer.Server, "", 34, 97)),
        Row("others were refused", Quiet.Since(30, 4, 1), Undetermined, On(Layer.Server, "", 34, 97)),
        Row("more sessions than slots (MySQL's admin port)", Server(10, Leaked("checkout-api", 19)), IdleLeak, On(Layer.Server, "", 19, 10)),
        Row("nobody got in", Nobody(3), Undetermined, On(Layer.Server, "", 0, 0)),
        Row("nothing is known", Nobody(), Undetermined, On(Layer.None, "", 0, 0)),

        Row("an account's limit", Quiet.Limited(LimitScope.Account, "shop", 34, 34), AccountLimit, On(Layer.Account, "shop", 34, 34)),
        Row("an account of MySQL", Quiet.Limited(LimitScope.Account, "shop@%", 30, 34), AccountLimit, On(Layer.Account, "shop@%", 34, 30)),
        Row("a database's limit", Quiet.Limited(LimitScope.Database, "shop", 34, 34), DatabaseLimit, On(Layer.Database, "shop", 34, 34)),
        Row("an account's limit, unseen", Quiet.Sightless().Limited(LimitScope.Account, "shop", 34, 34), AccountLimit, On(Layer.Account, "shop", 34, 34)),
        Row("nearly an account's limit", Quiet.Limited(LimitScope.Account, "shop", 36, 34), NotExhausted, On(Layer.Account, "shop", 34, 36)),
        Row("a job that may run once, and does", Quiet.Limited(LimitScope.Account, "leader_lock", 1, 1), NotExhausted, On(Layer.Account, "leader_lock", 1, 1)),
        Row("four consoles", Quiet.Limited(LimitScope.Account, "people", 4, 4), NotExhausted, On(Layer.Account, "people", 4, 4)),
        Row("five of a service", Quiet.Limited(LimitScope.Account, "invoice", 5, 5), AccountLimit, On(Layer.Account, "invoice", 5, 5)),
        Row("pools that just fit, and no login failed", Quiet.Limited(LimitScope.Account, "shop@%", 34, 34).Failed(0), NotExhausted, On(Layer.Account, "shop@%", 34, 34)),
        Row("logins failed", Quiet.Limited(LimitScope.Account, "shop@%", 34, 34).Failed(3), AccountLimit, On(Layer.Account, "shop@%", 34, 34)),
        Row("one left of a small limit", Quiet.Limited(LimitScope.Account, "reports", 5, 4), NotExhausted, On(Layer.Account, "reports", 4, 5)),
        Row("shut on purpose", Quiet.Limited(LimitScope.Account, "old", 0, 0), NotExhausted, On(Layer.Server, "", 34, 97)),
        Row("a limit that holds most of a rather full server", Server(97, Pool("orders-api", 80)).Limited(LimitScope.Account, "shop", 80, 80), AccountLimit, On(Layer.Account, "shop", 80, 80)),
        Row("a small limit on a full server", Full.Limited(LimitScope.Account, "reports", 2, 2), IdleLeak, On(Layer.Server, "", 97, 97)),
        Row("the larger of two limits", Quiet.Limited(LimitScope.Account, "a", 9, 9).Limited(LimitScope.Database, "shop", 34, 34), DatabaseLimit, On(Layer.Database, "shop", 34, 34)),

        Row("a pooler", Quiet.Behind(Pooled(busy: 20, size: 20, waiting: 40)), PoolerSaturated, On(Layer.Pooler, "shop", 20, 20, 40)),
        Row("a pooler that lends a reserve", Quiet.Behind(Pooled(busy: 4, size: 3, waiting: 5) with { ReserveSize = 2 }), PoolerSaturated, On(Layer.Pooler, "shop", 4, 5, 5)),
        Row("a wait that passes", Quiet.Behind(Pooled(busy: 20, size: 20, waiting: 1, maxWait: 0.003)), NotExhausted, On(Layer.Pooler, "shop", 20, 20, 1)),
        Row("a pooler on a rather full server", Server(22, Running("", 20, 1)).Behind(Pooled(20, 20, 40)), PoolerSaturated, On(Layer.Pooler, "shop", 20, 20, 40)),
        Row("a pooler that a full server keeps out", Full.Behind(Pooled(5, 20, 40, login: 1)), IdleLeak, On(Layer.Server, "", 97, 97)),
        Row("a full server outranks a full pooler", Full.Behind(Pooled(20, 20, 40)), IdleLeak, On(Layer.Server, "", 97, 97)),
        Row("a pooler with room", Quiet.Behind(Pooled(busy: 3, size: 20, waiting: 0, free: 4)), NotExhausted, On(Layer.Server, "", 34, 97)),
        Row("a pooler whose pool is the fullest", Quiet.Behind(Pooled(busy: 19, size: 20, waiting: 0, free: 1)), NotExhausted, On(Layer.Pooler, "shop", 19, 20)),
        Row("a pooler, and nobody got in", Nobody().Behind(Pooled(20, 20, 40)), PoolerSaturated, On(Layer.Pooler, "shop", 20, 20, 40)),
        Row("all pools of a database together", Quiet.Behind(Pooled(10, 20, 40) with { CurrentDatabaseConnections = 30, MaxDatabaseConnections = 30 }), PoolerSaturated, On(Layer.Pooler, "shop", 30, 30, 40)),
        Row("a paused pooler", Quiet.Behind(Pooled(0, 20, 40, free: 5) with { IsPaused = true }), PoolerSaturated, On(Layer.Pooler, "shop", 0, 20, 40)),

        Row("an application's pool", Quiet.Waits("orders-api", 10, 10, 25), Cause.ApplicationPool, On(Layer.Application, "orders-api", 10, 10, 25)),
        Row("a full one, nobody waits", Quiet.Waits("orders-api", 10, 10, 0), Cause.ApplicationPool, On(Layer.Application, "orders-api", 10, 10)),
        Row("timeouts only", Quiet.Waits("orders-api", null, 10, 0, timeouts: 4), Cause.ApplicationPool, On(Layer.Application, "orders-api", 10, 0)),
        Row("one with room", Quiet.Waits("orders-api", 10, 3, 0), NotExhausted, On(Layer.Server, "", 34, 97)),
        Row("on a full server it is a victim", Full.Waits("orders-api", 10, 10, 25), IdleLeak, On(Layer.Server, "", 97, 97)),
        Row("nobody could look at the server", Nobody().Waits("orders-api", 10, 10, 25), Undetermined, On(Layer.Application, "orders-api", 10, 10, 25)),
        Row("the one that keeps most waiting", Quiet.Waits("a", 10, 10, 2).Waits("b", 5, 5, 9), Cause.ApplicationPool, On(Layer.Application, "b", 5, 5, 9)),
    ];

    [Theory]
    [MemberData(nameof(Layers))]
    public void The_layer_comes_first_with_its_numbers(Symptoms symptoms, Cause cause, LayerNumbers layer)
    {
        var verdict = VerdictRule.Judge(symptoms);

        Assert.Equal((cause, layer), (verdict.Cause, verdict.Layer));
    }

    [Fact]
    public void A_refused_login_is_never_called_healthy()
    {
        var verdict = VerdictRule.Judge(Quiet with { RefusedLogins = 2 });

        Assert.NotEqual(NotExhausted, verdict.Cause);
        Assert.Contains(verdict.For, reason => reason.Words.ToString().Contains("outranks every count", StringComparison.Ordinal));
        Assert.Contains(verdict.Against, reason => reason.Words.ToString().StartsWith("Only 34 of 97 slots are seen taken", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_sight_no_state_is_named_and_the_missing_right_is()
    {
        var postgres = VerdictRule.Judge(Full.Sightless());
        var mysql = VerdictRule.Judge(Full.Sightless().On("MySQL", "9.7.4"));

        Assert.Equal("At most 97 of 97 slots of the server are taken. Why can't be told: the bot may not see what the sessions do.", postgres.Summary.ToString());
        Assert.Equal("97 of 97 slots of the server are taken. Why can't be told: the bot may not see what the sessions do.", mysql.Summary.ToString());
        Assert.Contains(postgres.Against, reason => reason.Words.ToString().StartsWith("Workers of parallel statements are counted too", StringComparison.Ordinal));
        Assert.DoesNotContain(mysql.Against, reason => reason.Words.ToString().Contains("parallel", StringComparison.Ordinal));
        Assert.Contains(postgres.Unseen, words => words.ToString().Contains("pg_read_all_stats", StringComparison.Ordinal));
        Assert.Contains(mysql.Unseen, words => words.ToString().Contains("PROCESS", StringComparison.Ordinal));
        Assert.DoesNotContain(postgres.For, reason => reason.Words.ToString().Contains("idle", StringComparison.Ordinal));
    }

    [Fact]
    public void When_nobody_got_in_the_refusal_is_the_evidence()
    {
        var verdict = VerdictRule.Judge(Nobody(refused: 40));

        Assert.Equal("The server is full: it refused the bot's own login 40 times, so nobody could look inside.", verdict.Summary.ToString());
        Assert.Contains(verdict.Unseen, words => words.ToString().Contains("proves that the server is full", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pooler_that_hides_the_clients_is_said_and_looked_behind()
    {
        var hidden = Server(97, Idle("pgbouncer", 95, 2, clients: 1)).Behind(Pooled(60, 100, 0, free: 35), ("checkout-api", 70, 0), ("orders-api", 20, 4));
        var verdict = VerdictRule.Judge(hidden);

        Assert.Equal((PodsTimesPool, "checkout-api"), (verdict.Cause, verdict.Culprit.Value));
        Assert.Contains(verdict.Unseen, words => words.ToString() ==
            "95 of 95 sessions are a pooler's own, so the server doesn't know their clients. Behind it: checkout-api with 70 clients, orders-api with 20 clients, 4 of them waiting.");
    }

    [Fact]
    public void A_poolers_stock_is_no_leak_and_its_name_nobodys()
    {
        var verdict = VerdictRule.Judge(Server(97, Idle("pgbouncer", 60, 2400, still: 60), Pool("orders-api", 35)));

        Assert.Equal((PodsTimesPool, ""), (verdict.Cause, verdict.Culprit.Value));
        Assert.Contains(verdict.Unseen, words => words.ToString().Contains("wasn't asked", StringComparison.Ordinal));
    }

    [Fact]
    public void Sessions_from_one_address_with_a_pooler_around_may_be_the_poolers()
    {
        var verdict = VerdictRule.Judge(Server(97, Idle("", 90, 2, clients: 1)).Behind(Pooled(60, 100, 0, free: 35), ("checkout-api", 70, 0)));

        Assert.Contains(verdict.Unseen, words => words.ToString().StartsWith("90 of 90 sessions come from one address (10.0.0.1)", StringComparison.Ordinal));
    }

    [Fact]
    public void Clients_without_names_from_one_address_may_be_hidden_by_a_pooler_nobody_told_of()
    {
        static IEnumerable<string> Unseen(params Crowd[] crowds) => VerdictRule.Judge(Server(97, crowds)).Unseen.Select(words => words.ToString());

        Assert.Contains("90 of 94 sessions come from one address (10.0.0.1) and send no name: a pooler or a NAT may hide the clients.", Unseen(Idle("", 90, 2), Pool("a", 4)));
        Assert.DoesNotContain(Unseen(Idle("checkout-api", 90, 2)), words => words.Contains("hide the clients", StringComparison.Ordinal)); // one pod, with a name
        Assert.DoesNotContain(Unseen(Idle("", 90, 2, clients: 2)), words => words.Contains("hide the clients", StringComparison.Ordinal));
    }

    [Fact]
    public void Lent_in_session_mode_what_rests_is_no_stock()
    {
        var lent = Server(97, Leaked("checkout-api", 20, 1200)).Behind(Pooled(20, 20, 40) with { PoolMode = "session" });
        var verdict = VerdictRule.Judge(lent);

        Assert.Equal(PoolerSaturated, verdict.Cause);
        Assert.Equal([IdleLeak], verdict.Also.Select(other => other.Cause));
        Assert.Equal(Worth.Helps, verdict.Of("terminate-idle")!.Worth);
        Assert.Equal(Worth.Harmful, VerdictRule.Judge(Server(97, Running("", 20, 1)).Behind(Pooled(20, 20, 40))).Of("terminate-idle")!.Worth);
    }

    [Fact]
    public void A_database_that_clients_know_by_another_name_is_looked_into()
    {
        var pool = Pooled(20, 20, 40) with { Database = Name("shop-alias"), ServerDatabase = Name("shop") };
        var verdict = VerdictRule.Judge(Server(97, InTransaction("payment-api", 20, 90)).Behind(pool));

        Assert.Equal("shop-alias", verdict.Layer.Name.Value);
        Assert.Equal([TransactionLeak], verdict.Also.Select(other => other.Cause));
    }

    [Fact]
    public void Every_layer_that_is_full_is_named()
    {
        static Cause[] Also(Symptoms symptoms) => [.. VerdictRule.Judge(symptoms).Also.Select(other => other.Cause).Where(cause => cause is not PodsTimesPool)];
        var limited = Quiet.Limited(LimitScope.Database, "shop", 34, 34);

        Assert.Equal([AccountLimit], Also(limited.Limited(LimitScope.Account, "a", 2, 2)));
        Assert.Equal([PoolerSaturated], Also(limited.Behind(Pooled(20, 20, 40))));
        Assert.Equal([AccountLimit], Also(Quiet.Limited(LimitScope.Account, "shop", 36, 34).Limited(LimitScope.Account, "b", 38, 35)));
    }

    [Fact]
    public void More_sessions_than_an_account_may_have_are_not_all_counted()
    {
        var mysql = Quiet.On("MySQL", "9.7.4").Failed(2);

        Assert.Contains(
            VerdictRule.Judge(mysql.Limited(LimitScope.Account, "shop@%", 30, 34)).Against,
            reason => reason.Words.ToString().StartsWith("It has more than it may have", StringComparison.Ordinal));
        Assert.Empty(VerdictRule.Judge(mysql.Limited(LimitScope.Account, "shop@%", 34, 34)).Against);
        Assert.StartsWith(
            "Whether anybody was refused isn't known",
            Assert.Single(VerdictRule.Judge(Quiet.Limited(LimitScope.Account, "shop", 30, 34)).Against).Words.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_exhausted_is_said_of_what_was_looked_at()
    {
        var verdict = VerdictRule.Judge(Quiet);

        Assert.StartsWith("Nothing that was looked at is exhausted", verdict.Summary.ToString(), StringComparison.Ordinal);
        Assert.Contains(verdict.Unseen, words => words.ToString().StartsWith("Nobody looked at the services' own pools", StringComparison.Ordinal));
        Assert.DoesNotContain(VerdictRule.Judge(Quiet.Waits("orders-api", 10, 3, 0)).Unseen, words => words.ToString().Contains("own pools", StringComparison.Ordinal));
    }

    [Fact]
    public void The_bots_own_refusals_are_among_the_victims()
    {
        Assert.StartsWith("Victims, not causes: the bot itself, refused 3 times.", VerdictRule.Judge(Full with { RefusedLogins = 3 }).Victims!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith(
            "The server was full a moment ago: it refused the bot's own login 3 times, with 34 of 97 slots seen taken now.",
            VerdictRule.Judge(Quiet with { RefusedLogins = 3 }).Summary.ToString(),
            StringComparison.Ordinal);
    }

    private static LayerNumbers On(Layer layer, string name, int used, int limit, int waiting = 0) => new(layer, Name(name), used, limit, waiting);

    private static TheoryDataRow<Symptoms, Cause, LayerNumbers> Row(string label, Symptoms symptoms, Cause cause, LayerNumbers layer) =>
        new(symptoms, cause, layer) { Label = label };
}
