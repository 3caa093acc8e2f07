using ChatBot.Incidents.Mitigations;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>What the server answered to "limit this role, if it is still as approved".</summary>
internal enum LimitAnswer
{
    Limited,

    /// <summary>The role, its limit or the server is no longer what was approved, or nobody limits it from here.</summary>
    NoneFitted,

    /// <summary>No answer came back: it may have been limited or not.</summary>
    Unknown,
}

/// <summary>What the server shows of a role's limit, at one moment.</summary>
/// <param name="SenderThere">A session of the bot still carries the step's key, so its statement may yet be carried out.</param>
/// <param name="Exists">There is such a role.</param>
/// <param name="Limit">Null when it has none.</param>
internal sealed record RoleLimitSight(DateTimeOffset ServerStartedAt, bool SenderThere, bool Exists, int? Limit)
{
    private const string Sql =
        """
        select pg_postmaster_start_time(),
               exists (select
                         from pg_stat_activity sender
                        where sender.application_name = @key
                          and sender.usename = current_user
                          and sender.pid <> pg_backend_pid()),
               r.oid is not null,
               nullif(r.rolconnlimit, -1)
          from (values (@account)) as wanted(name)
          left join pg_roles r on r.rolname::text = wanted.name
        """;

    public static Task<RoleLimitSight> ReadAsync(WarmConnection connection, string account, string key, CancellationToken cancellationToken) =>
        connection.UseAsync(
            async (session, token) =>
            {
                await using var command = new NpgsqlCommand(Sql, session);
                command.Parameters.Add(new NpgsqlParameter<string>("account", account));
                command.Parameters.Add(new NpgsqlParameter<string>("key", key));
                await using var row = await command.ExecuteReaderAsync(token);
                await row.ReadAsync(token);
                return new RoleLimitSight(
                    row.GetFieldValue<DateTimeOffset>(0), row.GetBoolean(1), row.GetBoolean(2), row.IsDBNull(3) ? null : row.GetInt32(3));
            },
            cancellationToken);
}

/// <summary>The outcome that the evidence proves, and no better one. Pure.</summary>
internal static class RoleLimitVerdict
{
    public const string LacksRight =
        "The bot's role may not limit this role: on PostgreSQL 16 or later it has to be granted to chatbot_limiter with the "
        + "admin option (manifests/databases/postgresql-limit-role.sql). The limit was left as it is.";

    /// <returns>Null for a refusal that proves nothing.</returns>
    public static StepResult? OfRefusal(string code) => code switch
    {
        PostgresErrorCodes.InsufficientPrivilege => new(Outcome.NotApplied, LacksRight),
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            new(Outcome.NotApplied, "The server is a standby, which changes nothing: limit the role on its primary. The limit was left as it is."),
        _ => null,
    };

    public static StepResult Of(LimitAnswer answer, AccountLimitChange change, RoleLimitSight sight)
    {
        if (!sight.Exists)
        {
            return new(Outcome.Superseded, "There is no such role any more.");
        }

        var isSet = sight.Limit == change.To;
        if (answer is LimitAnswer.Limited)
        {
            return isSet
                ? new(Outcome.Applied, "Set, and seen set. Sessions that are open stay open; only new ones are refused.")
                : new(Outcome.Drift, "Set, and somebody set another limit since, which was left alone.");
        }

        if (isSet)
        {
            return new(Outcome.AlreadySatisfied, answer is LimitAnswer.Unknown
                ? "The limit is as wanted. Whether the bot set it can't be proven."
                : "The limit is as wanted already.");
        }

        if (sight.ServerStartedAt != change.Server.StartedAt)
        {
            return new(Outcome.Superseded, "The server restarted since the plan was made. The limit was left as it is.");
        }

        if (sight.Limit != change.From)
        {
            return new(Outcome.Drift, "Somebody set another limit meanwhile, which was left alone.");
        }

        return answer switch
        {
            LimitAnswer.Unknown when sight.SenderThere => new(Outcome.Ambiguous, "Not set, but the order to set it may yet be carried out. A person has to look."),
            LimitAnswer.Unknown => new(Outcome.NotApplied, "No answer came, but the limit is as it was."),
            _ => new(Outcome.NotApplied, "The role is protected, by the bot's list or the server's, or became privileged. Its limit was left as it is."),
        };
    }

    /// <summary>When the evidence can't be had.</summary>
    /// <param name="why">A sentence of our own.</param>
    public static StepResult Unseen(LimitAnswer answer, string why) => answer switch
    {
        LimitAnswer.Limited => new(Outcome.Ambiguous, $"Set, but nobody saw it set. {why}"),
        LimitAnswer.NoneFitted => new(Outcome.NotApplied, $"No role fitted, so none was limited. {why}"),
        _ => new(Outcome.Ambiguous, $"It may have been set or not. {why}"),
    };
}
