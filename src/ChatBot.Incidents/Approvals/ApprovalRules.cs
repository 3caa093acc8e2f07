namespace ChatBot.Incidents.Approvals;

/// <summary>Who may say yes to a plan. Every path to an approval asks here, and unknown means no.</summary>
public static class ApprovalRules
{
    /// <summary>Ending up to 50 idle sessions disrupts but loses no transaction: one other person is enough.</summary>
    public const int Quorum = 1;

    /// <summary>Null when the person may decide about this plan; else what is wrong and what to do, for that person.</summary>
    public static string? WhyNot(PlanProgress plan, Person by, Standing? standing)
    {
        if (by.IsSameAs(plan.RequestedBy))
        {
            return "You asked for this plan, so someone else has to approve it.";
        }

        if (plan.Approvals.Any(given => given.By.IsSameAs(by)))
        {
            return "You have approved this plan already.";
        }

        return standing switch
        {
            Standing.Approver => null,
            Standing.Member => "You aren't an approver of this target. Ask one of the approvers named on the plan.",
            Standing.Outsider => "Guests and people of other workspaces can't approve. Ask one of the approvers named on the plan.",
            Standing.Bot => "Bots and workflows can't approve; a person has to press.",
            Standing.Deactivated => "This account is switched off, so it can't approve.",
            _ => "I couldn't verify with Slack that you are an approver, so nothing was done. Press again in a moment.",
        };
    }
}
