using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents.Tests;

/// <summary>One incident while a test tells what happens to it, command by command.</summary>
public sealed class Story
{
    private readonly List<(IncidentEvent Event, Incident After)> _past = [];

    public DateTimeOffset Now { get; private set; } = Given.Noon;

    public Incident? MaybeIncident { get; private set; }

    public Incident Incident => MaybeIncident ?? throw new InvalidOperationException("Nothing is open yet.");

    public IEnumerable<IncidentEvent> Events => _past.Select(step => step.Event);

    /// <summary>Each event, and the incident right after it.</summary>
    public IReadOnlyList<(IncidentEvent Event, Incident After)> Past => _past;

    /// <summary>The end of <see cref="Past"/> that the last accepted command brought.</summary>
    public IEnumerable<(IncidentEvent Event, Incident After)> LatestPast => _past.Skip(_past.Count - Latest.Count);

    /// <summary>What the last accepted command brought.</summary>
    public IReadOnlyList<IncidentEvent> Latest { get; private set; } = [];

    /// <summary>What the last person was told although they were not refused; null when nothing.</summary>
    public string? Note { get; private set; }

    /// <summary>The plan whose bytes went to the store.</summary>
    public Plan? Plan { get; private set; }

    public Story Later(TimeSpan by)
    {
        Now += by;
        return this;
    }

    public Decision Try(IncidentCommand command, Facts? facts = null) =>
        IncidentDecider.Decide(MaybeIncident, command, facts ?? Given.Facts(), Now);

    public string Refusal(IncidentCommand command, Facts? facts = null) =>
        Assert.IsType<Decision.Refused>(Try(command, facts)).Reason;

    public void AssertNothing(IncidentCommand command, Facts? facts = null) =>
        Assert.Empty(Assert.IsType<Decision.Accepted>(Try(command, facts)).Events);

    public Story Do(IncidentCommand command, Facts? facts = null)
    {
        var decision = Try(command, facts);
        Assert.False(decision is Decision.Refused, (decision as Decision.Refused)?.Reason);
        return Take((Decision.Accepted)decision);
    }

    /// <summary>The next thing that happens, a second later: nothing else bears its moment.</summary>
    public Story Then(IncidentCommand command, Facts? facts = null) => Later(TimeSpan.FromSeconds(1)).Do(command, facts);

    public Story Take(Decision.Accepted accepted)
    {
        foreach (var happened in accepted.Events)
        {
            MaybeIncident = Incident.Evolve(MaybeIncident, happened);
            _past.Add((happened, MaybeIncident));
        }

        Latest = accepted.Events;
        Note = accepted.Note;
        Plan = accepted.Plan ?? Plan;
        return this;
    }

    /// <summary>A measurement now and one after each pause; the time of the last is the story's.</summary>
    public Story Measure(params int[] used)
    {
        for (var i = 0; i < used.Length; i++)
        {
            Later(i == 0 ? TimeSpan.Zero : Given.ThePolicy.SampleEvery).Do(new RecordUsage(Given.Usage(used[i])));
        }

        return this;
    }

    /// <summary>What became of a step of the page.</summary>
    public PageStepProgress Step(string id) => Incident.FindStep(id) ?? throw new ArgumentException($"The page has no step {id}.", nameof(id));

    public Story Begin(int step) => Do(BeginOf(step));

    public BeginStep BeginOf(int step) =>
        new(Incident.Plan!.Id, step, Incident.Plan.Hash, Plan!.IdempotencyKeyOf(Math.Clamp(step, 1, 3)), Fence: 1);

    public ResendStep ResendOf(int step) => new(Incident.Plan!.Id, step, Incident.Plan.Hash, Fence: 2);

    public Story Outcome(int step, Outcome outcome) => Do(OutcomeOf(step, outcome));

    public RecordOutcome OutcomeOf(int step, Outcome outcome) =>
        new(Incident.Plan!.Id, step, new StepResult(outcome, "As the test says."));
}
