namespace ChatBot.Configuration;

/// <summary>Section <c>Approval</c>: how long a yes may take, and how old the knowledge of who may say it.</summary>
internal sealed record ApprovalOptions
{
    /// <summary>How long a plan stays approvable, from 1 second to 1 hour. Less than some minutes is for trying out:
    /// nobody reads a plan, and fewer steps are done, in so little.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Group members read from Slack are asked for again after this, from 0 to 30 s.</summary>
    public TimeSpan MembershipFreshFor { get; init; } = TimeSpan.FromSeconds(30);
}
