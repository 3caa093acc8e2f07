namespace ChatBot.Incidents.Approvals;

/// <summary>Who a person is to a target, as far as it could be verified when asked.</summary>
public enum Standing
{
    /// <summary>A full member of our workspace and in the target's approver list.</summary>
    Approver,

    /// <summary>A full member of our workspace, but not in the target's approver list.</summary>
    Member,

    /// <summary>A guest, or somebody of another workspace.</summary>
    Outsider,

    /// <summary>A bot, an app or a workflow.</summary>
    Bot,

    /// <summary>An account that was switched off.</summary>
    Deactivated,

    /// <summary>Slack did not say who belongs to the approvers; that is not the same as "not an approver".</summary>
    Unverified,
}
