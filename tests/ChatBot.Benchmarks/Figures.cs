using System.Diagnostics;
using System.Globalization;
using ChatBot.Sandbox.Slack;

namespace ChatBot.Benchmarks;

/// <summary>Measures everything several times, in turn, so that a noisy moment hits all alike; prints the medians.</summary>
internal static class Figures
{
    private static readonly (string Name, bool IsShared)[] Stores = [("SQLite, FULL", false), ("PostgreSQL, fsync", true)];

    public static async Task<int> PrintAsync(int rounds, TimeSpan duration, int rate, CancellationToken cancellationToken)
    {
        Console.WriteLine($"load before: {await LoadAsync(cancellationToken)}, {Environment.ProcessorCount} cores");
        await using var world = await World.StartAsync(cancellationToken);
        var acks = new Dictionary<string, List<Sample>>();
        var seen = new Dictionary<string, List<double>>();
        for (var round = 1; round <= rounds; round++)
        {
            Keep(acks, "ack, nothing stored (echo)", await EchoAsync(duration, rate, cancellationToken));
            foreach (var (name, isShared) in Stores)
            {
                await using var slack = await World.StartSlackAsync(cancellationToken);
                var (bot, ready) = await World.StartBotAsync(slack, await world.NewStoreAsync(slack, isShared), cancellationToken);
                await using var running = bot;
                Keep(seen, $"process start -> both sockets, {name}, ms", ready);
                var cards = await CardsAsync(slack, cancellationToken);
                Keep(seen, $"typed -> card visible, {name}, ms", cards.Median);
                Keep(seen, $"memory idle, {name}, MB", World.MemoryOf(bot));
                Keep(acks, $"ack, stored first, {name}", await PressesAsync(slack, duration, rate, cancellationToken));
                Keep(seen, $"memory after the presses, {name}, MB", World.MemoryOf(bot));
            }
        }

        Console.WriteLine($"\n{rate}/s for {duration.TotalSeconds:0} s, {rounds} rounds: medians, ms{"",7}p50       p99       max");
        foreach (var (name, samples) in acks.OrderBy(row => row.Key, StringComparer.Ordinal))
        {
            Console.WriteLine(Sample.Row(name, Median(samples, s => s.Median), Median(samples, s => s.At(0.99)), Median(samples, s => s.Max)));
        }

        foreach (var (name, values) in seen.OrderBy(row => row.Key, StringComparer.Ordinal))
        {
            Console.WriteLine(Sample.Row(name, new Sample(values).Median));
        }

        Console.WriteLine($"load after: {await LoadAsync(cancellationToken)}");
        return 0;
    }

    private static async Task<Sample> EchoAsync(TimeSpan duration, int rate, CancellationToken cancellationToken)
    {
        await using var slack = await World.StartSlackAsync(cancellationToken);
        using var echo = Echo.Start(slack);
        try
        {
            await slack.Faults.WaitForSocketsAsync(2, cancellationToken);
            var message = await slack.Workspace.As("boris").SayAsync(World.Channel, "a message to press on", cancellationToken: cancellationToken);
            return await OpenLoopAsync(duration, rate, () => slack.Workspace.As("ana").PressUnknownAsync(message, "plan.approve", "?", cancellationToken));
        }
        finally
        {
            echo.Kill();
        }
    }

    /// <summary>From Enter to the card on the screen, incident after incident.</summary>
    private static async Task<Sample> CardsAsync(SlackSimulator slack, CancellationToken cancellationToken)
    {
        var ana = slack.Workspace.As("ana");
        var times = new List<double>();
        for (var n = 1; n <= 10; n++)
        {
            var since = Stopwatch.GetTimestamp();
            var typed = ana.TypeAsync(World.Channel, "/runbook start orders-db", cancellationToken);
            await ana.WaitForAllAsync(World.Channel, all => all.Count(message => message.Says("Opened by")) == n, cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            await typed;
            await ana.TypeAsync(World.Channel, "/runbook stop orders-db", cancellationToken);
            await ana.WaitForAllAsync(World.Channel, all => all.Count(message => message.Says("Stopped by")) == n, cancellationToken);
        }

        return new Sample(times);
    }

    /// <summary>The requester presses Approve on her own plan: each press is decided, refused and told.</summary>
    private static async Task<Sample> PressesAsync(SlackSimulator slack, TimeSpan duration, int rate, CancellationToken cancellationToken)
    {
        var ana = slack.Workspace.As("ana");
        await ana.TypeAsync(World.Channel, "/runbook start orders-db", cancellationToken);
        var card = await ana.WaitForAsync(World.Channel, message => message.Button("End idle sessions") is not null, cancellationToken);
        await ana.PressAsync(card, "End idle sessions", cancellationToken: cancellationToken);
        var plan = await ana.WaitForAsync(World.Channel, message => message.Button("Approve") is not null, cancellationToken);
        var measured = await OpenLoopAsync(duration, rate, () => ana.PressAsSeenAsync(plan, "Approve", cancellationToken: cancellationToken));
        await ana.TypeAsync(World.Channel, "/runbook stop orders-db", cancellationToken);
        return measured;
    }

    /// <summary>
    /// Presses when it is time, however many are unanswered, and counts from the moment it was time: a stall isn't hidden by
    /// presses that were never made. The first third only warms up.
    /// </summary>
    private static async Task<Sample> OpenLoopAsync(TimeSpan duration, int rate, Func<Task<SlackAnswer>> press)
    {
        var warmUp = (int)(duration.TotalSeconds * rate / 2);
        var count = warmUp + (int)(duration.TotalSeconds * rate);
        var answers = new Task<double>[count];
        var start = Stopwatch.GetTimestamp();
        await Task.Factory.StartNew(
            () =>
            {
                for (var n = 0; n < count; n++)
                {
                    var due = start + (n * Stopwatch.Frequency / rate);
                    while (due - Stopwatch.GetTimestamp() is > 0 and var early)
                    {
                        Thread.Sleep(early > Stopwatch.Frequency * 3 / 2000 ? 1 : 0); // to within a few microseconds
                    }

                    answers[n] = AnsweredAsync(due);
                }
            },
            TaskCreationOptions.LongRunning);
        return new Sample((await Task.WhenAll(answers)).Skip(warmUp));

        async Task<double> AnsweredAsync(long due)
        {
            var answer = await press();
            return answer.IsAcknowledged
                ? Stopwatch.GetElapsedTime(due).TotalMilliseconds
                : throw new InvalidOperationException($"A press was not acknowledged: {answer.Shown}");
        }
    }

    private static double Median(List<Sample> samples, Func<Sample, double> of) => new Sample(samples.Select(of)).Median;

    private static void Keep<T>(Dictionary<string, List<T>> all, string name, T value)
    {
        if (!all.TryGetValue(name, out var values))
        {
            all[name] = values = [];
        }

        values.Add(value);
        Console.WriteLine(value is Sample sample
            ? Sample.Row(name, sample.Median, sample.At(0.99), sample.Max)
            : string.Create(CultureInfo.InvariantCulture, $"{name,-44}{value,10:0.0}"));
    }

    /// <summary>The system's load average over one minute.</summary>
    private static async Task<string> LoadAsync(CancellationToken cancellationToken) =>
        (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[0];
}
