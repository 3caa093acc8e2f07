using System.Globalization;
using ChatBot.Sandbox.Databases;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>In the middle of an incident another server answers under the target's name. The card says so, and no plan gets credit.</summary>
public sealed class FailoverTests
{
    [Fact]
    public async Task A_failover_is_named_the_plan_withdrawn_and_a_standby_called_one()
    {
        await using var practice = await Practice.StartAsync();
        await using var wire = new MovableWire(practice.Server.Port);
        await using var other = await PracticeServers.MakeAsync();
        practice.Settings["Targets:orders-db:Port"] = wire.Port.ToString(CultureInfo.InvariantCulture);
        await practice.StartBotAsync();
        await practice.LeakAsync(3);
        await practice.OpenAsync();
        await practice.AskAsync();

        await MakeStandbyAsync(other, practice.Token);
        wire.PointTo(other.Port);
        await wire.CutAsync();

        var card = await practice.CardAsync(message => message.Says("Another server answers since") && message.Says("(restart or failover)"));
        Assert.True(card.Says("is a standby: it takes no writes"), card.Text);
        await practice.PlanAsync(message => message.Says("Withdrawn: another server answers by now") && message.Button("Approve") is null);
        card = await practice.CardAsync(message => message.Says("of 27 slots") && message.Says("Cause: not exhausted"));
        Assert.False(card.Says("Relieved") || card.Says("->") || card.Says("first look") || card.Says("checkout-api"), card.Text);
        await practice.AssertEndedAsync([]);
        practice.AssertNothingTwice();
    }

    [Fact]
    public async Task After_a_plan_ran_the_emptiness_of_a_restarted_server_is_no_relief()
    {
        await using var practice = await Practice.StartAsync();
        practice.Settings["Watch:ReliefAfter"] = "10s"; // long enough for the server to come back
        await practice.StartBotAsync();
        await practice.LeakAsync(3);
        await practice.OpenAsync();
        await practice.ApproveAsync(await practice.AskAsync());
        await practice.FinishedAsync();

        await practice.Server.StopAsync("immediate", practice.Token);
        await practice.Server.StartAgainAsync(practice.Token);

        var card = await practice.CardAsync(message => message.Says("What the last plan brought can't be told: the server changed."));
        Assert.True(card.Says("Another server answers since"), card.Text);
        Assert.False(card.Says("Relieved") || card.Says("->"), card.Text);
    }

    [Fact]
    public async Task A_MariaDB_server_that_gives_way_to_a_read_only_one_is_told_so()
    {
        await using var practice = await Practice.StartAsync();
        await using var first = await MakeMariaDbAsync(practice.Token);
        await using var second = await MakeMariaDbAsync(practice.Token);
        await second.ExecuteAsync("set global read_only = 1", cancellationToken: practice.Token);
        await using var wire = new MovableWire(first.Port);
        practice.AddTarget("stock-db", practice.Server);
        practice.Settings["Targets:stock-db:Engine"] = "MySql";
        practice.Settings["Targets:stock-db:Port"] = wire.Port.ToString(CultureInfo.InvariantCulture);
        await practice.StartBotAsync();
        await practice.Ana.TypeAsync(Practice.Channel, "/runbook start stock-db", practice.Token);
        await practice.CardAsync(message => message.Says("of 20 slots") && message.Says("Cause:"), "stock-db");

        wire.PointTo(second.Port);
        await wire.CutAsync();

        var card = await practice.CardAsync(message => message.Says("Another server answers since"), "stock-db");
        Assert.True(card.Says("is set to read-only"), card.Text);
        await practice.CardAsync(message => message.Says("Another server answers since") && message.Says("Cause:"), "stock-db");
    }

    /// <summary>A standby without a primary: it waits for more to repeat, and takes reads meanwhile.</summary>
    private static async Task MakeStandbyAsync(PostgreSqlServer server, CancellationToken cancellationToken)
    {
        var data = await server.ScalarAsync<string>("show data_directory", cancellationToken: cancellationToken);
        await server.StopAsync(cancellationToken: cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(data, "standby.signal"), "", cancellationToken);
        await server.StartAgainAsync(cancellationToken);
    }

    private static async Task<MariaDbServer> MakeMariaDbAsync(CancellationToken cancellationToken)
    {
        var server = await MariaDbServer.StartAsync(20, cancellationToken: cancellationToken);
        await server.ExecuteAsync("create user 'chatbot'@'%'; grant process on *.* to 'chatbot'@'%'", cancellationToken: cancellationToken);
        return server;
    }
}
