using ChatBot.IntegrationTests.Incidents;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Runbooks;

/// <summary>Who leads, who came to it, and how it is stopped.</summary>
public sealed class LeadTests
{
    [Fact]
    public async Task The_lead_is_handed_over_and_taken_but_never_given_to_a_guest()
    {
        await using var practice = await Practice.StartAsync();
        practice.Follow(PracticePages.ByHand(1, 1));
        await practice.StartBotAsync();
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        var card = await practice.CardAsync(message => message.Says("Led by <@U0ANA00001>"));

        await practice.TypeAsync(practice.Ana, "/runbook assign @boris");
        await practice.CardAsync(message => message.Says("Led by <@U0BORIS001>") && message.Says("Opened by <@U0ANA00001>"));
        await practice.TypeAsync(practice.Ana, "/runbook assign orders-db @boris");
        await practice.ToldAsync(practice.Ana, "<@U0BORIS001> leads it already.");
        foreach (var guest in new[] { "@guest", "@stranger" })
        {
            await practice.TypeAsync(practice.Ana, $"/runbook assign {guest}");
        }

        await practice.ToldAsync(practice.Ana, "<@U0GUEST001> isn't a member of this workspace.");
        await practice.ToldAsync(practice.Ana, "<@U0STRANGE1> isn't a member of this workspace.");
        var carl = practice.Slack.Workspace.As("carl");
        await carl.PressAsync(card, "Take over", cancellationToken: practice.Token);
        await practice.CardAsync(message => message.Says("Led by <@U0CARL0001>"));
        await practice.Slack.Workspace.As("guest").PressAsync(card, "Take over", cancellationToken: practice.Token);
        await practice.ToldAsync(practice.Slack.Workspace.As("guest"), "Only members of this workspace can do this.");

        // Stopped with a reason: in the modal, and by command.
        await carl.PressAsync(card, "Stop", cancellationToken: practice.Token);
        await practice.SayInModalAsync(carl, "Stop the incident", "The *network* team has it");
        var stopped = await practice.CardAsync(message => message.Says("Stopped by <@U0CARL0001>, who takes over") && message.Says("network"));
        Assert.Empty(stopped.Buttons);
        await practice.FileAsync(file => file.Name.EndsWith(".md", StringComparison.Ordinal) && file.Text.Contains("network", StringComparison.Ordinal));

        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        await practice.CardAsync(message => message.Says("Led by <@U0ANA00001>"));
        await practice.TypeAsync(practice.Boris, "/runbook stop Orders-DB false alarm, says @carl");
        await practice.CardAsync(message => message.Says("Stopped by <@U0BORIS001>, who takes over") && message.Says("false alarm"));
    }

    [Fact]
    public async Task A_second_start_joins_the_incident_and_two_targets_do_not_mix()
    {
        await using var practice = await Practice.StartAsync();
        practice.Follow(PracticePages.ByHand(2, 1));
        practice.AddTarget("stock-db", practice.Server); // by hand: nobody asks it anything
        practice.Settings["Targets:stock-db:Runbook"] = "practice";
        practice.Slack.Workspace.Put(new SlackChannel("C0OTHER001", "other", ["chatbot", "ana", "boris", "carl"]));
        await practice.StartBotAsync();
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        await practice.CardAsync(message => message.Says("orders-db"));

        await practice.TypeAsync(practice.Boris, "/runbook start orders-db");
        await practice.ToldAsync(practice.Boris, "led by <@U0ANA00001>: see its card in this channel. You joined it.");
        var carl = practice.Slack.Workspace.As("carl");
        await carl.TypeAsync("other", "/runbook start orders-db", practice.Token);
        await carl.WaitForAsync("other", message => message.IsEphemeral && message.Says("see its card in <#C0ORDERSDB>. You joined it."), practice.Token);
        await practice.TypeAsync(practice.Boris, "/runbook start orders-db"); // joined once, told again
        await practice.Boris.WaitForAllAsync(Practice.Channel, all => all.Count(message => message.IsEphemeral && message.Says("see its card in this channel.")) == 2, practice.Token);
        Assert.Equal(1, await practice.CountAsync("select count(*) from incidents"));
        Assert.Equal(2, await practice.CountAsync("select count(*) from events where type = 'responder-joined'"));

        // Another target in another channel: each with its own card, lead and steps.
        await carl.TypeAsync("other", "/runbook start stock-db", practice.Token);
        var stock = await carl.WaitForAsync("other", message => message.ThreadTs is null && message.Says("stock-db") && message.Says("Led by <@U0CARL0001>"), practice.Token);
        await practice.PressStepAsync(practice.Ana, "1", "Done");
        await practice.StepAsync("1", message => message.Says("Done by <@U0ANA00001>"));
        var other = await carl.WaitForAsync("other", message => message.ThreadTs == stock.Ts && message.Says("*1 ") && message.Button("Done") is not null, practice.Token);
        await carl.PressAsync(other, "Skip", cancellationToken: practice.Token);
        await carl.WaitForAsync("other", message => message.Ts == other.Ts && message.Says("Skipped by <@U0CARL0001>"), practice.Token);
        await carl.TypeAsync("other", "/runbook assign @boris", practice.Token); // the one of this channel
        await carl.WaitForAsync("other", message => message.Ts == stock.Ts && message.Says("Led by <@U0BORIS001>"), practice.Token);
        await practice.TypeAsync(practice.Ana, "/runbook stop stock-db done here");
        await carl.WaitForAsync("other", message => message.Ts == stock.Ts && message.Says("Stopped by <@U0ANA00001>"), practice.Token);

        await practice.UntilShownAsync();
        var orders = await practice.CardAsync(message => message.Says("orders-db"));
        Assert.Contains("Led by <@U0ANA00001>", orders.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(practice.Ana.Sees(Practice.Channel), message => message.Says("stock-db") && message.Author == "chatbot");
        Assert.DoesNotContain(carl.Sees("other"), message => !message.IsEphemeral && message.Says("orders-db"));
        await practice.StepAsync("1", message => message.Says("Done by <@U0ANA00001>"));
        Assert.Equal(1, await practice.CountAsync("select count(*) from incidents where is_open = 1 and target = 'orders-db'"));
    }
}
