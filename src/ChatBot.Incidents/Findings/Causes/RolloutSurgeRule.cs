using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 8: a rollout is under way, and old and new pods of a service hold connections at the same time.</summary>
internal static class RolloutSurgeRule
{
    /// <summary>Old and new pods hold a tenth of the taken slots each: less is no surge that fills a server.</summary>
    public const double Part = 0.1;

    private const string Source = "decision table, row 8 (experience)";

    /// <summary>The largest one; null when there is none, or no cluster told.</summary>
    public static CauseFinding? Examine(Field field) => field is { IsWhole: true, Services.Services: var services }
        ? services.Select(service => Of(service, field)).OfType<CauseFinding>().MaxBy(finding => finding.Explains)
        : null;

    private static CauseFinding? Of(ServiceSessions service, Field field)
    {
        if (service.Workload is not { IsRollingOut: true, Revisions: [var newest, ..] } workload)
        {
            return null;
        }

        var fresh = service.Pods.Where(pod => IsNew(pod.Pod, newest)).ToArray();
        var old = service.Pods.Except(fresh).ToArray();
        var (held, left) = (fresh.Sum(pod => pod.Sessions), old.Sum(pod => pod.Sessions));
        if (!field.IsShare(held, Part) || !field.IsShare(left, Part))
        {
            return null;
        }

        var name = ForeignText.From(service.Service, 63);
        var ending = old.Where(pod => pod.Pod.IsTerminating).ToArray();
        var reasons = new List<Reason>
        {
            new(Sentence.Of($"{fresh.Length:pod|pods} of revision {newest.Number} and {old.Length:other|others} hold sessions: {held} and still {left}, of {field.Sessions} in all."), Source),
            new(Sentence.Of($"It asks for {workload.Replicas:pod|pods}; {service.Pods.Count:holds|hold} sessions."), Source),
        };
        if (ending.Length > 0)
        {
            reasons.Add(new Reason(Sentence.Of($"{ending.Length:pod is|pods are} being ended, with {ending.Sum(pod => pod.Sessions):session|sessions} until the end.")));
        }

        // What goes when the rollout is through, or back.
        return new CauseFinding(
            Cause.RolloutSurge,
            Math.Min(held, left),
            Sentence.Of($"A rollout of {name} is under way: its new pods hold {held} sessions, and the old ones still {left}, of {field.Capacity} slots."),
            reasons)
        {
            Culprit = name,
            Against = workload.IsPaused ? [new Reason(Sentence.Of($"The rollout is paused, so it starts no more pods."))] : [],
        };
    }

    private static bool IsNew(PodLook pod, WorkloadRevision newest) => !pod.IsTerminating && (pod.Revision is null || pod.Revision == newest.Number);
}
