using ChatBot.IntegrationTests.Incidents;
using Npgsql;

namespace ChatBot.IntegrationTests.Runbooks;

/// <summary>The bot dies in the middle of a page; another takes over.</summary>
public sealed class PageCrashTests
{
    [Fact]
    public async Task A_step_that_ran_when_the_bot_died_is_run_again_and_a_press_that_was_acknowledged_counts_once()
    {
        await using var practice = await Practice.StartAsync();
        practice.Follow(
            """
            # Slow

            ## Diagnosis

            1. Count the connections: <!-- step: connection-usage -->
            2. Look at the dashboard

            ## Mitigation

            3. Long-term solutions:
               - Send reads to replicas <!-- step: advise-replicas -->
            """);
        await using var admin = new NpgsqlConnection(practice.Server.ConnectionString("postgres"));
        await admin.OpenAsync(practice.Token);
        try
        {
            await Practice.RunAsync(admin, "create extension pg_stat_statements");
            await Practice.RunAsync(admin, "begin; lock table pg_stat_statements"); // the question hangs
            await practice.StartBotAsync();
            await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
            var second = await practice.StepAsync("2", message => message.Button("Done") is not null);
            var running = await practice.StepAsync("3.1", message => message.Says("Running since"));
            await practice.Ana.PressAsync(second, "Done", cancellationToken: practice.Token); // acknowledged, so it is stored
            await practice.StopBotAsync();
            Assert.Equal(0, await practice.CountAsync("select count(*) from events where type in ('page-step-answered', 'page-step-failed')"));
            await Practice.RunAsync(admin, "rollback");
            await practice.Slack.Faults.WaitForSocketsAsync(0, practice.Token);

            await practice.StartBotAsync();
            var found = await practice.StepAsync("3.1", message => message.Button("Run again") is not null && !message.Says("Running since"));
            Assert.Equal(running.Ts, found.Ts);
            Assert.DoesNotContain(":warning:", found.Text, StringComparison.Ordinal);
            await practice.StepAsync("2", message => message.Says("Done by <@U0ANA00001>"));
            await practice.UntilShownAsync();
            Assert.Equal(1, await practice.CountAsync("select count(*) from events where type = 'page-step-done'"));
            Assert.Equal(1, await practice.CountAsync("select count(*) from events where type = 'page-step-answered'"));
            Assert.DoesNotContain(practice.Ana.Sees(Practice.Channel), message => message.IsEphemeral);
            practice.AssertNothingTwice(plans: 0);
        }
        finally
        {
            await Practice.RunAsync(admin, "rollback; drop extension if exists pg_stat_statements");
        }
    }
}
