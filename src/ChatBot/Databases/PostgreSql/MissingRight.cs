namespace ChatBot.Databases.PostgreSql;

/// <summary>What is missing for something that a plan needs, and the statement that grants it. Pure.</summary>
internal static class MissingRight
{
    private const string EndSession = $"chatbot.{ServerGuard.EndSession}({ServerGuard.EndSessionTypes})";
    private const string LimitRole = $"chatbot.{ServerGuard.LimitRole}({ServerGuard.LimitRoleTypes})";

    /// <summary>Where the functions and grants come from.</summary>
    private const string File = "manifests/databases/postgresql.sql";
    private const string LimitFile = "manifests/databases/postgresql-limit-role.sql";

    /// <returns>Null when nothing is missing; else a sentence and, after a colon, what a superuser has to run.</returns>
    public static string? Of(ServerRight right, string target, PostgreSqlRights rights)
    {
        if (!rights.IsSupported)
        {
            return rights.ThroughPooler
                ? $"The bot reaches {target} through a pooler, where sessions can't be told apart. Give it the server's own address."
                : $"{target} runs a PostgreSQL older than 10, which the bot changes nothing on.";
        }

        var role = QuotedName.Of(rights.Role);
        return right is ServerRight.LimitAccounts
            ? rights.CanLimit ? null : Limiting(target, role, rights.Limiting)
            : !rights.SeesEverything
                ? $"On {target} the bot can't tell one session from another. As a superuser: grant pg_read_all_stats to {role};"
                : rights.CanSignal ? null : Ending(right, target, role, rights.Ending);
    }

    private static string Ending(ServerRight right, string target, string role, ServerGuard? guard)
    {
        var what = right is ServerRight.CancelStatements ? "cancel statements" : "end sessions";
        return guard switch
        {
            null => $"On {target} the bot's role may not {what}. As a superuser run {File}, or only: grant pg_signal_backend to {role};",
            { MayEnter: false } => ByFunction($"grant usage on schema chatbot to {role};"),
            { MayCall: false } => ByFunction($"grant execute on function {EndSession} to {role};"),
            { OwnerSignals: false } => ByOwner("grant pg_signal_backend to chatbot_owner;"),
            { OwnerSees: false } => ByOwner("grant pg_read_all_stats to chatbot_owner;"),
            _ => ByOwner("grant usage on schema chatbot to chatbot_owner; grant select on chatbot.protected to chatbot_owner;"),
        };

        string ByFunction(string grant) =>
            $"On {target} the bot's role may not use the function with which it would {what}. As a superuser, in the bot's database: {grant}";

        string ByOwner(string grant) =>
            $"On {target} the function with which the bot would {what} lacks a right. As a superuser, in the bot's database: {grant}";
    }

    private static string Limiting(string target, string role, ServerGuard? guard)
    {
        return guard switch
        {
            null => $"On {target} the bot's role may not limit roles. As a superuser run {LimitFile} in the bot's database.",
            { MayEnter: false } => By($"grant usage on schema chatbot to {role};"),
            { MayCall: false } => By($"grant execute on function {LimitRole} to {role};"),
            { OwnerLimits: false } => By("alter role chatbot_limiter createrole; and from PostgreSQL 16 on, for each role that it may limit: "
                + "grant ROLE to chatbot_limiter with admin true, inherit false, set false;"),
            _ => By("grant usage on schema chatbot to chatbot_limiter; grant select on chatbot.protected to chatbot_limiter;"),
        };

        string By(string grant) => $"On {target} the bot can't limit roles yet. As a superuser, in the bot's database: {grant}";
    }
}
