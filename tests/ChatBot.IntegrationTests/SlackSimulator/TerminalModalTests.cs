using System.Text.Json;
using ChatBot.IntegrationTests.Wire;
using ChatBot.Sandbox.Slack;
using ChatBot.Sandbox.Terminal;
using Spectre.Console;

namespace ChatBot.IntegrationTests.Simulators;

/// <summary>A modal at a keyboard: it is printed when it opens, and one line fills it in.</summary>
public sealed class TerminalModalTests
{
    private const string View =
        """
        {"type":"modal","callback_id":"step.done","private_metadata":"C1|1.2|v","title":{"type":"plain_text","text":"Done"},
         "submit":{"type":"plain_text","text":"Send"},"blocks":[{"type":"input","block_id":"note","optional":true,
           "label":{"type":"plain_text","text":"What came out?"},"element":{"type":"plain_text_input","action_id":"note","multiline":true} }]}
        """;

    [Theory]
    [InlineData("the pods are back", "the pods are back")]
    [InlineData("", null)]
    public async Task A_modal_is_printed_and_sent_with_what_was_typed(string words, string? value)
    {
        var patience = ReadingWire.Patience();
        await using var slack = await SlackSimulator.StartAsync(cancellationToken: patience);
        await using var app = await PlainApp.ConnectAsync(slack);
        var ana = slack.Workspace.As("ana");
        using var paper = new StringWriter();
        var terminal = TextWriter.Synchronized(paper);
        var screen = new Screen(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal) }));
        using var feed = new Feed(slack.Workspace, "inc-orders-db", screen, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience);
        var showing = Modals.ShowAsync(slack.Workspace, feed, stop.Token);

        var typed = ana.TypeAsync("inc-orders-db", "/runbook", patience);
        var command = await app.ReceiveAsync();
        await app.AcknowledgeAsync(command);
        await typed;
        var filling = Modals.FillAsync(ana, words, patience); // before it is open, as a script does
        await app.CallAsync("views.open", $$"""{"trigger_id":{{command.GetProperty("payload").GetProperty("trigger_id").GetRawText()}},"view":{{View}}}""");
        var sent = await app.ReceiveAsync();
        await ReadingWire.UntilAsync(() => Printed().Contains("fill WORDS", StringComparison.Ordinal));
        await app.AcknowledgeAsync(sent);

        Assert.True((await filling).IsAcknowledged);
        var view = sent.GetProperty("payload").GetProperty("view");
        Assert.Equal(("view_submission", "step.done", "C1|1.2|v"), (
            sent.GetProperty("payload").GetProperty("type").GetString(),
            view.GetProperty("callback_id").GetString(),
            view.GetProperty("private_metadata").GetString()));
        var note = view.GetProperty("state").GetProperty("values").GetProperty("note").GetProperty("note");
        Assert.Equal(value, note.GetProperty("value") is { ValueKind: JsonValueKind.String } text ? text.GetString() : null);
        Assert.Contains("== Done ==", Printed(), StringComparison.Ordinal);
        Assert.Contains("What came out?:", Printed(), StringComparison.Ordinal);
        Assert.Null(ana.View);

        await stop.CancelAsync();
        await showing;

        string Printed()
        {
            lock (terminal) // as its own writes do
            {
                return paper.ToString();
            }
        }
    }
}
