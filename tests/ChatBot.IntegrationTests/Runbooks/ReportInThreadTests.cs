using ChatBot.IntegrationTests.Incidents;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Runbooks;

/// <summary>The report at the end of an incident, in its thread.</summary>
public sealed class ReportInThreadTests
{
    private static readonly SlackSimulatorOptions Impatient = new() { AckWithin = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task The_report_comes_once_and_after_an_outage_of_Slack_later()
    {
        await using var practice = await Practice.StartAsync();
        practice.Follow(PracticePages.ByHand(1, 1));
        await practice.StartBotAsync();
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        var step = await practice.StepAsync("1", message => message.Button("Done") is not null);
        var card = await practice.CardAsync(message => message.Button("Resolve") is not null);
        await practice.UntilShownAsync();

        practice.Slack.Faults.Outage = true;
        await practice.Ana.PressAsync(step, "Done", cancellationToken: practice.Token);
        await practice.Ana.PressAsync(card, "Resolve", cancellationToken: practice.Token);
        await practice.UntilAsync(async () => await practice.CountAsync("select count(*) from incidents where state = 'Resolved'") == 1);
        Assert.Empty(FilesOf(practice));
        practice.Slack.Faults.Outage = false;

        // Slack did it, and nobody heard: the next try finds it.
        practice.Slack.Faults.Next("files.completeUploadExternal", SlackFault.CloseAfterEffect());
        await practice.CardAsync(message => message.Says("Resolved:"));
        var markdown = await practice.FileAsync(file => file.Name.EndsWith(".md", StringComparison.Ordinal));
        var html = await practice.FileAsync(file => file.Name.EndsWith(".html", StringComparison.Ordinal));
        Assert.Contains("Look at place 1", markdown.Text, StringComparison.Ordinal);
        Assert.StartsWith("<!doctype html>", html.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", html.Text, StringComparison.OrdinalIgnoreCase);
        await practice.UntilShownAsync();
        Assert.Equal(2, FilesOf(practice).Count);
        practice.AssertNothingTwice(plans: 0);
    }

    [Fact]
    public async Task A_bot_killed_right_after_sharing_the_report_shares_no_other_file_again()
    {
        await using var practice = await Practice.StartAsync(Impatient);
        practice.Follow(PracticePages.ByHand(1, 1));
        await practice.StartBotAsync("crash", "file-shared:2");
        await practice.TypeAsync(practice.Ana, "/runbook start orders-db");
        var card = await practice.CardAsync(message => message.Button("Resolve") is not null);
        await practice.Ana.PressAsync(card, "Resolve", cancellationToken: practice.Token);
        await practice.StartAgainAfterAsync("file-shared:2");

        await practice.CardAsync(message => message.Says("Resolved:"));
        await practice.UntilShownAsync();

        // That the second file is there was not on record yet: it is found in the thread.
        var files = FilesOf(practice);
        Assert.Single(files, name => name.EndsWith(".md", StringComparison.Ordinal));
        Assert.Single(files, name => name.EndsWith(".html", StringComparison.Ordinal));
        practice.AssertNothingTwice(plans: 0);
    }

    private static List<string> FilesOf(Practice practice) =>
        [.. practice.Ana.Sees(Practice.Channel).Where(message => message.ThreadTs is not null).SelectMany(message => message.Files).Select(file => file.Name)];
}
