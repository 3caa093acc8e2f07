using ChatBot.Configuration;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>One incident from the slash command to the end, on a server that lets nobody else in.</summary>
public sealed class IncidentTests
{
    [Theory]
    [InlineData(nameof(StoreEngine.Sqlite))]
    [InlineData(nameof(StoreEngine.PostgreSql))]
    public async Task A_full_server_is_diagnosed_and_relieved_from_Slack(string store)
    {
        await using var practice = await Practice.StartAsync();
        if (store == nameof(StoreEngine.PostgreSql))
        {
            await practice.UsePostgreSqlStoreAsync();
        }

        await practice.StartBotAsync();
        var bystanders = await practice.AddBystandersAsync();
        await practice.FillAsync();

        var card = await practice.OpenAsync();
        Assert.Contains("27 of 27 slots, FULL", card.Text, StringComparison.Ordinal);
        await practice.AssertLoginRefusedAsync();
        var plan = await practice.AskAsync();
        await practice.AssertLoginRefusedAsync();
        var planned = Practice.SessionsOf(plan).Keys.ToArray();
        Assert.Equal(practice.Sessions.Except(bystanders).Select(session => session.ProcessID).Order(), planned.Order());

        var finished = await practice.CarryOutAsync(plan);
        Assert.All(Practice.SessionsOf(finished).Values, became => Assert.Equal("ended", became));
        await practice.AssertEndedAsync(planned);
        await Practice.AssertAnswersAsync(bystanders);
        await practice.LeakAsync(1); // a customer gets in again
        await practice.AssertCardIsTrueAsync();

        var held = await practice.CardAsync(message => message.Button("Resolve") is not null && message.Says("it held"));
        await practice.Ana.PressAsync(held, "Resolve", cancellationToken: practice.Token);
        await practice.CardAsync(message => message.Says("Resolved:") && message.Says($"{planned.Length} sessions ended") && message.Buttons.Count == 0);
        var report = await practice.Ana.WaitForAsync(Practice.Channel, message => message.ThreadTs == card.Ts && message.Files is [{ Name: var name }] && name.EndsWith(".md", StringComparison.Ordinal), practice.Token);
        Assert.Contains($"{planned.Length} sessions ended (plan ", report.Files[0].Text, StringComparison.Ordinal);
        await practice.Ana.WaitForAsync(Practice.Channel, message => message.ThreadTs == card.Ts && message.Files is [{ Name: var name }] && name.EndsWith(".html", StringComparison.Ordinal), practice.Token);
        practice.AssertNothingTwice();
        await practice.UntilAsync(async () => await practice.CountAsync("select count(*) from incidents where is_open = 0 and state = 'Resolved'") == 1);
    }

    [Fact]
    public async Task A_command_is_understood_as_a_phone_writes_it()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();

        await practice.Ana.TypeAsync(Practice.Channel, "/runbook  Start Orders-DB ", practice.Token);

        await practice.CardAsync(message => message.Says("orders-db, PRODUCTION: "));
    }
}
