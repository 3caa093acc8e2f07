using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>Two databases in trouble at the same time, in one channel.</summary>
public sealed class TwoTargetsTests
{
    [Fact]
    public async Task Two_incidents_go_on_side_by_side()
    {
        await using var other = await PracticeServers.MakeAsync();
        await using var practice = await Practice.StartAsync();
        practice.AddTarget("stock-db", other);
        practice.Slack.Workspace.Put(new SlackChannel("C0OTHER001", "other", ["chatbot", "ana", "boris"]));
        await practice.StartBotAsync();
        var orders = await practice.LeakAsync(4);
        var stock = await practice.LeakAsync(5, server: other);

        await Task.WhenAll(practice.OpenAsync("orders-db"), practice.OpenAsync("stock-db"));
        await practice.Ana.TypeAsync("other", "/runbook start stock-db", practice.Token);
        await practice.Ana.WaitForAsync(
            "other",
            message => message.IsEphemeral && message.Says("An incident on stock-db is open already") && message.Says("see its card in <#C0ORDERSDB>"),
            practice.Token);
        await practice.Ana.TypeAsync(Practice.Channel, "/runbook start orders-db", practice.Token);
        await practice.ToldAsync(practice.Ana, "see its card in this channel");
        Assert.Equal(2, await practice.CountAsync("select count(*) from incidents"));

        await practice.UntilIdleLongEnoughAsync(other);
        var plans = await Task.WhenAll(practice.AskAsync("orders-db"), practice.AskAsync("stock-db"));
        await Task.WhenAll(plans.Select(practice.ApproveAsync));
        await Task.WhenAll(practice.RelievedAsync("orders-db"), practice.RelievedAsync("stock-db"));

        Assert.Equal(orders.Select(session => session.ProcessID).Order(), (await practice.EndedAsync()).Order());
        Assert.Equal(stock.Select(session => session.ProcessID).Order(), (await practice.EndedAsync(other)).Order());
        await practice.StopBotAsync();
        Assert.All(await practice.ReadStoreAsync(), incident => Assert.Single(incident.Of("mitigation-finished")));
    }
}
