using System.Text.RegularExpressions;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>What the bot lacks on a server for a plan, with the statement that grants it. Whatever is not proven is missing.</summary>
/// <remarks>Rights are tried rather than read, so that they count however they were granted; those of the owner account,
/// which <c>manifests/databases</c> makes, are read through a routine of its own.</remarks>
internal sealed partial class MySqlRights(MySqlConnections connections)
{
    private const string Owner = "'chatbot_owner'@'localhost'";

    // What the view and the routines ask with. A grant that is missing makes all of them fail, or see nothing.
    private static readonly OwnerRight[] OnBoth =
    [
        new("PROCESS", "*.*", "process on *.*"),
        new("SELECT", "chatbot.protected", "select on chatbot.protected"),
        new("SELECT", "chatbot.accounts", "select on chatbot.accounts"),
    ];

    private static readonly OwnerRight[] OnMySql =
    [
        new("CONNECTION_ADMIN", "*.*", "connection_admin on *.*"),
        new("SELECT", "performance_schema.threads", "select on performance_schema.threads"),
        new("SELECT", "performance_schema.events_statements_current", "select on performance_schema.events_statements_current"),
        new("SELECT", "mysql.user", "select (User, Host, Super_priv, Repl_slave_priv, max_user_connections) on mysql.user"),
        new("SELECT", "mysql.global_grants", "select on mysql.global_grants"),
        new("SELECT", "mysql.role_edges", "select on mysql.role_edges"),
    ];

    private static readonly OwnerRight[] OnMariaDb =
    [
        new("CONNECTION ADMIN", "*.*", "connection admin on *.*"),
        new("SELECT", "mysql.global_priv", "select (Host, User, Priv) on mysql.global_priv"),
        new("SELECT", "mysql.roles_mapping", "select (Host, User, Role) on mysql.roles_mapping"),
    ];

    /// <summary>The server refused a statement because a right, or what the right is about, isn't there.</summary>
    public static bool IsDenial(MySqlException refused) => (int)refused.ErrorCode is
        1044 or 1045 or 1049 or 1095 or 1142 or 1143 or 1146 or 1227 or 1305 or 1356 or 1370 or 1449;

    /// <summary>Asks, and explains a refusal by the right that is missing.</summary>
    /// <exception cref="TargetUnavailableException">There was no answer, or a right is missing.</exception>
    public async Task<T> AskAsync<T>(string target, ServerRight right, Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (MySqlException denied) when (IsDenial(denied))
        {
            if (await WhyNotAsync(target, right, cancellationToken) is { } gap)
            {
                throw new TargetUnavailableException(UnavailableReason.Refused, 0, gap);
            }

            throw;
        }
    }

    /// <returns>Null when nothing is missing.</returns>
    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<string?> WhyNotAsync(string target, ServerRight right, CancellationToken cancellationToken) => connections[target].UseAsync(
        async (session, token) =>
        {
            var mariaDb = MariaDb.Is(session);
            var manifest = $"manifests/databases/{(mariaDb ? "mariadb" : "mysql")}.sql";
            var user = await AccountAsync(session, token);
            if (!await MayAsync(session, "select 1 from information_schema.INNODB_CMP limit 1", token))
            {
                return Lacking($"On {target} the bot sees its own sessions only.", $"grant process on *.* to {user};");
            }

            if (!await MayAsync(session, "select 1 from performance_schema.threads limit 1", token))
            {
                return Lacking($"On {target} the bot can't tell what a session did last.", $"grant select on performance_schema.* to {user};");
            }

            var ownerGap = await OwnerGapAsync(session, mariaDb, right, token);
            if (!await MayAsync(session, "select 1 from chatbot.accounts limit 1", token))
            {
                return ownerGap is { } cause
                    ? Lacking($"On {target} the bot can't tell who is privileged.", $"grant {cause} to {Owner};")
                    : Lacking($"On {target} the bot can't tell who is privileged.", $"grant select on chatbot.accounts to {user};",
                        $"If there is no such view, run {manifest}.");
            }

            var routine = right switch
            {
                ServerRight.EndSessions => "end_session",
                ServerRight.CancelStatements => "cancel_statement",
                _ => "limit_account",
            };
            if (!await MySqlKill.HasRoutineAsync(session, routine, token))
            {
                return right is not ServerRight.LimitAccounts && await HoldsConnectionAdminAsync(session, token)
                    ? null
                    : Lacking($"On {target} the bot {Wish(right)}.", $"grant execute on procedure chatbot.{routine} to {user};",
                        $"If there is no such procedure, run {manifest}.");
            }

            return ownerGap is { } gap
                ? Lacking($"On {target} the account that acts for the bot may not do it.", $"grant {gap} to {Owner};")
                : null;
        },
        cancellationToken);

