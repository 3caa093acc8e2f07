namespace ChatBot.Databases.PostgreSql;

/// <summary>What is missing for something that a plan needs, and the statement that grants it. Pure.</summary>
internal static class MissingRight
{
    private const string EndSession = $"chatbot.{ServerGuard.EndSession}({ServerGuard.EndSessionTypes})";
    private const string LimitRole = $"chatbot.{ServerGuard.LimitRole}({ServerGuard.LimitRoleTypes})";

    /// <summary>Where the functions and grants come from.</summary>
    private const string File = "manifests/databases/postgresql.sql";
    private const string LimitFile = "manifests/databases/postgresql-limit-role.sql";

    private const string AsSuperuser = "As a superuser";

    private const string EachRole = "for each ROLE that it may limit";
    private const string GrantRole = "grant ROLE to chatbot_limiter with admin true, inherit false, set false;";

    /// <returns>Null when nothing is missing.</returns>
    public static RightGap? Of(ServerRight right, string target, PostgreSqlRights rights)
    {
        if (!rights.IsSupported)
        {
            return rights.ThroughPooler
                ? new($"The bot reaches {target} through a pooler, where sessions can't be told apart.", "Give it the server's own address.", null) { Kind = GapKind.Sight }
                : new($"{target} runs a PostgreSQL older than 10, which the bot changes nothing on.", "Update the server.", null) { Kind = GapKind.Sight };
        }

        var (role, database) = (QuotedName.Of(rights.Role), InDatabase(rights));
        return right is ServerRight.LimitAccounts
            ? rights.CanLimit ? null : Limiting(target, role, database, rights.Limiting)
            : !rights.SeesEverything
                ? new($"On {target} the bot can't tell one session from another.", AsSuperuser, $"grant pg_read_all_stats to {role};") { Kind = GapKind.Sight }
                : rights.CanSignal ? null : Ending(right, target, role, database, rights.Ending);
    }

    /// <summary>"in the database orders": functions belong to one database, and who connects elsewhere doesn't find them.</summary>
    public static string InDatabase(PostgreSqlRights rights)
    {
        var isPlain = rights.Database.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');
        return $"in the database {(isPlain ? rights.Database : QuotedName.Of(rights.Database))}";
    }

    private static RightGap Ending(ServerRight right, string target, string role, string database, ServerGuard? guard)
    {
        var what = right is ServerRight.CancelStatements ? "cancel statements" : "end sessions";
        return guard switch
        {
            null => new($"On {target} the bot's role may not {what}.", $"{AsSuperuser} run {File} {database}, or only", $"grant pg_signal_backend to {role};")
            {
                Kind = GapKind.NotInstalled,
            },
            { MayEnter: false } => ByFunction($"grant usage on schema chatbot to {role};"),
            { MayCall: false } => ByFunction($"grant execute on function {EndSession} to {role};"),
            { OwnerSignals: false } => ByOwner("grant pg_signal_backend to chatbot_owner;"),
            { OwnerSees: false } => ByOwner("grant pg_read_all_stats to chatbot_owner;"),
            _ => ByOwner("grant usage on schema chatbot to chatbot_owner; grant select on chatbot.protected to chatbot_owner;"),
        };

        RightGap ByFunction(string grant) =>
            new($"On {target} the bot's role may not use the function with which it would {what}.", $"{AsSuperuser}, {database}", grant);

        RightGap ByOwner(string grant) =>
            new($"On {target} the function with which the bot would {what} lacks a right.", $"{AsSuperuser}, {database}", grant);
    }

    private static RightGap Limiting(string target, string role, string database, ServerGuard? guard)
    {
        return guard switch
        {
            null => new($"On {target} the bot's role may not limit roles.", $"{AsSuperuser} run {LimitFile} {database}.", null) { Kind = GapKind.NotInstalled },
            { MayEnter: false } => By($"grant usage on schema chatbot to {role};"),
            { MayCall: false } => By($"grant execute on function {LimitRole} to {role};"),
            { OwnerCreatesRoles: false } => By("alter role chatbot_limiter createrole;") with
            {
                Otherwise = guard.OwnerHasAnyRole ? null : $"And {EachRole}: {GrantRole}",
            },
            { OwnerHasAnyRole: false } => new($"On {target} the bot may limit no role yet: each has to be granted for that.", $"{AsSuperuser}, {EachRole}", GrantRole),
            _ => By("grant usage on schema chatbot to chatbot_limiter; grant select on chatbot.protected to chatbot_limiter;"),
        };

        RightGap By(string grant) => new($"On {target} the bot can't limit roles yet.", $"{AsSuperuser}, {database}", grant);
    }
}
