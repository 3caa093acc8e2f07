namespace ChatBot.Incidents;

/// <summary>One incident, for ever.</summary>
public readonly record struct IncidentId(Guid Value)
{
    public override string ToString() => Value.ToString("N");
}

/// <summary>One plan: asked for, drawn up, and spent at most once.</summary>
public readonly record struct PlanId(Guid Value)
{
    /// <summary>The last 8 hex digits, which tell plans apart (the first ones are the time).</summary>
    public string Digits => ToString()[^8..];

    public override string ToString() => Value.ToString("N");
}

/// <summary>One piece of stored evidence.</summary>
public readonly record struct EvidenceId(Guid Value)
{
    public override string ToString() => Value.ToString("N");
}

/// <summary>A human being, known by the ids of their Slack workspace and account, never by a name.</summary>
/// <param name="Team">The workspace of the person (not of the channel): <c>T…</c>, or <c>E…</c> in an Enterprise organisation.</param>
/// <param name="User">The account: <c>U…</c> or <c>W…</c>.</param>
public sealed record Person(string Team, string User)
{
    /// <summary>
    /// The same human being for all that ids tell. Where a second person is asked for, the account alone decides: at the terminal the
    /// workspace comes from the settings, and a slip there must not make two of one.
    /// </summary>
    public bool IsSameAs(Person other) => User == other.User;

    public override string ToString() => $"{Team}/{User}";
}
