using ChatBot.Incidents.Approvals;

namespace ChatBot.Incidents.Tests;

/// <summary>Incidents that happen by chance, on pages by chance; the same ones in every run.</summary>
public sealed class RandomIncidentTests
{
    private const int CommandsAfterTheEnd = 12;

    /// <summary>What has to be said by somebody of ours. What one asked for one can take back, whoever one is by now.</summary>
    private static readonly HashSet<Type> SaidByPeople =
    [
        .. typeof(IncidentCommand).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(IncidentCommand)) && type != typeof(CancelPlan) && type.GetProperty("By")?.PropertyType == typeof(Person)),
    ];

    [Theory]
    [InlineData(20261126, 25_000)]
    [InlineData(1, 25_000)]
    [InlineData(2, 25_000)]
    [InlineData(3, 25_000)]
    public void Whatever_anybody_does_the_rules_hold_in_a_hundred_thousand_incidents(int seed, int incidents)
    {
        var seen = Tell(seed, incidents, commandsAtLeast: 10, commandsAtMost: 40);

        // A test that never gets anywhere proves nothing. Opened passes within one decision.
        Assert.Equal(Enum.GetValues<IncidentState>().Except([IncidentState.Open, IncidentState.Opened]).Order(), seen.States.Order());
        Assert.Empty(typeof(IncidentEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(IncidentEvent))).Except(seen.Events));
        Assert.Equal(5, seen.FullestQueue);
        Assert.True(seen.Intents > 1000 && seen.Relieved > 100, $"{seen.Intents} intents, {seen.Relieved} times relieved.");
    }

    [Theory]
    [InlineData(4, 100)]
    [InlineData(5, 100)]
    public void Whatever_anybody_does_the_rules_hold_in_long_incidents(int seed, int incidents) =>
        Assert.True(Tell(seed, incidents, commandsAtLeast: 250, commandsAtMost: 250).Relieved > 5);

    private static Seen Tell(int seed, int incidents, int commandsAtLeast, int commandsAtMost)
    {
        var commands = new RandomCommands(seed);
        var seen = new Seen([], []);
        for (var told = 0; told < incidents; told++)
        {
            var (story, invariants, page) = (new Story(), new Invariants(), commands.Page());
            try
            {
                for (var left = commands.Between(commandsAtLeast, commandsAtMost); left > 0; left--)
                {
                    TellOne(story, commands, invariants, page);
                    if (story.MaybeIncident is { } incident)
                    {
                        seen.States.Add(incident.State);
                        seen.FullestQueue = Math.Max(seen.FullestQueue, incident.Queue.Length);
                        left = incident.IsOpen ? left : Math.Min(left, CommandsAfterTheEnd);
                    }
                }

                AssertReplays(story, commands);
            }
            catch (Exception broken)
            {
                throw new InvalidOperationException($"Incident {told} of seed {seed}:\n{string.Join('\n', story.Events)}", broken);
            }

            seen.Events.UnionWith(story.Events.Select(happened => happened.GetType()));
            seen.Intents += invariants.Intents;
            seen.Relieved += invariants.Relieved;
        }

        return seen;
    }

    private static void TellOne(Story story, RandomCommands commands, Invariants invariants, ChosenPage page)
    {
        story.Later(commands.Pause(story.MaybeIncident, story.Now));
        var (command, facts) = (commands.Next(story.MaybeIncident, page), commands.Facts());
        var opening = story.MaybeIncident;
        if (story.Try(command, facts) is not Decision.Accepted { Events.Count: > 0 } accepted)
        {
            return;
        }

        Assert.True((accepted.Plan is not null) == accepted.Events.Any(happened => happened is PlanProposed), "A plan was proposed without its bytes, or the other way round.");
        Assert.False(
            facts.Standing is Standing.Outsider or Standing.Bot or Standing.Deactivated && SaidByPeople.Contains(command.GetType()),
            "Somebody who has no say was heard.");

        story.Take(accepted);
        var before = opening;
        foreach (var (happened, after) in story.LatestPast)
        {
            Assert.True(story.Now == happened.At, "It happened at another time.");
            invariants.Check(before, happened, after, facts);
            before = after;
        }

        LegalState.Check(opening, story.Incident, page);
        LegalState.CheckWayOut(story.Incident, story.Now, commands.Between(0, 1000));
    }

    /// <summary>The log tells the same incident again, whole and up to any moment of it.</summary>
    private static void AssertReplays(Story story, RandomCommands commands)
    {
        if (story.Past.Count == 0)
        {
            return;
        }

        var some = commands.Between(1, story.Past.Count);
        var then = Incident.Replay(story.Events.Take(some))!;
        AssertSame(story.Past[some - 1].After, then);
        AssertSame(story.Incident, story.Events.Skip(some).Aggregate(then, Incident.Evolve));
    }

    private static void AssertSame(Incident told, Incident replayed) => Assert.Empty(IncidentEquality.Differences(told, replayed));

    /// <summary>How far the incidents got.</summary>
    private sealed record Seen(HashSet<IncidentState> States, HashSet<Type> Events)
    {
        public int Intents { get; set; }

        public int Relieved { get; set; }

        public int FullestQueue { get; set; }
    }
}
