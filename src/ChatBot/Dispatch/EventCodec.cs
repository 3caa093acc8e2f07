using System.Text.Json;
using ChatBot.Incidents;
using ChatBot.Store;

namespace ChatBot.Dispatch;

/// <summary>Events to bytes and back, under names that outlive the code.</summary>
/// <remarks>
/// A name and its properties are for ever: a log of years ago has to be readable. A changed event gets a new version
/// and a reader for the old one; the golden log in the tests holds one of each.
/// </remarks>
internal static class EventCodec
{
    private const int Version = 1;

    private static readonly Dictionary<string, Type> Types = new(StringComparer.Ordinal)
    {
        ["incident-opened"] = typeof(IncidentOpened),
        ["page-chosen"] = typeof(PageChosen),
        ["responder-joined"] = typeof(ResponderJoined),
        ["incident-assigned"] = typeof(IncidentAssigned),
        ["diagnosis-started"] = typeof(DiagnosisStarted),
        ["usage-measured"] = typeof(UsageMeasured),
        ["usage-missing"] = typeof(UsageMissing),
        ["server-changed"] = typeof(ServerChanged),
        ["consumers-measured"] = typeof(ConsumersMeasured),
        ["consumers-missing"] = typeof(ConsumersMissing),
        ["diagnosis-concluded"] = typeof(DiagnosisConcluded),
        ["page-step-started"] = typeof(PageStepStarted),
        ["page-step-answered"] = typeof(PageStepAnswered),
        ["page-step-failed"] = typeof(PageStepFailed),
        ["page-step-taken-by-hand"] = typeof(PageStepTakenByHand),
        ["page-step-done"] = typeof(PageStepDone),
        ["page-step-skipped"] = typeof(PageStepSkipped),
        ["follow-up-assigned"] = typeof(FollowUpAssigned),
        ["mitigation-queued"] = typeof(MitigationQueued),
        ["mitigation-unqueued"] = typeof(MitigationUnqueued),
        ["mitigation-asked"] = typeof(MitigationAsked),
        ["mitigation-not-possible"] = typeof(MitigationNotPossible),
        ["plan-proposed"] = typeof(PlanProposed),
        ["approval-given"] = typeof(ApprovalGiven),
        ["plan-held"] = typeof(PlanHeld),
        ["plan-approved"] = typeof(PlanApproved),
        ["plan-rejected"] = typeof(PlanRejected),
        ["plan-cancelled"] = typeof(PlanCancelled),
        ["plan-expired"] = typeof(PlanExpired),
        ["plan-overtaken"] = typeof(PlanOvertaken),
        ["plan-superseded"] = typeof(PlanSuperseded),
        ["step-intended"] = typeof(StepIntended),
        ["step-resent"] = typeof(StepResent),
        ["step-finished"] = typeof(StepFinished),
        ["mitigation-finished"] = typeof(MitigationFinished),
        ["rollout-seen"] = typeof(RolloutSeen),
        ["undo-fell-due"] = typeof(UndoFellDue),
        ["relief-verified"] = typeof(ReliefVerified),
        ["relief-missing"] = typeof(ReliefMissing),
        ["refill-seen"] = typeof(RefillSeen),
        ["watch-held"] = typeof(WatchHeld),
        ["incident-resolved"] = typeof(IncidentResolved),
        ["incident-aborted"] = typeof(IncidentAborted),
    };

    private static readonly Dictionary<Type, string> Names = Types.ToDictionary(pair => pair.Value, pair => pair.Key);

    public static IReadOnlyCollection<string> StoredNames => Types.Keys;

    public static NewEvent Write(IncidentEvent happened) => new(
        Names[happened.GetType()],
        Version,
        happened.At,
        JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), StoredJson.Options));

    /// <exception cref="FormatException">A newer version of the bot wrote this event, or it is damaged.</exception>
    public static IncidentEvent Read(StoredEvent stored)
    {
        if (stored.Version != Version || !Types.TryGetValue(stored.Type, out var type))
        {
            throw new FormatException($"Event {stored.Type}/{stored.Version} needs a newer version of the bot.");
        }

        try
        {
            return (IncidentEvent?)JsonSerializer.Deserialize(stored.Body.Span, type, StoredJson.Options)
                ?? throw new FormatException($"Event {stored.Seq} ({stored.Type}) is empty.");
        }
        catch (JsonException damaged)
        {
            throw new FormatException($"Event {stored.Seq} ({stored.Type}) is damaged.", damaged);
        }
    }
}
