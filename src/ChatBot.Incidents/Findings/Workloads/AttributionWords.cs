using System.Globalization;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Workloads;

/// <summary>Whose the sessions are, in sentences: service by service with its revision, then what leads back to nobody, and why.</summary>
public static class AttributionWords
{
    /// <summary>More services than these nobody reads on a phone: 6.</summary>
    private const int ServicesAtMost = 6;

    /// <summary>A revision that was rolled out so shortly before is suspected (experience: 2 h). A slow leak may be older.</summary>
    private static readonly TimeSpan Shortly = TimeSpan.FromHours(2);

    /// <param name="rise">Since when it fills; null when nobody saw it begin.</param>
    /// <param name="opened">When the incident was opened.</param>
    public static IReadOnlyList<Sentence> Of(Attribution found, ConnectionConsumers consumers, DateTimeOffset? rise, DateTimeOffset opened)
    {
        var sentences = found.Services.Take(ServicesAtMost).Select(service => Of(service, consumers.Sessions, rise, opened)).ToList();
        sentences.AddRange(found.Rest.GroupBy(rest => (rest.Why, rest.IsOlderThanPod)).OrderBy(group => group.Key).Select(group => Of(group.Key.Why, group.Key.IsOlderThanPod, [.. group])));
        if (consumers.Sessions - consumers.Groups.Sum(group => group.Count) is > 0 and var unlisted)
        {
            sentences.Add(Sentence.Of($"{unlisted:more session comes|more sessions come} from too many addresses to list; whose they are was not looked at."));
        }

        return sentences;
    }

    private static Sentence Of(ServiceSessions service, int all, DateTimeOffset? rise, DateTimeOffset opened)
    {
        var pods = service.Pods.Count > 0 ? Sentence.Of($" in {service.Pods.Count:pod|pods}") : Sentence.Empty;
        var byName = service.ByName > 0 ? Sentence.Of($", {service.ByName} of them by their name only, which any client can send") : Sentence.Empty;
        var holds = Sentence.Of($"{Name(service.Service)} holds {service.Sessions} of {all:session|sessions}{pods}, {service.InTransaction} idle in a transaction{byName}.");
        return service.Workload is { } workload ? Sentence.Of($"{holds}{RevisionOf(workload, service, all, rise, opened)}{Rollout(workload, service)}{Autoscaling(workload, rise, opened)}") : holds;
    }

    /// <summary>Since when its pods run what they run. A restart of ours changes nothing of that.</summary>
    private static Sentence RevisionOf(WorkloadLook workload, ServiceSessions service, int all, DateTimeOffset? rise, DateTimeOffset opened)
    {
        var own = workload.Revisions.SkipWhile(revision => revision.Restart is not null).ToArray();
        if (own is not [var newest, ..])
        {
            return Sentence.Empty;
        }

        var since = (rise ?? opened) - newest.CreatedAt;
        var said = Sentence.Of($" Revision {newest.Number} ({newest.Image}) was deployed {Clock(newest.CreatedAt)}, {When(newest.CreatedAt, rise, opened)}.");
        var isSuspect = since >= TimeSpan.Zero && since <= Shortly && service.Sessions >= all * IdleHoldersRule.Share;
        return isSuspect && own is [_, var former, ..] ? Sentence.Of($"{said}{BackTo(former, workload)}") : said;
    }

    private static Sentence When(DateTimeOffset at, DateTimeOffset? rise, DateTimeOffset opened)
    {
        var since = (rise ?? opened) - at;
        var mark = rise is null ? Sentence.Of($"the incident was opened") : Sentence.Of($"the rise");
        return since >= TimeSpan.Zero ? Sentence.Of($"{since} before {mark}") : Sentence.Of($"{-since} after {mark}");
    }

    /// <summary>Whose brake is its maximum: a paused rollout doesn't hold it.</summary>
    private static Sentence Autoscaling(WorkloadLook workload, DateTimeOffset? rise, DateTimeOffset opened)
    {
        if (AutoscalerRule.Of(workload, rise ?? opened) is not { } raised)
        {
            return Sentence.Empty;
        }

        var did = raised switch
        {
            { IsCertain: true, From: { } from } => Sentence.Of($"raised it from {from} to {raised.Now} pods (maximum {raised.Most})"),
            { IsCertain: true } => Sentence.Of($"raised it to {raised.Now} pods (maximum {raised.Most})"),
            _ => Sentence.Of($"changed its number of pods ({raised.Now} by now, maximum {raised.Most})"),
        };
        var said = Sentence.Of($" Its autoscaler {did} {Clock(raised.At)}, {When(raised.At, rise, opened)}.");
        return raised.Now < raised.Most && workload.Autoscaler is { Name.IsEmpty: false, Name: var name }
            ? Sentence.Of($"{said} If it is why, hold it there by hand: kubectl patch hpa {name}{Own(Place(workload) + HoldAt(raised.Now))}")
            : said;
    }

