using ChatBot.IntegrationTests.Runbooks;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>A limit outstays its time on a real server: the room is told, once, with the button that takes it back.</summary>
public sealed class OverdueUndoTests
{
    [Fact]
    public async Task What_was_to_be_undone_by_now_is_said_once_and_undone_from_there()
    {
        await using var practice = await Practice.StartAsync();
        practice.Follow(PracticePages.Changing("limit-role percent=50"));
        await practice.LetLimitAsync();
        await practice.StartBotAsync();
        await practice.LeakAsync(6);
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        await practice.ApproveAsync(await practice.AskToActAsync("Limit the largest account"));
        await practice.CardAsync(message => message.Says("To be undone by"));
        await practice.RelievedAsync();
        await StopAsync();
        Assert.Equal(0, await practice.CountAsync("select count(*) from events where type = 'undo-fell-due'"));

        await practice.PassTimeAsync(TimeSpan.FromDays(1));
        await practice.StartBotAsync();
        var said = await ThreadAsync("It was to be undone by now");
        Assert.StartsWith(":alarm_clock: <@U0ANA00001>: ", said.Text, StringComparison.Ordinal);
        Assert.Contains($" may have {await practice.LimitOfAppAsync()} connections; before, it had no limit.", said.Text, StringComparison.Ordinal);
        await practice.CardAsync(message => message.Says("It was to be undone by"));

        // Neither a restart nor more time is a reason to say it again.
        await practice.UntilShownAsync();
        await StopAsync();
        await practice.PassTimeAsync(TimeSpan.FromDays(1));
        await practice.StartBotAsync();
        await practice.Ana.PressAsync(said, "Undo the limit", cancellationToken: practice.Token);
        await practice.ApproveAsync(await practice.PlanAsync(message => message.Says("put the limit of account") && message.Button("Approve") is not null));
        var settled = await ThreadAsync(":white_check_mark: What plan");

        Assert.Equal(said.Ts, settled.Ts);
        Assert.Equal(-1, await practice.LimitOfAppAsync());
        await practice.UntilShownAsync();
        Assert.Equal(1, await practice.CountAsync("select count(*) from events where type = 'undo-fell-due'"));
        practice.AssertNothingTwice(plans: 2);

        Task<SeenMessage> ThreadAsync(string words) =>
            practice.Ana.WaitForAsync(Practice.Channel, message => message.ThreadTs is not null && message.Says(words), practice.Token);

        async Task StopAsync()
        {
            await practice.StopBotAsync();
            await practice.Slack.Faults.WaitForSocketsAsync(0, practice.Token);
        }
    }
}
