using ChatBot.IntegrationTests.Incidents;

namespace ChatBot.IntegrationTests.Runbooks;

/// <summary>Somebody edits the page while incidents follow it.</summary>
public sealed class ChangedPageTests
{
    private const string Broken = "# Broken\n\n## Diagnosis\n\n1. Count <!-- step: no-such-step -->\n";

    [Fact]
    public async Task An_incident_keeps_its_page_whatever_becomes_of_the_file_and_the_next_one_gets_the_new_one()
    {
        await using var practice = await Practice.StartAsync();
        practice.Follow(PracticePages.ByHand(2, 1, "Old"));
        await practice.StartBotAsync();

        // Broken before anybody ever opened an incident: the version that was good at the start counts.
        practice.WritePage(Broken);
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        await practice.StepAsync("1", message => message.Says("Old place 1") && message.Button("Done") is not null);
        File.Delete(practice.PageFile());
        await practice.PressStepAsync(practice.Ana, "1", "Done");
        await practice.StepAsync("1", message => message.Says("Old place 1") && message.Says("Done by"));
        await practice.TypeAsync(practice.Boris, "/runbook start orders-db"); // without a file one can still join
        await practice.ToldAsync(practice.Boris, "You joined it.");

        // A start with a broken page or none is refused, with words; with another sound one it goes on with its own.
        await practice.StopBotAsync();
        foreach (var (page, says) in new (string?, string)[] { (null, "the page can't be read"), (Broken, "no-such-step") })
        {
            if (page is not null)
            {
                practice.WritePage(page);
            }

            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => practice.StartBotAsync());
            Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        }

        practice.WritePage(PracticePages.ByHand(3, 2, "New"));
        await practice.Slack.Faults.WaitForSocketsAsync(0, practice.Token);
        await practice.StartBotAsync();
        await practice.PressStepAsync(practice.Ana, "2", "Skip");
        await practice.StepAsync("2", message => message.Says("Old place 2") && message.Says("Skipped by"));
        await practice.TypeAsync(practice.Ana, "/runbook stop orders-db");
        var report = await practice.FileAsync(file => file.Name.EndsWith(".md", StringComparison.Ordinal));
        Assert.Contains("Old place 2", report.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("New place", report.Text, StringComparison.Ordinal);

        // The next incident has the new page, and when that breaks while the bot runs, the one after still has it.
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        await practice.StepAsync("3", message => message.Says("New place 3") && message.Button("Done") is not null);
        await practice.TypeAsync(practice.Ana, "/runbook stop orders-db");
        await practice.UntilAsync(async () => await practice.CountAsync("select count(*) from incidents where is_open = 1") == 0);
        practice.WritePage(PracticePages.ByHand(1, 1, "Newest"));
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        await practice.StepAsync("1", message => message.Says("Newest place 1"));
        await practice.TypeAsync(practice.Ana, "/runbook stop orders-db");
        await practice.UntilAsync(async () => await practice.CountAsync("select count(*) from incidents where is_open = 1") == 0);
        practice.WritePage(Broken);
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        await practice.Ana.WaitForAllAsync(Practice.Channel, all => all.Count(message => message.Says("Newest place 1")) == 2, practice.Token);
        await practice.UntilShownAsync();
        Assert.Contains("The page practice is broken", practice.Bot!.Output, StringComparison.Ordinal);
    }
}
