using System.Globalization;
using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>How many connections an account may have: read, and set through the routine <c>chatbot.limit_account</c>.</summary>
/// <remarks>
/// <c>ALTER USER ... WITH MAX_USER_CONNECTIONS</c>; 0 means none, here null. The server counts a session for its account
/// when it is opened, and only if the account had a limit then: a first limit doesn't see the sessions that are there.
/// </remarks>
internal sealed class MySqlAccountLimits(MySqlConnections connections, MySqlRights rights)
{
    /// <param name="account">A user's name, or <c>user@host</c>.</param>
    /// <returns>Null when nobody limits it from here: it is unknown, untouchable, or has several hosts, of which none is chosen.</returns>
    /// <exception cref="TargetUnavailableException">There was no answer, or a right is missing.</exception>
    public async Task<AccountLimit?> ReadAsync(string target, string account, CancellationToken cancellationToken)
    {
        var (server, found) = await FindAsync(target, account, host: null, cancellationToken);
        if (found.Count == 0 && MySqlNames.Split(account) is var (user, host))
        {
            (server, found) = await FindAsync(target, user, host, cancellationToken);
        }

        return found is [{ Touchable: true } one]
            ? new AccountLimit(server, $"{one.User}@{one.Host}", one.Limit, one.Used)
            : null;
    }

    public async Task<StepResult> SetAsync(string target, AccountLimitChange change, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (MySqlNames.Split(change.Account) is not var (user, host))
        {
            return new(Outcome.NotApplied, "The plan names no account of this server.");
        }

        var connection = connections[target];
        var sent = false;
        var said = "";
        try
        {
            await connection.UseAsync(
                async (session, token) =>
                {
                    if (!await MySqlKill.HasRoutineAsync(session, "limit_account", token))
                    {
                        said = "denied";
                        return true;
                    }

                    sent = true;
                    said = await CallAsync(session, token);
                    return true;
                },
                cancellationToken);
        }
        catch (MySqlException denied) when (MySqlRights.IsDenial(denied))
        {
            said = "denied";
        }
        catch (MySqlException) when (sent)
        {
            // What became of it, the evidence says.
        }
        catch (MySqlException refused)
        {
            return new(Outcome.NotApplied, string.Create(
                CultureInfo.InvariantCulture, $"Nothing was sent: {target} refused a question ({(int)refused.ErrorCode})."));
        }
        catch (TargetUnavailableException) when (sent)
        {
            // Without an answer, the evidence decides.
        }
        catch (TargetUnavailableException unavailable)
        {
            return new(Outcome.NotApplied, $"Nothing was sent. {unavailable.Message}");
        }

        return said == "denied"
            ? new(Outcome.NotApplied, $"{await WhyNotAsync()} The limit was left as it was.")
            : await ObserveAsync(target, change, said, cancellationToken);

        async Task<string> CallAsync(MySqlConnection session, CancellationToken token)
        {
            // The bot's session may write nothing, and this writes an account. If it breaks off, the connection is settled again.
            await using var command = new MySqlCommand("set session transaction read write", session);
            await command.ExecuteNonQueryAsync(token);
            command.CommandText = $"call chatbot.limit_account(@server, @user, @host, @from, @to) {MySqlKill.Comment(idempotencyKey)}";
            command.Parameters.AddWithValue("@server", change.Server.Identity);
            command.Parameters.AddWithValue("@user", user);
            command.Parameters.AddWithValue("@host", host);
            command.Parameters.AddWithValue("@from", change.From);
            command.Parameters.AddWithValue("@to", change.To);
            var answer = (string?)await command.ExecuteScalarAsync(token) ?? "";
            command.CommandText = "set session transaction read only";
            await command.ExecuteNonQueryAsync(token);
            return answer;
        }

        async Task<string> WhyNotAsync()
        {
            try
            {
                return await rights.WhyNotAsync(target, ServerRight.LimitAccounts, cancellationToken) ?? $"The server does not let the bot limit accounts on {target}.";
            }
            catch (TargetUnavailableException unavailable)
            {
                return unavailable.Message;
            }
        }
    }

    /// <summary>For recovery: what became of it. Changes nothing.</summary>
    public Task<StepResult> ObserveAsync(string target, AccountLimitChange change, CancellationToken cancellationToken) =>
        ObserveAsync(target, change, said: "", cancellationToken);

    /// <summary>The statement for a person with more rights, quoted for any <c>sql_mode</c>.</summary>
    public static string Statement(AccountLimitChange change)
    {
        var (user, host) = MySqlNames.Split(change.Account) ?? (change.Account, "%");
        return string.Create(CultureInfo.InvariantCulture, $"ALTER USER {MySqlNames.Quote(user, host)} WITH MAX_USER_CONNECTIONS {change.To ?? 0};");
    }

