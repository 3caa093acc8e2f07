namespace ChatBot.Sandbox.Slack;

/// <summary>Somebody in the workspace: a person, a guest, a stranger of a shared channel, or the bot itself.</summary>
/// <param name="Id">As Slack writes it: <c>U0ANA00001</c>.</param>
/// <param name="Name">The short name, as in <c>@ana</c>.</param>
public sealed record SlackUser(string Id, string Name, string RealName)
{
    public bool IsBot { get; init; }

    public bool IsDeleted { get; init; }

    /// <summary>A guest of several channels.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>A guest of one channel.</summary>
    public bool IsUltraRestricted { get; init; }

    /// <summary>From another organisation, through a shared channel.</summary>
    public bool IsStranger { get; init; }

    /// <summary>Null means the workspace's own team.</summary>
    public string? TeamId { get; init; }
}

/// <param name="Handle">As in <c>@db-oncall</c>, without the @.</param>
/// <param name="Members">Names or ids of users.</param>
public sealed record SlackUserGroup(string Id, string Handle, string Name, IReadOnlyList<string> Members);

/// <param name="Name">Without the #. A direct message has the other person's name.</param>
/// <param name="Members">Names or ids of users; ids once it is in a workspace.</param>
public sealed record SlackChannel(string Id, string Name, IReadOnlyList<string> Members)
{
    public bool IsPrivate { get; init; }

    public bool IsArchived { get; init; }

    /// <summary>Shared with another organisation.</summary>
    public bool IsExtShared { get; init; }

    /// <summary>A direct message between the bot and one person.</summary>
    public bool IsDirect { get; init; }
}
