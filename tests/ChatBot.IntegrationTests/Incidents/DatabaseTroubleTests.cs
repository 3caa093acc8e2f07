using System.Globalization;
using ChatBot.IntegrationTests.MySql;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>The database goes away in the middle. The card says what is missing, and the incident goes on when it is back.</summary>
public sealed class DatabaseTroubleTests
{
    [Fact]
    public async Task A_database_that_goes_away_is_waited_for()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await practice.LeakAsync(3);
        await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);
        await practice.Server.StopAsync("immediate", practice.Token);

        await practice.CardAsync(message => message.Says(":warning: No measurement since") && message.Says("I keep trying.") && message.Button("Stop") is not null);

        await practice.Server.StartAgainAsync(practice.Token);
        var sessions = await practice.LeakAsync(3);
        await practice.CardAsync(message =>
            !message.Says("No measurement since") && message.Says("of 27 slots") && message.Says("checkout-api holds 3 of") && message.Button("End idle sessions") is not null);
        await practice.CarryOutAsync(await practice.AskAsync());
        await practice.AssertEndedAsync(sessions.Select(session => session.ProcessID));
        await practice.AssertCardIsTrueAsync();
        practice.AssertNothingTwice();
    }

    [Fact]
    public async Task A_full_database_that_lets_nobody_in_is_diagnosed_as_far_as_that_goes()
    {
        await using var practice = await Practice.StartAsync();
        await practice.FillAsync();
        await practice.StartBotAsync(getsIn: false);
        await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);

        var card = await practice.CardAsync(message => message.Says("FULL: it refused my login ") && message.Says("Cause:"));
        Assert.True(card.Says("The server is full: it refused the bot's own login") && card.Says("The refusal itself proves that the server is full."), card.Text);
        Assert.False(card.Says("no answer") || card.Says(" of 27 slots"), card.Text);

        await practice.Sessions[0].DisposeAsync();
        await practice.CardAsync(message => !message.Says("FULL: it refused") && message.Says("checkout-api") && message.Says(" of 27 slots"));
    }

    public static readonly TheoryData<string, string> Troubles = new()
    {
        { "role", "On orders-db the role chatbot may not log in (28000)." },
        { "tls", "orders-db offers no TLS, and the target's Tls asks for it. Turn it on at the server." },
        { "hang", "It hangs, or something else than PostgreSQL listens there: check the target's Host and Port." },
        { "mysql", "doesn't speak PostgreSQL. Check the target's Host and Port." },
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Whatever_keeps_the_bot_out_has_its_own_sentence_on_the_card_and_no_number(string trouble, string sentence)
    {
        await using var practice = await Practice.StartAsync();
        await using var odd = new OddListener(trouble == "mysql" ? [.. "J\0\0\0\n8.4.2\0 mysql_native_password\0"u8] : []);
        practice.Settings["Targets:orders-db:ConnectTimeout"] = "1s";
        switch (trouble)
        {
            case "role":
                await practice.Server.ExecuteAsync("alter role chatbot nologin", cancellationToken: TestContext.Current.CancellationToken);
                break;
            case "tls":
                practice.Settings["Targets:orders-db:Tls"] = "VerifyFull";
                break;
            default:
                practice.Settings["Targets:orders-db:Port"] = odd.Port.ToString(CultureInfo.InvariantCulture);
                break;
        }

        try
        {
            await practice.StartBotAsync(getsIn: false);
            await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);

            var card = await practice.CardAsync(message => message.Says(sentence));
            Assert.True(card.Says("PRODUCTION: no answer"), card.Text);
            Assert.False(card.Says(" slots") || card.Says("FULL"), card.Text);
        }
        finally
        {
            await practice.Server.ExecuteAsync("alter role chatbot login", cancellationToken: TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_role_that_sees_only_itself_gives_a_bound_and_says_what_it_lacks()
    {
        await using var practice = await Practice.StartAsync();
        await practice.Server.ExecuteAsync("revoke pg_read_all_stats from chatbot", cancellationToken: TestContext.Current.CancellationToken);
        try
        {
            await practice.StartBotAsync();
            await practice.LeakAsync(3);
            await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);

            var card = await practice.CardAsync(message => message.Says("PRODUCTION: at most ") && message.Says("pg_read_all_stats"));
            Assert.False(card.Says("FULL"), card.Text);
        }
        finally
        {
            await practice.Server.ExecuteAsync("grant pg_read_all_stats to chatbot", cancellationToken: TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_database_that_is_down_from_the_start_is_said_so()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await practice.Server.StopAsync(cancellationToken: practice.Token);
        await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);

        await practice.CardAsync(message => message.Says("no answer") && message.Says(":warning: No measurement since") && message.Says("orders-db"));
        await practice.Ana.WaitForAsync(Practice.Channel, message => message.ThreadTs is not null && message.Says(":warning: Nobody answers") && message.Button("Do by hand") is not null, practice.Token);

        await practice.Server.StartAgainAsync(practice.Token);
        await practice.LeakAsync(3);
        await practice.CardAsync(message => !message.Says("No measurement since") && message.Button("End idle sessions") is not null);
        practice.AssertNothingTwice(plans: 0);
    }
}
