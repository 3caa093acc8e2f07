using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Terminal;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.Tests.Dispatch;

public sealed class TerminalDeskTests
{
    private static readonly IncidentId Id = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));
    private static readonly Person Ana = new("T0HOME", "U0ANA");

    [Fact]
    public async Task Words_that_a_button_would_not_keep_are_not_taken()
    {
        await using var bench = await DispatchBench.OpenAsync();
        await bench.OpenIncidentAsync(Id, Ana);
        var desk = new TerminalDesk(
            bench.Store, bench.Log, bench.Drawing, bench.Facts, bench.Pages, bench.Options, TimeProvider.System, NullLogger<TerminalDesk>.Instance);
        var page = await desk.ShowAsync(DispatchBench.Target, DispatchBench.Token);
        var button = page!.Messages.SelectMany(message => message.Buttons).Single(button => button.Key == "take-over");

        var answer = await desk.PressAsync(Ana, Guid.NewGuid(), DispatchBench.Target, new PressWish(button.Key, button.Seen, "I know this one"), DispatchBench.Token);

        Assert.Equal(new TerminalAnswer(false, "This button keeps no words. Nothing was done: press it without --note."), answer);
    }
}
