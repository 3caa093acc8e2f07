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
            !message.Says(":warning:") && message.Says("of 27 slots") && message.Says("checkout-api holds 3 of") && message.Button("End idle sessions") is not null);
        await practice.CarryOutAsync(await practice.AskAsync());
        await practice.AssertEndedAsync(sessions.Select(session => session.ProcessID));
        await practice.AssertCardIsTrueAsync();
        practice.AssertNothingTwice();
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
        await practice.CardAsync(message => !message.Says(":warning:") && message.Button("End idle sessions") is not null);
        practice.AssertNothingTwice(plans: 0);
    }
}
