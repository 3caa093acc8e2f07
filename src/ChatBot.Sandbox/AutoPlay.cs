using System.Diagnostics;
using System.Globalization;
using ChatBot.Sandbox.Scenarios;
using ChatBot.Sandbox.Situations;
using ChatBot.Sandbox.Terminal;
using ChatBot.Sandbox.Workloads;

namespace ChatBot.Sandbox;

/// <summary>A scenario with nobody at the keyboard, and a verdict at the end.</summary>
internal static class AutoPlay
{
    /// <summary>It takes about a minute; longer than this, it hangs: 110 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(110);

    /// <summary>The verdict's own questions to the server: 20 s.</summary>
    private static readonly TimeSpan VerdictWithin = TimeSpan.FromSeconds(20);

    /// <returns>0 when the incident is resolved and the server has room again; else 1.</returns>
    public static async Task<int> RunAsync(PracticeWorld world, Scenario scenario, Screen screen, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        using var feed = new Feed(world.Slack.Workspace, PracticeWorld.Channel, screen, TimeProvider.System);
        feed.Start();
        feed.Tell($"*{scenario.Beginning}*", "red");
        await scenario.BeginAsync(world);
        var unresolved = await PlayAsync(world, scenario, feed, cancellationToken);
        feed.Show(hurry: true);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(VerdictWithin);
        if (world.Situation is { } situation)
        {
            return Conclude(world, situation, unresolved, Stopwatch.GetElapsedTime(begun), screen);
        }

        var verdict = await Verdict.AskAsync(world.Server, unresolved, patience.Token);
        Conclude(world, scenario, verdict, Stopwatch.GetElapsedTime(begun), screen);
        return verdict.IsGood ? 0 : 1;
    }

    /// <returns>Null when it was played to the end; else why not.</returns>
    private static async Task<string?> PlayAsync(PracticeWorld world, Scenario scenario, Feed feed, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var play = scenario.PlayAsync(world, feed, patience.Token);
        var end = world.Bot.WaitForExitAsync(patience.Token);
        await Task.WhenAny(play, end);
        var botEnded = !world.Bot.IsRunning;
        if (!play.IsCompleted)
        {
            await patience.CancelAsync();
        }

        try
        {
            await play;
            return null;
        }
        catch (Exception stuck) when (stuck is OperationCanceledException or TimeoutException or InvalidOperationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return botEnded ? $"the bot ended with exit code {world.Bot.ExitCode}." : $"{stuck.Message}";
        }
    }

    private static void Conclude(PracticeWorld world, Scenario scenario, Verdict verdict, TimeSpan took, Screen screen)
    {
        screen.Blank();
        foreach (var (service, tally) in world.Tallies)
        {
            screen.Write($"{service,-14} ", Told(tally));
        }

        var free = string.Create(CultureInfo.InvariantCulture, $"{verdict.Slots.Free} of {verdict.Slots.Capacity} slots are free");
        if (verdict.IsGood)
        {
            screen.Write("", string.Create(CultureInfo.InvariantCulture, $"*Resolved in {took.TotalSeconds:0} s.* Asked of the server: {free}, and an ordinary login works."), "green");
            return;
        }

        screen.Write("", $"*Not resolved: {scenario.Name} did not end well.* Asked of the server: {free}.", "red");
        foreach (var missing in verdict.Missing)
        {
            screen.Write("  - ", missing.Replace("\n", " / ", StringComparison.Ordinal));
        }

        ShowLastWords(world, screen);
    }

    /// <returns>0 when the card named the cause and what was pressed worked; else 1.</returns>
    private static int Conclude(PracticeWorld world, SituationWorld situation, string? missing, TimeSpan took, Screen screen)
    {
        screen.Blank();
        foreach (var crew in situation.Crews)
        {
            screen.Write($"{crew.Name,-18} ", Told(crew.Tally));
        }

        var pressed = situation.Situation.Press is { } button ? $"and [{button}] worked." : "and there was nothing to press.";
        if (missing is null)
        {
            screen.Write("", string.Create(CultureInfo.InvariantCulture, $"*Right in {took.TotalSeconds:0} s.* The card named the cause, {situation.Situation.Label}, {pressed}"), "green");
            return 0;
        }

        screen.Write("", $"*Not right: {situation.Situation.Name} did not end well.* It is {situation.Situation.Label}. {missing.Replace("\n", " / ", StringComparison.Ordinal)}", "red");
        ShowLastWords(world, screen);
        return 1;
    }

    private static void ShowLastWords(PracticeWorld world, Screen screen)
    {
        screen.Write("", "The bot's last words:");
        foreach (var line in world.Bot.Output.Split('\n').TakeLast(20))
        {
            screen.Write("  | ", line);
        }
    }

    private static string Told(ServiceTally tally)
    {
        (int Count, string What)[] all =
        [
            (tally.Done, "requests served"), (tally.Refused, "logins refused (53300)"),
            (tally.Starved, "requests failed: its own pool has no place left"), (tally.Failed, "other errors"),
        ];
        return string.Join(", ", all.Where(part => part.Count > 0).Select(part => $"{part.Count} {part.What}"));
    }
}
