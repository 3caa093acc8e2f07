using ChatBot.Incidents;

namespace ChatBot.Dispatch;

/// <summary>The stored names of commands.</summary>
internal static class CommandNames
{
    public static string Of(IncidentCommand command) => command switch
    {
        OpenIncident => "open-incident",
        JoinIncident => "join-incident",
        AssignIncident => "assign-incident",
        RunPageStep => "run-page-step",
        RecordPageStep => "record-page-step",
        RecordFailedPageStep => "record-failed-page-step",
        TakePageStepByHand => "take-page-step-by-hand",
        FinishPageStep => "finish-page-step",
        SkipPageStep => "skip-page-step",
        AssignFollowUp => "assign-follow-up",
        ReleasePlan => "release-plan",
        RunDiagnosisAgain => "run-diagnosis-again",
        RecordUsage => "record-usage",
        RecordMissingUsage => "record-missing-usage",
        RecordConsumers => "record-consumers",
        RecordMissingConsumers => "record-missing-consumers",
        AskForMitigation => "ask-for-mitigation",
        ProposePlan => "propose-plan",
        RecordImpossiblePlan => "record-impossible-plan",
        ApprovePlan => "approve-plan",
        RejectPlan => "reject-plan",
        CancelPlan => "cancel-plan",
        ExpirePlan => "expire-plan",
        BeginStep => "begin-step",
        ResendStep => "resend-step",
        RecordOutcome => "record-outcome",
        ResolveIncident => "resolve-incident",
        AbortIncident => "abort-incident",
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "This command has no stored name."),
    };
}
