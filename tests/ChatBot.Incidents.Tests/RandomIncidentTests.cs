namespace ChatBot.Incidents.Tests;

public sealed class RandomIncidentTests
{
    /// <summary>Five times 10,000 commands, the same ones in every run.</summary>
    public static readonly TheoryData<int> Seeds = [20261126, 1, 2, 3, 4];

    private const int Commands = 10_000;
    private const int CommandsPerIncident = 250;
    private const int CommandsAfterTheEnd = 25;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_anybody_does_the_rules_hold(int seed)
    {
        var commands = new RandomCommands(seed);
        var states = new HashSet<IncidentState>();
        var (told, intents, relieved) = (0, 0, 0);
        while (told < Commands)
        {
            var (story, invariants) = (new Story(), new Invariants());
            var left = CommandsPerIncident;
            while (left-- > 0)
            {
                told++;
                TellOne(story, commands, invariants);
                if (story.MaybeIncident is { } incident)
                {
                    states.Add(incident.State);
                    left = incident.IsOpen ? left : Math.Min(left, CommandsAfterTheEnd);
                }
            }

            Assert.Empty(IncidentEquality.Differences(story.Incident, Incident.Replay(story.Events)!));
            intents += invariants.Intents;
            relieved += invariants.Relieved;
        }

        // A test that never gets anywhere proves nothing. Opened passes within one decision.
        Assert.Equal(Enum.GetValues<IncidentState>().Except([IncidentState.Open, IncidentState.Opened]).Order(), states.Order());
        Assert.True(intents > 100 && relieved > 5, $"{intents} intents, {relieved} times relieved.");
    }

    private static void TellOne(Story story, RandomCommands commands, Invariants invariants)
    {
        story.Later(commands.Pause(story.MaybeIncident, story.Now));
        var (command, facts) = (commands.Next(story.MaybeIncident), commands.Facts());
        var before = story.MaybeIncident;
        if (story.Try(command, facts) is not Decision.Accepted accepted)
        {
            return;
        }

        story.Take(accepted);
        foreach (var (happened, after) in story.Past.TakeLast(accepted.Events.Count))
        {
            Assert.Equal(story.Now, happened.At);
            invariants.Check(before, happened, after, facts);
            before = after;
        }

        if (story.MaybeIncident is { } incident)
        {
            Invariants.CheckEnd(incident);
        }
    }
}
