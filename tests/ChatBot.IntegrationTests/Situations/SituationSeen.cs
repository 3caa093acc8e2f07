using System.Diagnostics;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Causes;
using ChatBot.Sandbox.Situations;

namespace ChatBot.IntegrationTests.Situations;

/// <summary>What the bot made of a situation.</summary>
/// <param name="Verdict">In the words of its card.</param>
/// <param name="Wrong">Everything that isn't as it is, one sentence each; empty when all is right.</param>
internal sealed record SituationSeen(Situation Situation, string Verdict, IReadOnlyList<string> Wrong)
{
    public TimeSpan Took { get; private init; }

    public static async Task<SituationSeen> OfAsync(Situation situation, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        var seen = await TryAsync(situation, cancellationToken);
        return seen with { Took = Stopwatch.GetElapsedTime(begun) };
    }

    private static async Task<SituationSeen> TryAsync(Situation situation, CancellationToken cancellationToken)
    {
        try
        {
            await using var world = await SituationWorld.StartAsync(situation, seed: 1, cancellationToken);
            await using var bot = await LookingBot.StartAsync(world, cancellationToken);
            await situation.BeginAsync(world);
            return await LookAsync(world, bot, cancellationToken);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            return new SituationSeen(situation, "nothing", [$"{situation.Name}: {broken}"]);
        }
    }

    private static async Task<SituationSeen> LookAsync(SituationWorld world, LookingBot bot, CancellationToken cancellationToken)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        var first = await bot.LookAsync(before: null, cancellationToken);
        while (true)
        {
            await pace.WaitForNextTickAsync(cancellationToken);
            var before = await Truth.AskAsync(world);
            var second = await bot.LookAsync(first.Mark, cancellationToken);
            var after = await Truth.AskAsync(world);
            if (second.Since is { } since && since.Span <= SituationWorld.StillFor) // what was there at the first look is older than that now
            {
                continue;
            }

            if (world.Situation.Label == Labels.Storm && Math.Min(before.Sessions, after.Sessions) <= Situation.StormFrom) // the server's word, not the bot's
            {
                first = await bot.LookAsync(first.Mark, cancellationToken);
                continue;
            }

            var waiting = await Truth.WaitingAtPoolerAsync(world);
            var pools = await bot.PoolsAsync(cancellationToken);
            var waitingStill = await Truth.WaitingAtPoolerAsync(world);
            var verdict = VerdictRule.Judge(new Symptoms(second, second.Usage.RefusedLogins + first.Usage.RefusedLogins, pools, []) { ExhaustedFrom = 0.8 });
            var named = CauseNames.Of(verdict.Cause);
            List<string> wrong =
            [
                .. Evidence.Differences(world, second, before, after),
                .. Evidence.PoolerDifferences(pools, waiting, waitingStill, served: after.Groups.Sum(group => group.Active)),
            ];
            if (named != world.Situation.Label)
            {
                wrong.Add($"{named} instead of {world.Situation.Label}: {verdict.Summary} {second.Usage} {second.Since}");
            }

            if (verdict.Culprit.Value != (world.Situation.Culprit ?? ""))
            {
                wrong.Add($"\"{verdict.Culprit}\" instead of \"{world.Situation.Culprit}\" is the culprit: {verdict.Summary}");
            }

            foreach (var (step, worth) in new[] { (world.Situation.PressedStep, Worth.Helps), (world.Situation.Harmful, Worth.Harmful) })
            {
                if (step is not null && verdict.Of(step)?.Worth != worth)
                {
                    wrong.Add($"{step} is called {verdict.Of(step)?.Worth} instead of {worth}: {verdict.Of(step)?.Why}");
                }
            }

            return new SituationSeen(world.Situation, named, [.. wrong.Select(sentence => $"{world.Situation.Name}: {sentence}")]);
        }
    }
}
