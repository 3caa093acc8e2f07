namespace ChatBot.IntegrationTests.Incidents;

/// <summary>Slack's sockets fail or are refreshed. Each press arrives once.</summary>
public sealed class SocketTroubleTests
{
    [Theory]
    [InlineData("dropped")]
    [InlineData("frozen")]
    [InlineData("warning")]
    [InlineData("refresh_requested")]
    public async Task After_trouble_with_the_sockets_presses_arrive_once(string trouble)
    {
        await using var practice = await Practice.StartAsync();
        practice.Settings["Slack:SilenceLimit"] = "1s";
        await practice.StartBotAsync();
        await practice.LeakAsync(3);

        await UpsetAsync();
        await practice.OpenAsync();
        await UpsetAsync();
        var plan = await practice.AskAsync();
        await UpsetAsync();
        await practice.CarryOutAsync(plan);

        await practice.AssertEndedAsync(Practice.SessionsOf(plan).Keys);
        Assert.Equal(1, await practice.CountAsync("select count(*) from commands where kind = 'approve-plan'"));
        Assert.Equal(3, practice.Slack.Deliveries.All.Count);
        practice.AssertNothingTwice();

        async Task UpsetAsync()
        {
            var before = practice.Slack.Calls.Of("apps.connections.open").Count;
            switch (trouble)
            {
                case "dropped":
                    practice.Slack.Faults.DropSockets();
                    break;
                case "frozen":
                    practice.Slack.Faults.FreezeSockets();
                    break;
                default:
                    await practice.Slack.Faults.DisconnectAsync(trouble, cancellationToken: practice.Token);
                    break;
            }

            // Both have been replaced, and the dead ones are out of the way.
            await practice.Slack.Calls.WaitForAsync(
                calls => calls.Count(call => call is { Method: "apps.connections.open", IsOk: true }) >= before + 2, practice.Token);
            practice.Slack.Faults.ThawSockets();
            await practice.Slack.Faults.WaitForSocketsAsync(2, practice.Token);
        }
    }
}
