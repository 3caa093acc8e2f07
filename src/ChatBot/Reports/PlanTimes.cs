using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;

namespace ChatBot.Reports;

/// <summary>When what happened to a plan; null where it didn't.</summary>
internal sealed class PlanTimes
{
    private readonly SortedDictionary<int, EffectTimes> _effects = [];

    public DateTimeOffset? AskedAt { get; set; }

    /// <summary>The number of the event that holds the plan's hash.</summary>
    public long? ProposedIn { get; set; }

    public List<DatedApproval> Approvals { get; } = [];

    public DateTimeOffset? BegunAt { get; set; }

    /// <summary>The number of the event with which it began to be carried out.</summary>
    public long? BegunIn { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <param name="number">Which effect, from 1.</param>
    public EffectTimes Effect(int number)
    {
        if (!_effects.TryGetValue(number, out var times))
        {
            _effects[number] = times = new EffectTimes();
        }

        return times;
    }
}

/// <summary>A person's yes, and when it was given.</summary>
internal sealed record DatedApproval(Person By, Door Via, DateTimeOffset At);

/// <summary>When what happened to one effect of a plan; null where it didn't.</summary>
internal sealed class EffectTimes
{
    public DateTimeOffset? IntendedAt { get; private set; }

    /// <summary>What marks the effect at the target.</summary>
    public string? Key { get; private set; }

    public DateTimeOffset? ResentAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public void Intend(DateTimeOffset at, string key) => (IntendedAt, Key) = (at, key);
}