    private static string Wish(ServerRight right) => right switch
    {
        ServerRight.EndSessions => "ends no sessions",
        ServerRight.CancelStatements => "cancels no statements",
        _ => "limits no accounts",
    };

    private static string Lacking(string what, string statement, string? otherwise = null) =>
        string.Join(' ', new[] { what, $"Run there: {statement}", otherwise }.OfType<string>());

    // As the server matched it: the host part is the grant's, not the client's.
    private static async Task<string> AccountAsync(MySqlConnection session, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand("select current_user()", session);
        var account = (string?)await command.ExecuteScalarAsync(cancellationToken) ?? "";
        return MySqlNames.Split(account) is var (user, host) ? MySqlNames.Quote(user, host) : "the bot's account";
    }

    private static async Task<bool> MayAsync(MySqlConnection session, string question, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new MySqlCommand(question, session);
            await command.ExecuteScalarAsync(cancellationToken);
            return true;
        }
        catch (MySqlException denied) when (IsDenial(denied))
        {
            return false;
        }
    }

    private static async Task<bool> HoldsConnectionAdminAsync(MySqlConnection session, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(
            "select count(*) from information_schema.USER_PRIVILEGES where PRIVILEGE_TYPE in ('CONNECTION_ADMIN', 'CONNECTION ADMIN', 'SUPER') and GRANTEE = @grantee",
            session);
        var account = await AccountAsync(session, cancellationToken);
        command.Parameters.AddWithValue("@grantee", account.Replace('`', '\''));
        return await command.ExecuteScalarAsync(cancellationToken) is > 0L;
    }

    /// <returns>What to grant; null when nothing is missing, or there is no owner account to ask.</returns>
    private static async Task<string?> OwnerGapAsync(MySqlConnection session, bool mariaDb, ServerRight right, CancellationToken cancellationToken)
    {
        if (!await MySqlKill.HasRoutineAsync(session, "owner_grants", cancellationToken))
        {
            return null;
        }

        var grants = new List<(string Privileges, string On)>();
        try
        {
            await using var command = new MySqlCommand("call chatbot.owner_grants()", session);
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                if (Grant().Match(row.GetString(0)) is { Success: true } grant)
                {
                    grants.Add((grant.Groups["what"].Value, grant.Groups["on"].Value.Replace("`", "", StringComparison.Ordinal)));
                }
            }
        }
        catch (MySqlException denied) when (IsDenial(denied))
        {
            return null; // what it lacks shows when it acts
        }

        var needed = OnBoth.Concat(mariaDb ? OnMariaDb : OnMySql).Concat(right switch
        {
            ServerRight.EndSessions => [new OwnerRight("EXECUTE", "PROCEDURE chatbot.end_session", "execute on procedure chatbot.end_session")],
            ServerRight.CancelStatements => [new("EXECUTE", "PROCEDURE chatbot.cancel_statement", "execute on procedure chatbot.cancel_statement")],
            _ => [new("EXECUTE", "PROCEDURE chatbot.limit_account", "execute on procedure chatbot.limit_account"), new("CREATE USER", "*.*", "create user on *.*")],
        });
        return needed.FirstOrDefault(one => !grants.Any(grant => Covers(grant.Privileges, grant.On, one)))?.Statement;
    }

    private static bool Covers(string privileges, string on, OwnerRight needed) =>
        (on == needed.On || on == "*.*")
        && privileges.Split(',').Select(one => one.Trim()).Any(one =>
            one == needed.Privilege || one.StartsWith($"{needed.Privilege} (", StringComparison.Ordinal) || one == "ALL PRIVILEGES");

    [GeneratedRegex("^GRANT (?<what>.+) ON (?<on>.+?) TO ", RegexOptions.CultureInvariant)]
    private static partial Regex Grant();

    /// <param name="Privilege">As the server's <c>show grants</c> spells it.</param>
    /// <param name="On">The same, without its backticks.</param>
    /// <param name="Statement">Between <c>grant</c> and <c>to</c>.</param>
    private sealed record OwnerRight(string Privilege, string On, string Statement);
}
