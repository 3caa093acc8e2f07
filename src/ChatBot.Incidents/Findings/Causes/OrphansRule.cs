namespace ChatBot.Incidents.Findings.Causes;

/// <summary>Row 9: pods that are gone left their sessions behind; the server notices only when it writes to them, or by keepalive.</summary>
internal static class OrphansRule
{
    private const string Source = "decision table, row 9 (experience)";

    /// <summary>Null when there are few, or no cluster told all: a pod that was not seen may have the address.</summary>
    public static CauseFinding? Examine(Field field)
    {
        if (field is not { IsWhole: true, Services: { IsPartial: false } found })
        {
            return null;
        }

        var older = found.Rest.Where(rest => rest.IsOlderThanPod).Sum(rest => rest.Sessions);

        // Where none of its sessions comes from a pod's address, addresses say nothing: they are hidden behind something.
        var strays = found.Services.Where(service => service is { Elsewhere: > 0, Pods.Count: > 0 }).ToArray();
        var elsewhere = strays.Sum(service => service.Elsewhere);
        if (!field.IsShare(older + elsewhere, VerdictRule.Few))
        {
            return null;
        }

        var reasons = new List<Reason>();
        if (older > 0)
        {
            reasons.Add(new Reason(Sentence.Of($"{older:session is|sessions are} older than the pod that has the address now."), Source));
        }

        if (elsewhere > 0)
        {
            reasons.Add(new Reason(Sentence.Of($"{elsewhere:session bears|sessions bear} the name of a service, and no pod has the address."), Source));
        }

        return new CauseFinding(
            Cause.Orphans,
            older + elsewhere,
            Sentence.Of($"Pods that are gone seem to have left {older + elsewhere} of {field.Sessions} sessions behind."),
            reasons)
        {
            Culprit = strays is [var only] && older == 0 ? Evidence.ForeignText.From(only.Service, 63) : default,
            Against = elsewhere > 0 ? [new Reason(Sentence.Of($"Of these {elsewhere} may belong to a copy of the service outside of the cluster."))] : [],
        };
    }
}