    /// <summary>For <c>kubectl patch hpa NAME</c>: no more pods than these.</summary>
    public static string HoldAt(int pods) => string.Create(CultureInfo.InvariantCulture, $$$""" --type=merge -p '{"spec":{"maxReplicas":{{{pods}}}}}'""");

    private static string Place(WorkloadLook workload) => $" -n {workload.Namespace}{(workload.Cluster.Length > 0 ? $" --context {workload.Cluster}" : "")}";

    /// <summary>What people can do; the bot doesn't.</summary>
    private static Sentence BackTo(WorkloadRevision former, WorkloadLook workload)
    {
        var command = Own(string.Create(
            CultureInfo.InvariantCulture, $"kubectl rollout undo {workload.Kind.ToString().ToLowerInvariant()}/{workload.Name}{Place(workload)} --to-revision={former.Number}"));
        return workload.Owner is { Reverts: true } owner
            ? Sentence.Of($" If it is why, revert its commit: {Own(owner.Tool)}{Called(owner.Name)} puts back what anybody changes in the cluster. Before it was {former.Image}.")
            : Sentence.Of($" If it is why, go back to {former.Image} by hand: {command}");
    }

    private static Sentence Rollout(WorkloadLook workload, ServiceSessions service)
    {
        var held = service.Pods.Where(pod => pod.Pod.Revision is not null).GroupBy(pod => pod.Pod.Revision!.Value).OrderByDescending(revision => revision.Key).ToArray();
        var ending = service.Pods.Where(pod => pod.Pod.IsTerminating).Sum(pod => pod.Sessions);
        var words = workload.IsRollingOut && held is [var newest, _, ..]
            ? Sentence.Of($" A rollout is under way: pods of revision {newest.Key} hold {newest.Sum(pod => pod.Sessions)}, older ones {held[1..].Sum(older => older.Sum(pod => pod.Sessions))}.")
            : Sentence.Empty;
        return ending > 0 ? Sentence.Of($"{words} {ending:belongs|belong} to pods that are being ended.") : words;
    }

    private static Sentence Of(Unattributed why, bool isOlderThanPod, UnattributedSessions[] all)
    {
        var count = all.Sum(one => one.Sessions);
        var most = all[0];
        return why switch
        {
            Unattributed.LocalSocket => Sentence.Of($"{count:session comes|sessions come} by a socket on the server's own machine: from no pod."),
            Unattributed.Node => Sentence.Of($"{count:session comes|sessions come} from the address of a node, most from {most.Client}: whose they are can't be known (host network, or NAT)."),
            Unattributed.Pooler => Sentence.Of($"{count:session is|sessions are} a pooler's ({most.Owner}): whose clients it serves, it alone knows."),
            Unattributed.Unread => Sentence.Of($"{count:session belongs|sessions belong} to pods whose service could not be told, most to {most.Owner}."),
            Unattributed.OtherPod => Sentence.Of($"{count:session belongs|sessions belong} to pods of none of the target's services, most to {most.Owner}."),
            Unattributed.NoPod when isOlderThanPod => Sentence.Of($"{count:session is|sessions are} older than the pod that has the address now: the one before it is gone and left this behind."),
            Unattributed.NoPod => Sentence.Of($"{count:session comes|sessions come} from addresses that no pod has that was seen, most from {most.Client}: from outside of the cluster, or their pod is gone."),
            _ => Sentence.Of($"{count:session shows|sessions show} no address, so whose they are can't be known."),
        };
    }

    private static Sentence Name(string service) => Sentence.Of($"{ForeignText.From(service, 63)}");

    private static Sentence Called(ForeignText name) => name.IsEmpty ? Sentence.Empty : Sentence.Of($" ({name})");

    private static Sentence Clock(DateTimeOffset at) => Own(at.UtcDateTime.ToString("MMM d HH:mm 'UTC'", CultureInfo.InvariantCulture));

    private static Sentence Own(string words) => new([new SentencePart(words)]);
}
