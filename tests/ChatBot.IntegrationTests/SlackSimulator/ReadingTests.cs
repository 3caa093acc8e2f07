using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Simulators;

/// <summary>What people see, and the words they read.</summary>
public sealed class ReadingTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ids_dates_links_and_entities_read_as_a_person_reads_them()
    {
        await using var slack = await SlackSimulator.StartAsync(null, Ended);
        var text = new ChannelText(slack.Workspace);

        Assert.Equal("@ana asks @db-oncall in #inc-orders-db", text.Readable("<@U0ANA00001> asks <!subteam^S0DBONCALL> in <#C0ORDERSDB|x>"));
        Assert.Equal("until 12:15 on 2026-11-26", text.Readable("until <!date^1795695300^{time}|later> on <!date^1795695300^{date_num}|some day>"));
        Assert.Equal("a < b & c > d :tada: *bold*", text.Readable("a &lt; b &amp; c &gt; d :tada: *bold*"));
        Assert.Equal("page (https://x.y/z) @here", text.Readable("<https://x.y/z|page> <!here>"));
        Assert.Equal("later", text.Readable("<!date^soon^{time}|later>"));
    }

    [Fact]
    public async Task A_channel_reads_as_text_with_its_threads_buttons_and_secrets_of_one()
    {
        await using var slack = await SlackSimulator.StartAsync(null, Ended);
        await using var app = await PlainApp.ConnectAsync(slack);
        var ana = slack.Workspace.As("ana");
        var (_, card) = await app.CallAsync("chat.postMessage", """
            {"channel":"C0ORDERSDB","text":"fallback","blocks":[
              {"type":"header","text":{"type":"plain_text","text":"orders-db"}},
              {"type":"actions","elements":[
                {"type":"button","action_id":"end","text":{"type":"plain_text","text":"End"}},
                {"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"By hand"},"value":"hand"}]}]}]}
            """);
        var ts = card.GetProperty("ts").GetString()!;
        await app.CallAsync("chat.postEphemeral", """{"channel":"C0ORDERSDB","user":"U0ANA00001","text":"psst"}""");
        await ana.SayAsync("inc-orders-db", "on it", ts, Ended);
        await app.CallAsync("chat.update", $$"""{"channel":"C0ORDERSDB","ts":"{{ts}}","text":"still the blocks"}""");

        const string Everyones = "@chatbot (edited)\n  orders-db\n  [End] [By hand]\n    @ana\n      on it";
        Assert.Equal(Everyones + "\n@chatbot (only visible to you)\n  psst", Read(ana));
        Assert.Equal(Everyones, Read(slack.Workspace.As("boris")));

        var pressed = slack.Workspace.As("boris").PressAsync("inc-orders-db", "By hand", cancellationToken: Ended);
        var payload = (await app.ReceiveAsync()).GetProperty("payload");
        Assert.Equal("hand", payload.GetProperty("actions")[0].GetProperty("selected_option").GetProperty("value").GetString());
        Assert.Equal(ts, payload.GetProperty("message").GetProperty("ts").GetString());
        Assert.Equal(slack.Workspace.TeamId, payload.GetProperty("user").GetProperty("team_id").GetString());
        Assert.False(pressed.IsCompleted);

        string Read(SlackPerson person) => new ChannelText(slack.Workspace).Of(person.Sees("inc-orders-db"));
    }

    [Fact]
    public async Task A_wait_in_vain_says_what_is_on_the_screen_and_a_button_that_is_gone_cannot_be_pressed()
    {
        await using var slack = await SlackSimulator.StartAsync(null, Ended);
        await slack.Workspace.As("boris").SayAsync("inc-orders-db", "lunch?", cancellationToken: Ended);
        using var impatient = new CancellationTokenSource();
        var ana = slack.Workspace.As("ana");

        var waiting = ana.WaitForAsync("inc-orders-db", message => message.Says("resolved"), impatient.Token);
        await impatient.CancelAsync();
        var vain = await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        Assert.Contains("@boris\n  lunch?", vain.Message, StringComparison.Ordinal);

        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => ana.PressAsync("inc-orders-db", "Approve", cancellationToken: Ended));
        Assert.Contains("no button 'Approve'", missing.Message, StringComparison.Ordinal);
    }
}
