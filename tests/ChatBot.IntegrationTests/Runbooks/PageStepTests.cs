using System.Collections.Concurrent;
using System.Text;
using ChatBot.IntegrationTests.Incidents;
using ChatBot.Sandbox.Slack;
using Npgsql;

namespace ChatBot.IntegrationTests.Runbooks;

/// <summary>Bound steps in the thread: running, then what was found, or why nothing was.</summary>
public sealed class PageStepTests
{
    private const string Password = "canary8c02ff-password";

    /// <summary>Two questions that a test can have refused or held up; one of them waits for a second only.</summary>
    private const string Fragile =
        """
        # Fragile

        ## Diagnosis

        1. Count the connections: <!-- step: connection-usage -->

        ## Mitigation

        1. Immediate actions:
           - Wait
        2. Short-term fixes:
           - Turn on pooling <!-- step: advise-app-pooling watch=2s -->

             ```bash
             psql -h <host> -p <port> -U <user> -d <database> -c "select 1" # <password>
             ```
        3. Long-term solutions:
           - Send reads to replicas <!-- step: advise-replicas timeout=1s -->
        """;

    [Fact]
    public async Task The_shipped_page_turns_each_step_from_running_to_its_result_where_it_stands_and_offers_relief_before_the_slow_ones_end()
    {
        await using var practice = await Practice.StartAsync();
        await practice.StartBotAsync();
        await practice.LeakAsync(4);
        await practice.UntilIdleLongEnoughAsync();

        // The bot's own session freezes, so that there is time to see the first steps run.
        var frozen = await practice.Server.ScalarAsync<int>("select pid from pg_stat_activity where usename = 'chatbot'", cancellationToken: practice.Token);
        Signals.Send("STOP", frozen);
        try
        {
            var seen = new ConcurrentQueue<(SlackChangeKind Kind, SeenMessage Message)>();
            await using var watching = new Watching(practice, seen);
            await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
            var running = await practice.StepAsync("1", message => message.Says("Running since"));
            Assert.Contains("Running since", (await practice.StepAsync("2", _ => true)).Text, StringComparison.Ordinal);
            await practice.StepAsync("3", message => message.Says("set Targets:orders-db:Services:NAME:Namespace") && message.Button("Do by hand") is not null);
            await practice.StepAsync("4", message => message.Says("dashboard") && message.Button("Done") is not null);
            Signals.Send("CONT", frozen);

            var counted = await practice.StepAsync("1", message => message.Says("of 27 slots"));
            Assert.Equal(running.Ts, counted.Ts);
            Assert.True(counted.IsEdited);
            await practice.StepAsync("2", message => message.Says("checkout-api"));
            foreach (var advice in new[] { "2.2", "3.1.1", "3.1.3", "3.2", "3.4" })
            {
                await practice.StepAsync(advice, message => !message.Says("Running since"));
            }

            practice.AssertNothingTwice(plans: 0);
            Assert.DoesNotContain(seen, change => change.Kind is SlackChangeKind.Deleted);

            // Without a cluster the logs are a person's: with the page's own command.
            await practice.Ana.PressAsync(await practice.StepAsync("3", _ => true), "Do by hand", cancellationToken: practice.Token);
            await practice.StepAsync("3", message => message.Says("kubectl logs") && message.Button("Done, with a note") is not null);

            // In Slack's own order: the button for relief, then the end of the step that watches for five seconds.
            var changes = seen.Select(change => change.Message).ToList();
            var offered = changes.FindIndex(message => message.Button("End idle sessions") is not null);
            var pooling = (await practice.StepAsync("2.2", _ => true)).Ts;
            var slow = changes.FindIndex(message => message.Ts == pooling && message.Says("Running since"));
            var found = changes.FindIndex(message => message.Ts == pooling && !message.Says("Running since"));
            var order = $"{offered} {slow} {found}: {changes[found].Text}";
            Assert.True(offered >= 0 && offered < found, order);
            Assert.True(slow >= 0 && slow < found, order);
            Assert.Contains("client_addr", await practice.AskedByBotAsync(), StringComparison.Ordinal); // the control for pages by hand
        }
        finally
        {
            Signals.Send("CONT", frozen);
        }
    }

