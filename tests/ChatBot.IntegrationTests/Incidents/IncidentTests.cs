using Npgsql;

namespace ChatBot.IntegrationTests.Incidents;

public sealed class IncidentTests
{
    [Fact]
    public async Task A_full_server_is_diagnosed_and_relieved_from_Slack()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await practice.FillAsync();

        await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);
        var card = await practice.CardAsync(message => message.Button("End idle sessions") is not null);
        await Assert.ThrowsAsync<PostgresException>(() => practice.LeakAsync(1));

        await practice.Ana.PressAsync(card, "End idle sessions", cancellationToken: practice.Token);
        var plan = await practice.PlanAsync(message => message.Button("Approve") is not null);

        var boris = await practice.Boris.WaitForAsync(Practice.Channel, message => message.Ts == plan.Ts, practice.Token);
        await practice.Boris.PressAsync(boris, "Approve", cancellationToken: practice.Token);
        var held = await practice.CardAsync(message => message.Button("Resolve") is not null && message.Says("held"));

        await practice.Ana.PressAsync(held, "Resolve", cancellationToken: practice.Token);
        await practice.CardAsync(message => message.Says("Resolved:"));
        await practice.LeakAsync(1);
    }
}
