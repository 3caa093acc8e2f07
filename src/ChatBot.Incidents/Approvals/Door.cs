namespace ChatBot.Incidents.Approvals;

/// <summary>Where a person stands who says something: it decides who vouches for them.</summary>
public enum Door
{
    /// <summary>Slack says who they are.</summary>
    Slack,

    /// <summary>An access token of the configuration says who they are.</summary>
    Terminal,
}
