using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>
/// The one place that says which idle sessions may be ended. What is counted, what a plan names and what is ended in the
/// end all ask with these lines, so they can't disagree.
/// </summary>
internal static class EndableSessions
{
    /// <inheritdoc cref="ProtectedSessions.Conditions"/>
    /// <remarks>
    /// Idle means outside a transaction: a session idle in one holds locks and work that would be rolled back, which is
    /// another mitigation.
    /// </remarks>
    public const string Conditions =
        $"""
        {ProtectedSessions.Conditions}
           and a.state = 'idle'
        """;

    /// <summary>Idle for at least <c>@idle_for</c>, by the server's clock.</summary>
    public const string LongIdle = "a.state = 'idle' and a.state_change <= clock_timestamp() - @idle_for";

    /// <inheritdoc cref="ProtectedSessions.AddTo"/>
    public static void AddTo(NpgsqlCommand command, PostgreSqlTarget target) => ProtectedSessions.AddTo(command, target);
}

/// <summary>The one place that says whose sessions nobody ends from here, whatever they do.</summary>
internal static class ProtectedSessions
{
    /// <summary>
    /// True for what may be ended, of <c>pg_stat_activity a</c> joined to <c>pg_roles r</c>; null, which is no, for rows the
    /// bot may not see.
    /// </summary>
    /// <remarks>
    /// Walsenders, workers and the server's own processes are no client backends. The bot's role is left out as a whole:
    /// other replicas have warm connections too. PgBouncer can append " - address:port" to a name, pgBackRest " [backup]".
    /// </remarks>
    public const string Conditions =
        """
        a.backend_type = 'client backend'
           and a.pid <> pg_backend_pid()
           and a.usename <> current_user
           and not r.rolsuper
           and not r.rolreplication
           and a.usename::text <> all (@protected_users)
           and not exists (select
                             from unnest(@protected_applications) as protected(name)
                            where a.application_name = protected.name
                               or left(a.application_name, length(protected.name) + 1) = protected.name || ' ')
        """;

    /// <summary>Adds the names that <see cref="Conditions"/> asks for.</summary>
    /// <param name="also">Names of users or applications that the server itself protects.</param>
    public static void AddTo(NpgsqlCommand command, PostgreSqlTarget target, IReadOnlyList<string>? also = null)
    {
        command.Parameters.Add(new NpgsqlParameter<string[]>("protected_users", [.. target.ProtectedUsers, .. also ?? []]));
        command.Parameters.Add(new NpgsqlParameter<string[]>("protected_applications", [.. target.ProtectedApplications, .. also ?? []]));
    }
}
