using System.Globalization;
using ChatBot.IntegrationTests.Incidents;

namespace ChatBot.IntegrationTests.Runbooks;

/// <summary>Long-term solutions: advice with files, and what is left to do after the incident.</summary>
public sealed class FollowUpTests
{
    [Fact]
    public async Task Advice_comes_with_files_and_what_is_left_to_do_outlives_the_incident_and_the_bot()
    {
        await using var practice = await Practice.StartAsync();
        practice.Settings["Targets:orders-db:Database"] = "shop";
        await practice.StartBotAsync();
        await practice.LeakAsync(4);
        await practice.OpenAsync();

        // A configuration for this server, not an example.
        var ini = await practice.FileAsync(file => file.Name == "pgbouncer.ini");
        Assert.Contains($"shop = host='127.0.0.1' port={practice.Server.Port} dbname='shop'", ini.Text, StringComparison.Ordinal);
        await practice.StepAsync("3.1.3", message => !message.Says("Running since"));

        // One is taken at once, the others become the lead's at the end.
        await practice.PressInListAsync(practice.Boris, "Long-term solutions", "mitigation-3-2", "I'll follow it up");
        await practice.ListAsync("Long-term solutions", message => message.Says("For <@U0BORIS001> until"));
        await ListsAsync(practice, "Size the pools", "<@U0BORIS001>");
        var card = await practice.CardAsync(message => message.Button("Resolve") is not null);
        await practice.Ana.PressAsync(card, "Resolve", cancellationToken: practice.Token);
        await practice.CardAsync(message => message.Says("Resolved:") && message.Says("Left to do: 6 long-term steps; /runbook followups lists them."));
        await practice.StepAsync("4", message => message.Says("Not done.") && message.Buttons.Count == 0); // only what outlives it has buttons
        await practice.UntilShownAsync();
        await practice.StopBotAsync();
        await practice.Slack.Faults.WaitForSocketsAsync(0, practice.Token);
        await practice.StartBotAsync();

        var all = await ListsAsync(practice, "Send reads to replicas", "<@U0ANA00001>");
        Assert.Equal(6, all.Split('\n').Count(line => line.StartsWith('F')));
        var (size, replicas, alerts) = (NumberOf(all, "Size the pools"), NumberOf(all, "Send reads to replicas"), NumberOf(all, "Watch the connections"));

        // Another owner, another day, done, dropped: by command, and with the words in the thread.
        var carl = practice.Slack.Workspace.As("carl");
        var day = DateTimeOffset.UtcNow.AddDays(30).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await practice.TypeAsync(practice.Ana, $"/runbook followup {alerts} @carl");
        await ListsAsync(practice, "Watch the connections", "<@U0CARL0001>, due ");
        await practice.TypeAsync(carl, $"/runbook followup F{alerts} {day}");
        await ListsAsync(practice, "Watch the connections", $"<@U0CARL0001>, due {day}");
        await practice.TypeAsync(practice.Ana, $"/runbook followup {alerts} @guest");
        await practice.ToldAsync(practice.Ana, "<@U0GUEST001> isn't a member of this workspace.");
        await practice.TypeAsync(practice.Ana, $"/runbook followup {alerts} 2020-01-01");
        await practice.ToldAsync(practice.Ana, "The date has to be in the future, and within a year.");
        await practice.TypeAsync(practice.Ana, $"/runbook followup {alerts} @boris 31.12.2026");
        await practice.ToldAsync(practice.Ana, $"/runbook followup F{alerts} done NOTE");
        await practice.TypeAsync(practice.Boris, $"/runbook followup f{size} done the pools are 12 each now");
        await practice.ListAsync("Long-term solutions: 1 of 6", message => Practice.ButtonOf(message, "mitigation-3-2") is null);
        await practice.StepAsync("3.2", message => message.Says("Done by <@U0BORIS001>") && message.Says("the pools are 12 each now"));
        await practice.TypeAsync(practice.Ana, $"/runbook followup {replicas} drop too few reads");
        await practice.StepAsync("3.4", message => message.Says("Skipped by <@U0ANA00001>") && message.Says("too few reads"));
        await practice.ListAsync("Long-term solutions: 2 of 6", message => message.Says("For <@U0CARL0001> until"));
        await practice.TypeAsync(practice.Ana, $"/runbook followup {size} done");
        await practice.ToldAsync(practice.Ana, "<@U0BORIS001> did it already.");

        // And by the button in the list of the incident that is over.
        var list = await practice.ListAsync("Long-term solutions", _ => true);
        await carl.PressAsSeenAsync(list, Practice.ButtonOf(list, "mitigation-3-3")!, cancellationToken: practice.Token);
        await practice.SayInModalAsync(carl, "Done", "an alert at 80 %");
        await practice.ListAsync("Long-term solutions: 3 of 6", _ => true);
        var left = await ListsAsync(practice, "F", "/runbook followup NUMBER");
        Assert.Equal(3, left.Split('\n').Count(line => line.StartsWith('F')));
        Assert.DoesNotContain("Size the pools", left, StringComparison.Ordinal);
        await practice.TypeAsync(practice.Ana, "/runbook followup 999 done");
        await practice.ToldAsync(practice.Ana, "There is no follow-up F999.");
        Assert.Equal(3, await practice.CountAsync("select count(*) from followups where is_open = 1"));
    }

    /// <summary>Asks for the list until it says so: the one before may have been asked a moment too early.</summary>
    private static async Task<string> ListsAsync(Practice practice, string title, string words)
    {
        while (true)
        {
            var before = Lists(practice).Count;
            await practice.TypeAsync(practice.Ana, "/runbook followups");
            await practice.Ana.WaitForAllAsync(Practice.Channel, _ => Lists(practice).Count > before, practice.Token);
            if (Lists(practice)[^1].Split('\n').Any(line => line.Contains(title, StringComparison.Ordinal) && line.Contains(words, StringComparison.Ordinal))
                || (title == "F" && Lists(practice)[^1].Contains(words, StringComparison.Ordinal)))
            {
                return Lists(practice)[^1];
            }
        }
    }

    private static List<string> Lists(Practice practice) =>
        [.. practice.Ana.Sees(Practice.Channel).Where(message => message.IsEphemeral && message.Says("/runbook followup NUMBER")).Select(message => message.Text)];

    private static string NumberOf(string list, string title) =>
        list.Split('\n').Single(line => line.Contains(title, StringComparison.Ordinal)).Split(' ')[0].TrimStart('F');
}
