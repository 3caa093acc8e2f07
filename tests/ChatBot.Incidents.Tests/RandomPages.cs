using ChatBot.Incidents.Runbooks;

namespace ChatBot.Incidents.Tests;

/// <summary>Pages by chance: of any length, with steps of any kind at any place, as a page may have them.</summary>
public static class RandomPages
{
    /// <summary>A step that a team added: a choice depends on it, and it is neither usage nor consumers.</summary>
    private static readonly StepType OfATeam = new("replication-lag", StepWork.Reads, "says how far the replicas are behind") { IsEssential = true };

    private static readonly StepType Slow = new("leak-logs", StepWork.Reads, "looks for leaks in the logs");

    private static readonly RunbookPhase[] Phases = Enum.GetValues<RunbookPhase>();

    public static ChosenPage Next(Random random)
    {
        if (random.Next(3) == 0)
        {
            return random.Next(3) switch { 0 => ThePages.WithRestart, 1 => ThePages.WithBrake, _ => ThePages.WithTwoChanges }; // long enough for stories that get far
        }

        var steps = new PageStep[random.Next(250) == 0 ? 200 : random.Next(31)];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = Step($"step-{i + 1}", random);
        }

        return ThePages.Page(steps);
    }

    private static PageStep Step(string id, Random random)
    {
        var phase = Phases[random.Next(Phases.Length)];
        return random.Next(12) switch
        {
            0 => ThePages.Reads(id, StepType.ConnectionUsage),
            1 => ThePages.Reads(id, StepType.ConnectionConsumers),
            2 => ThePages.Reads(id, OfATeam),
            3 => ThePages.Reads(id, Slow) with { Phase = phase },
            < 6 => ThePages.Advises(id, phase),
            < 8 => ThePages.Ends(id, phase),
            8 => ThePages.Restarts(id, phase),
            _ => ThePages.ByHand(id, phase),
        };
    }
}
