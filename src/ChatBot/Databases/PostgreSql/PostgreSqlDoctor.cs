namespace ChatBot.Databases.PostgreSql;

/// <summary>What the bot may see and do on a server. Whatever is not proven is missing.</summary>
/// <param name="SeesEverything">Without it the bot counts sessions, and knows nothing else about them.</param>
/// <param name="CanSignal">Without it the bot ends nobody's session.</param>
/// <param name="Findings">What a person should know or mend, the worst first; empty when all is well.</param>
internal sealed record PostgreSqlCheckup(bool SeesEverything, bool CanSignal, IReadOnlyList<CheckupFinding> Findings)
{
    /// <summary>Sessions can be pinned and ended; otherwise the action has to stay off.</summary>
    public bool CanEndSessions => SeesEverything && CanSignal;
}

/// <param name="Blocks">Something does not work without it; otherwise it is advice.</param>
/// <param name="Sentence">In our own words: what is wrong, then what to do.</param>
internal sealed record CheckupFinding(bool Blocks, string Sentence);

/// <summary>Asks a server at start whether the bot's role has what it needs, and not more.</summary>
internal sealed class PostgreSqlDoctor(WarmConnections connections)
{
    /// <summary>Never throws for a server that does not answer: that is a finding, and no right is proven then.</summary>
    public async Task<PostgreSqlCheckup> CheckAsync(string target, CancellationToken cancellationToken)
    {
        try
        {
            return Judge(target, await ReadAsync(target, cancellationToken));
        }
        catch (TargetUnavailableException unavailable)
        {
            return new(false, false, [new(Blocks: true, unavailable.Message)]);
        }
    }

    /// <summary>For a plan.</summary>
    /// <returns>Null when the bot may do this; else what is missing, and the statement that grants it.</returns>
    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public async Task<string?> WhyNotAsync(string target, ServerRight right, CancellationToken cancellationToken) =>
        MissingRight.Of(right, target, await ReadAsync(target, cancellationToken));

    internal static PostgreSqlCheckup Judge(string target, PostgreSqlRights rights) => new(
        rights.IsSupported && rights.SeesEverything,
        rights.CanSignal,
        [.. Findings(target, rights).OrderByDescending(finding => finding.Blocks)]);

    private static IEnumerable<CheckupFinding> Findings(string target, PostgreSqlRights rights)
    {
        if (!rights.IsSupported)
        {
            yield return new(true, MissingRight.Of(ServerRight.EndSessions, target, rights)!);
        }
        else
        {
            if (!rights.SeesEverything)
            {
                yield return new(true, MissingRight.Of(ServerRight.EndSessions, target, rights)!);
            }

            if (!rights.CanSignal)
            {
                yield return new(true, MissingRight.Of(ServerRight.EndSessions, target, rights with { SeesEverything = true })!);
            }
        }

        if (rights.IsSuperuser)
        {
            yield return new(false, $"On {target} the bot is a superuser. Give it a role of its own with less: "
                + "manifests/databases/postgresql.sql.");
        }
        else if (rights.ConnectionLimit < 0)
        {
            yield return new(false, $"On {target} the bot's role has no connection limit. Set 2 for each replica, plus 1.");
        }
        else if (rights.ConnectionLimit < 2)
        {
            yield return new(false, $"On {target} the bot's role may not open a second connection when one hangs. "
                + "Set its connection limit to 2 for each replica, plus 1.");
        }
    }

    private Task<PostgreSqlRights> ReadAsync(string target, CancellationToken cancellationToken) => connections[target].UseAsync(
        (session, token) => PostgreSqlRights.ReadAsync(session, session.ProcessID, token), cancellationToken);
}
