namespace ChatBot.Incidents.Approvals;

/// <summary>By which way a person came in.</summary>
public enum Door
{
    /// <summary>Slack delivered it, and vouches for who the person is.</summary>
    Slack,

    /// <summary>A terminal on the bot's own machine; the person showed a token from the configuration.</summary>
    Terminal,
}
