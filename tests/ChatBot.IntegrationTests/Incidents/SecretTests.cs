using System.Text;
using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Incidents;

/// <summary>Tokens and passwords go where they are needed, and turn up nowhere else.</summary>
public sealed class SecretTests
{
    private const string BotToken = "xoxb-canary4b1d77e0-bot";
    private const string AppToken = "xapp-canary4b1d77e0-app";
    private const string Password = "canary4b1d77e0-password";
    private const string Canary = "canary4b1d77e0";

    [Fact]
    public async Task No_secret_turns_up_in_the_log_the_store_or_Slack()
    {
        await using var practice = await Practice.StartAsync(new SlackSimulatorOptions { BotToken = BotToken, AppToken = AppToken });
        practice.Settings["Targets:orders-db:Password"] = Password; // the server doesn't ask for it, and it is kept all the same
        practice.Settings["Slack:CallTimeout"] = "500ms";
        practice.Settings["Logging:LogLevel:Default"] = "Trace";
        await practice.StartBotAsync();
        await practice.LeakAsync(3);
        var faults = practice.Slack.Faults;

        // Errors are where secrets get out: refusals, broken connections, lost sockets, a database that is gone.
        faults.Next("chat.postMessage", SlackFault.CloseBeforeEffect());
        faults.Next("chat.postMessage", SlackFault.Hang());
        faults.Next("chat.postMessage", SlackFault.HtmlPage(502));
        faults.Next("chat.update", SlackFault.Refused("invalid_auth"));
        faults.Next("apps.connections.open", SlackFault.ServerError(), times: 2);
        faults.DropSockets();
        await faults.WaitForSocketsAsync(2, practice.Token);
        await practice.OpenAsync();
        await practice.Server.StopAsync(cancellationToken: practice.Token);
        await practice.CardAsync(message => message.Says(":warning: No measurement since"));
        await practice.Server.StartAgainAsync(practice.Token);
        await practice.LeakAsync(3);
        await practice.CardAsync(message => !message.Says("No measurement since") && message.Says("holds 3 of"));
        await practice.CarryOutAsync(await practice.AskAsync());
        await practice.StopBotAsync();

        var output = practice.Bot!.Output;
        Assert.Contains("The warm connection to orders-db is open", output, StringComparison.Ordinal); // it did write
        Assert.InRange(output.Split('\n').Length, 10, 4_999); // and nothing of it was forgotten
        AssertClean(output);
        Assert.DoesNotContain("ticket=", output, StringComparison.Ordinal); // opens a socket in the bot's place

        var files = Directory.GetFiles(practice.Folder);
        Assert.Contains(files, file => Path.GetFileName(file) == "chatbot.db");
        Assert.All(files, file => AssertClean(Encoding.Latin1.GetString(File.ReadAllBytes(file))));

        Assert.NotEmpty(practice.Slack.Calls.Of("chat.update"));
        Assert.All(
            practice.Slack.Calls.All.SelectMany(call => call.Arguments),
            argument => AssertClean($"{argument.Key} {argument.Value.GetRawText()}"));
    }

    private static void AssertClean(string text)
    {
        Assert.DoesNotContain(Canary, text, StringComparison.OrdinalIgnoreCase);
        foreach (var secret in new[] { BotToken, AppToken, Password })
        {
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))[..^4], text, StringComparison.Ordinal);
        }
    }
}
