using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>What the bot lacks on a server for a plan, with the statement that grants it. Whatever is not proven is missing.</summary>
/// <remarks>Rights are tried rather than read, so that they count however they were granted; those of the owner account,
/// which <c>manifests/databases</c> makes, are read through a routine of its own.</remarks>
internal sealed class MySqlRights(MySqlConnections connections)
{
    private const string Owner = "'chatbot_owner'@'localhost'";

    // What the view and the routines ask with. A grant that is missing makes all of them fail, or see nothing.
    private static readonly string[] OnBoth = ["process on *.*", "select on chatbot.protected", "select on chatbot.accounts"];

    private static readonly string[] OnMySql =
    [
        "connection_admin on *.*",
        "select on performance_schema.threads",
        "select on performance_schema.events_statements_current",
        "select (User, Host, Super_priv, Repl_slave_priv, max_user_connections) on mysql.user",
        "select on mysql.global_grants",
        "select on mysql.role_edges",
    ];

    private static readonly string[] OnMariaDb =
    [
        "connection admin on *.*",
        "select (Host, User, Priv) on mysql.global_priv",
        "select (Host, User, Role) on mysql.roles_mapping",
    ];

    /// <summary>With any of these an account ends every session that the server lets it, and gets the one slot beyond <c>max_connections</c>.</summary>
    private static readonly string[] Powers = ["connection_admin", "connection admin", "super"];

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
        async (session, token) => (await SightGapAsync(session, target, token) ?? await GapAsync(session, target, right, token))?.Sentence,
        cancellationToken);

    /// <summary>What keeps the bot from seeing the sessions of others.</summary>
    /// <returns>Null when nothing is missing.</returns>
    internal static async Task<RightGap?> SightGapAsync(MySqlConnection session, string target, CancellationToken cancellationToken)
    {
        var user = await AccountAsync(session, cancellationToken);
        return !await MayAsync(session, "select 1 from information_schema.INNODB_CMP limit 1", cancellationToken)
            ? Lacking($"On {target} the bot sees its own sessions only.", $"grant process on *.* to {user};") with { Kind = GapKind.Sight }
            : !await MayAsync(session, "select 1 from performance_schema.threads limit 1", cancellationToken)
                ? Lacking($"On {target} the bot can't tell what a session did last.", $"grant select on performance_schema.* to {user};") with { Kind = GapKind.Sight }
                : null;
    }

    /// <summary>What keeps the bot from doing something to sessions that it sees.</summary>
    /// <returns>Null when nothing is missing.</returns>
    internal static async Task<RightGap?> GapAsync(MySqlConnection session, string target, ServerRight right, CancellationToken cancellationToken)
    {
        var mariaDb = MariaDb.Is(session);
        var manifest = $"manifests/databases/{(mariaDb ? "mariadb" : "mysql")}.sql";
        var user = await AccountAsync(session, cancellationToken);
        var ownerGap = await OwnerGapAsync(session, mariaDb, right, cancellationToken);
        if (!await MayAsync(session, "select 1 from chatbot.accounts limit 1", cancellationToken))
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
        if (!await MySqlKill.HasRoutineAsync(session, routine, cancellationToken))
        {
            if (right is not ServerRight.LimitAccounts && await PowersAsync(session) is not [])
            {
                return null;
            }

            var grant = $"grant execute on procedure chatbot.{routine} to {user};";
            return Lacking(
                $"On {target} the bot {Wish(right)}.",
                ownerGap is { } also ? $"{grant} grant {also} to {Owner};" : grant,
                $"If there is no such procedure, run {manifest}.") with
            { Kind = GapKind.NotInstalled };
        }

        return ownerGap is { } gap
            ? Lacking($"On {target} the account that acts for the bot may not do it.", $"grant {gap} to {Owner};")
            : null;
    }

    private static string Wish(ServerRight right) => right switch
    {
        ServerRight.EndSessions => "ends no sessions",
        ServerRight.CancelStatements => "cancels no statements",
        _ => "limits no accounts",
    };

    private static RightGap Lacking(string what, string statement, string? otherwise = null) => new(what, "Run there", statement) { Otherwise = otherwise };

    /// <summary>What keeps the bot from asking what the owner account may do: no plan needs it, but a gap there would stay unnamed.</summary>
    /// <returns>Null when nothing is missing.</returns>
    internal static async Task<RightGap?> OwnerSightGapAsync(MySqlConnection session, CancellationToken cancellationToken)
    {
        const string what = "The bot can't see what the account may do that acts for it.";
        return !await MySqlKill.HasRoutineAsync(session, "owner_grants", cancellationToken)
            ? Lacking(
                what,
                $"grant execute on procedure chatbot.owner_grants to {await AccountAsync(session, cancellationToken)};",
                $"If there is no such procedure, run manifests/databases/{(MariaDb.Is(session) ? "mariadb" : "mysql")}.sql.")
            : !await MayAsync(session, "call chatbot.owner_grants()", cancellationToken)
                ? Lacking(what, $"grant execute on procedure chatbot.owner_grants to {Owner};")
                : null;
    }

    // As the server matched it: the host part is the grant's, not the client's.
    internal static async Task<string> AccountAsync(MySqlConnection session, CancellationToken cancellationToken)
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

    /// <summary>Which of <see cref="Powers"/> the bot's own account has.</summary>
    internal static async Task<IReadOnlyList<string>> PowersAsync(MySqlConnection session)
    {
        var grants = await MySqlGrants.OfBotAsync(session);
        var mariaDb = MariaDb.Is(session);
        return [.. Powers.Where(power => grants.Include($"{power} on *.*") && power != (mariaDb ? "connection_admin" : "connection admin"))];
    }

    /// <summary>Which of <see cref="Powers"/> were granted to the bot's own account itself, and not to a role of its.</summary>
    internal static async Task<IReadOnlyList<string>> OwnPowersAsync(MySqlConnection session, CancellationToken cancellationToken)
    {
        var account = await AccountAsync(session, cancellationToken);
        await using var command = new MySqlCommand("select lower(PRIVILEGE_TYPE) from information_schema.USER_PRIVILEGES where GRANTEE = @grantee limit 1000", session);
        command.Parameters.AddWithValue("@grantee", account.Replace('`', '\''));
        await using var row = await command.ExecuteReaderAsync(CancellationToken.None);
        var own = new List<string>();
        while (await row.ReadAsync(CancellationToken.None))
        {
            own.Add(row.Text(0));
        }

        return [.. Powers.Intersect(own)];
    }

    /// <returns>What to grant; null when nothing is missing, or there is no owner account to ask.</returns>
    private static async Task<string?> OwnerGapAsync(MySqlConnection session, bool mariaDb, ServerRight right, CancellationToken cancellationToken)
    {
        if (!await MySqlKill.HasRoutineAsync(session, "owner_grants", cancellationToken))
        {
            return null;
        }

        MySqlGrants grants;
        try
        {
            grants = new(await session.ReadAllAsync("call chatbot.owner_grants()", row => row.Text(0)));
        }
        catch (MySqlException denied) when (IsDenial(denied))
        {
            return null; // what it lacks shows when it acts
        }

        if (!grants.AreOf(Owner.Replace('\'', '`')))
        {
            return null; // a managed service's administrator, who ends sessions in that service's own way
        }

        return OnBoth.Concat(mariaDb ? OnMariaDb : OnMySql).Concat(right switch
        {
            ServerRight.EndSessions => ["execute on procedure chatbot.end_session"],
            ServerRight.CancelStatements => ["execute on procedure chatbot.cancel_statement"],
            _ => ["execute on procedure chatbot.limit_account", "create user on *.*"],
        }).FirstOrDefault(needed => !grants.Include(needed));
    }
}
