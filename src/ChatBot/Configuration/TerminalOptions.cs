namespace ChatBot.Configuration;

/// <summary>Section <c>Terminal</c>: the way in for the day that Slack is down, over the loopback interface.</summary>
internal sealed record TerminalOptions
{
    /// <summary>From 1 to 65535; 0 is off. With a port there have to be people, and people need a port.</summary>
    public int Port { get; init; }

    /// <summary>By name: who may come in.</summary>
    public IReadOnlyDictionary<string, TerminalPerson> People { get; init; } = new Dictionary<string, TerminalPerson>();

    /// <summary>Null when nobody of this account is configured.</summary>
    public TerminalPerson? Find(string team, string user) =>
        People.Values.FirstOrDefault(person => person.Team == team && person.User == user);
}

/// <summary>Section <c>Terminal:People:name</c>: the same human being as in Slack, known here by a token.</summary>
internal sealed record TerminalPerson
{
    /// <summary>Not a key, but the section's own name: letters, digits, dots, hyphens and underscores, at most 40.</summary>
    public required string Name { get; init; }

    /// <summary>The Slack account, U… or W…: who asks at the terminal can't approve in Slack, and the other way round.</summary>
    public required string User { get; init; }

    /// <summary>The person's own Slack workspace, T…, or E… in an Enterprise organisation.</summary>
    public required string Team { get; init; }

    /// <summary>At least 32 random characters. Keys <c>Token</c> or <c>TokenFile</c>, exactly one of them.</summary>
    public required Secret Token { get; init; }

    /// <summary>Slack user groups (S…) that the person counts as a member of while Slack gives no answer.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}