    /// <param name="said">The routine's answer; empty when none came.</param>
    private async Task<StepResult> ObserveAsync(string target, AccountLimitChange change, string said, CancellationToken cancellationToken)
    {
        try
        {
            var (user, host) = MySqlNames.Split(change.Account) ?? (change.Account, "%");
            var (server, found) = await FindAsync(target, user, host, cancellationToken);
            return AccountLimitVerdict.Of(said, change, server, found is [{ Touchable: true } one] ? new AccountLimit(server, change.Account, one.Limit, one.Used) : null);
        }
        catch (TargetUnavailableException unavailable)
        {
            return said == "none"
                ? new(Outcome.NotApplied, $"The limit wasn't what was approved, and was left alone. {unavailable.Message}")
                : new(Outcome.Ambiguous, $"The limit may have been set or not. {unavailable.Message}");
        }
        catch (MySqlException refused)
        {
            return new(Outcome.Ambiguous, string.Create(
                CultureInfo.InvariantCulture, $"The limit may have been set or not: {target} does not let the bot look ({(int)refused.ErrorCode})."));
        }
    }

    private Task<(ServerPin Server, List<Account> Found)> FindAsync(string target, string user, string? host, CancellationToken cancellationToken) =>
        connections[target].UseAsync(
            async (session, token) =>
            {
                await using var command = new MySqlCommand(Sql(MariaDb.Is(session)), session);
                command.Parameters.AddWithValue("@user", user);
                command.Parameters.AddWithValue("@host", host);
                var found = new List<Account>();
                ServerPin? server = null;
                await using var row = await command.ExecuteReaderAsync(token);
                while (await row.ReadAsync(token))
                {
                    server ??= new ServerPin(DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(0)), row.GetString(1));
                    if (!row.IsDBNull(2))
                    {
                        var name = row.GetString(2);
                        found.Add(new Account(
                            name,
                            row.GetString(3),
                            Limit: row.IsDBNull(4) ? null : row.GetInt32(4),
                            Used: row.GetInt32(5),
                            Touchable: row.GetInt64(6) == 0
                                && !connections[target].Target.ProtectedUsers.Contains(name, StringComparer.OrdinalIgnoreCase)
                                && name != connections[target].Target.User));
                    }
                }

                return (server ?? throw new TargetUnavailableException(UnavailableReason.Confused, 0, $"{target} did not say who it is."), found);
            },
            cancellationToken);

    // Sessions show no more of their account than the user's name.
    private static string Sql(bool mariaDb) =>
        $"""
        select server.*, a.*
          from (select {MySqlPins.StartedAt(mariaDb)} as started, {MySqlPins.Identity(mariaDb)} as identity) server
          left join (
                select one.user,
                       one.host,
                       cast(one.max_user_connections as signed) as max_user_connections,
                       (select cast(count(*) as signed) from information_schema.PROCESSLIST p where p.USER = one.user) as used,
                       cast(one.untouchable as signed) as untouchable
                  from chatbot.accounts one
                 where cast(convert(one.user using utf8mb4) as binary) = cast(convert(@user using utf8mb4) as binary)
                   and (@host is null or one.host = @host)
                 limit 10) a on true
        """;

    private sealed record Account(string User, string Host, int? Limit, int Used, bool Touchable);
}

/// <summary>What became of a limit. Pure.</summary>
internal static class AccountLimitVerdict
{
    /// <param name="said">The routine's answer: <c>set</c>, <c>none</c>, or empty when none came.</param>
    /// <param name="seen">Null when there is no such account, or it may not be limited from here.</param>
    public static StepResult Of(string said, AccountLimitChange change, ServerPin server, AccountLimit? seen)
    {
        if (server.Identity != change.Server.Identity)
        {
            return new(Outcome.Superseded, "This is another server than the one that the plan was made for.");
        }

        if (seen is null)
        {
            return said == "set"
                ? new(Outcome.Ambiguous, "The limit was set, and the account is gone or out of reach now. A person has to look.")
                : new(Outcome.Drift, "There is no such account any more, or it is out of reach now. It was left alone.");
        }

        if (seen.Limit == change.To)
        {
            return said == "set"
                ? new(Outcome.Applied, $"Set, and seen there.{Bite(change)}")
                : new(Outcome.AlreadySatisfied, $"The limit is what was asked for. Whether the bot set it can't be proven.{Bite(change)}");
        }

        return (said, seen.Limit == change.From) switch
        {
            ("set", _) => new(Outcome.Drift, "The limit was set, and somebody changed it since."),
            (_, true) => new(Outcome.NotApplied, said.Length == 0
                ? "No answer came, but the limit is still what it was."
                : "The account may not be limited from here now, and was left alone."),
            _ => new(Outcome.Drift, "Somebody changed the limit since the plan was made. It was left alone."),
        };
    }

    private static string Bite(AccountLimitChange change) => (change.From, change.To) switch
    {
        (null, not null) => " The account had no limit before, so it counts only sessions opened from now on: those that are open stay, and as many again may come.",
        (_, not null) => " Sessions that are open stay; new ones are refused while there are so many.",
        _ => "",
    };
}