    [Fact]
    public async Task A_step_that_is_refused_or_takes_too_long_says_why_and_heals_or_is_done_by_hand()
    {
        await using var practice = await Practice.StartAsync();
        practice.Follow(Fragile);
        practice.Settings["Targets:orders-db:Password"] = Password; // the server doesn't ask for it
        practice.Settings["Logging:LogLevel:Default"] = "Trace";
        await using var admin = new NpgsqlConnection(practice.Server.ConnectionString("postgres"));
        await admin.OpenAsync(practice.Token);
        try
        {
            await Practice.RunAsync(admin, "revoke select on pg_stat_database from public; create extension pg_stat_statements");
            await Practice.RunAsync(admin, "begin; lock table pg_stat_statements"); // the second question hangs
            await practice.StartBotAsync();
            await practice.TypeAsync(practice.Ana, "/runbook start orders-db");

            var refused = await practice.StepAsync("2.1", message => message.Says("orders-db refused the question (42501)."));
            Assert.NotNull(refused.Button("Do by hand"));
            var late = await practice.StepAsync("3.1", message => message.Says("It took longer than 1s, so I stopped waiting."));
            Assert.NotNull(late.Button("Do by hand"));
            await Practice.RunAsync(admin, "rollback; grant select on pg_stat_database to public");

            await practice.PressStepAsync(practice.Ana, "3.1", "Run again");
            Assert.Equal(late.Ts, (await practice.StepAsync("3.1", message => message.Button("Run again") is not null && !message.Says("longer than 1s"))).Ts);
            await practice.PressStepAsync(practice.Ana, "2.1", "Run again");
            await practice.StepAsync("2.1", message => message.Button("Run again") is not null && !message.Says("refused"));

            await practice.PressStepAsync(practice.Ana, "2.1", "Do by hand");
            var byHand = await practice.StepAsync("2.1", message => message.Says("<@U0ANA00001> does it by hand."));
            Assert.Contains($"psql -h 127.0.0.1 -p {practice.Server.Port} -U chatbot -d postgres -c \"select 1\" # <password>", byHand.Text, StringComparison.Ordinal);
            Assert.Contains("Fill in yourself: `<password>`", byHand.Text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal), StringComparison.Ordinal);
            practice.AssertNothingTwice(plans: 0);
            await practice.StopBotAsync();
        }
        finally
        {
            await Practice.RunAsync(admin, "rollback; grant select on pg_stat_database to public; drop extension if exists pg_stat_statements");
        }

        Assert.DoesNotContain(Password, practice.EverythingSaid(), StringComparison.Ordinal);
        Assert.DoesNotContain(Password, practice.Bot!.Output, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(practice.Folder), file => Assert.DoesNotContain(Password, Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_copy_of_a_steps_button_or_a_guests_press_does_nothing()
    {
        await using var practice = await Practice.StartAsync();
        practice.Follow(PracticePages.ByHand(2, 1));
        var workspace = practice.Slack.Workspace;
        workspace.Put(new SlackChannel("C0OTHER001", "other", ["chatbot", "ana", "boris", "carl"]));
        await practice.StartBotAsync();
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        var step = await practice.StepAsync("1", message => message.Button("Done") is not null);
        var list = await practice.ListAsync("Immediate actions", message => message.Buttons.Count == 1);
        await practice.UntilShownAsync();

        foreach (var original in new[] { step, list })
        {
            foreach (var channel in new[] { Practice.Channel, "other" })
            {
                var content = workspace.FindMessage(original.ChannelId, original.Ts)!.Content;
                var copy = workspace.Post(workspace.RequireChannel(channel).Id, workspace.BotUser.Id, content);
                var carl = workspace.As("carl");
                var seen = await carl.WaitForAsync(channel, message => message.Ts == copy.Ts, practice.Token);
                var told = carl.Sees(channel).Count(message => message.IsEphemeral);
                await carl.PressAsSeenAsync(seen, seen.Buttons[0], cancellationToken: practice.Token);
                await carl.WaitForAllAsync(channel, all => all.Count(message => message.IsEphemeral && message.Says("This button is a copy")) == told + 1, practice.Token);
                workspace.Delete(copy.ChannelId, copy.Ts);
            }
        }

        var guest = workspace.As("guest");
        foreach (var button in new[] { "Done", "Skip" })
        {
            await guest.PressAsync(step, button, cancellationToken: practice.Token);
        }

        await guest.PressAsSeenAsync(list, list.Buttons[0], cancellationToken: practice.Token);
        await guest.WaitForAllAsync(
            Practice.Channel, all => all.Count(message => message.IsEphemeral && message.Says("Only members of this workspace can do this.")) == 3, practice.Token);
        Assert.Equal(0, await practice.CountAsync("select count(*) from events where type like 'page-step-%'"));
    }

    /// <summary>Notes every change that Ana can see.</summary>
    private sealed class Watching : IAsyncDisposable
    {
        private readonly CancellationTokenSource _ended = new();
        private readonly Task _watching;

        public Watching(Practice practice, ConcurrentQueue<(SlackChangeKind, SeenMessage)> seen)
        {
            _watching = WatchAsync(practice, seen, _ended.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await _ended.CancelAsync();
            await _watching;
            _ended.Dispose();
        }

        private static async Task WatchAsync(Practice practice, ConcurrentQueue<(SlackChangeKind, SeenMessage)> seen, CancellationToken ended)
        {
            try
            {
                await foreach (var change in practice.Ana.Changes(Practice.Channel, ended))
                {
                    seen.Enqueue(change);
                }
            }
            catch (OperationCanceledException)
            {
                // Seen enough.
            }
        }
    }
}
