using System.Globalization;
using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>How many connections an account may have: read, and set through the routine <c>chatbot.limit_account</c>.</summary>
/// <remarks>
/// <c>ALTER USER ... WITH MAX_USER_CONNECTIONS</c>; 0 means none, here null. The server counts a session for its account
/// when it is opened, and only if the account had a limit then: a first limit doesn't see the sessions that are there.
/// </remarks>
internal sealed class MySqlAccountLimits(MySqlConnections connections, MySqlRights rights, TimeProvider clock)
{
    /// <summary>What the routine answers where nothing may be written.</summary>
    private const string ReadOnly = "read only";

    /// <summary>Between two looks at what became of it: 100 ms.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>A limit that is still untouched this long after the bot's own session was gone had not been set: 1 s.</summary>
    private static readonly TimeSpan UntouchedFor = TimeSpan.FromSeconds(1);

    /// <param name="account">A user's name, or <c>user@host</c>.</param>
    /// <returns>One for each host; empty when nobody limits it from here.</returns>
    /// <exception cref="TargetUnavailableException">There was no answer, or a right is missing.</exception>
    public async Task<IReadOnlyList<AccountLimit>> ReadAsync(string target, string account, CancellationToken cancellationToken)
    {
        var sight = await FindAsync(target, account, host: null, cancellationToken);
        if (sight.Accounts.Count == 0 && MySqlNames.Split(account) is var (user, host))
        {
            sight = await FindAsync(target, user, host, cancellationToken);
        }

        return [.. sight.Accounts.Where(one => one.Touchable).Select(one => new AccountLimit(sight.Server, $"{one.User}@{one.Host}", one.Limit, one.Used) { IsMySql = true })];
    }

    /// <summary>The bot's owner account may write where others may not; then the change would stay on this server alone.</summary>
    /// <returns>Null when limits can be set here.</returns>
    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public Task<string?> WhyNotAsync(string target, CancellationToken cancellationToken) => connections[target].UseAsync(
        async (session, token) =>
        {
            await using var command = new MySqlCommand("select cast(@@global.read_only as char) not in ('0', 'OFF')", session);
            return Convert.ToInt64(await command.ExecuteScalarAsync(token), CultureInfo.InvariantCulture) == 1 ? ReadOnlyWords(target) : null;
        },
        cancellationToken);

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

        return said switch
        {
            "denied" => new(Outcome.NotApplied, $"{await WhyNotSetAsync()} The limit was left as it was."),
            ReadOnly => new(Outcome.NotApplied, $"{ReadOnlyWords(target)} The limit was left as it was."),
            _ => await ObserveAsync(target, change, said, cancellationToken),
        };

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

        async Task<string> WhyNotSetAsync()
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

    private static string ReadOnlyWords(string target) => $"{target} is read only, as a replica is: limit the account on its primary.";

    /// <summary>Looks until the answer can't get better any more.</summary>
    /// <param name="said">The routine's answer; empty when none came.</param>
    private async Task<StepResult> ObserveAsync(string target, AccountLimitChange change, string said, CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            var result = await LookAsync(target, change, said, cancellationToken);
            var patience = result.Outcome switch
            {
                Outcome.Ambiguous => connections[target].Target.SeenGoneWithin,
                Outcome.NotApplied when said.Length == 0 => UntouchedFor,
                _ => TimeSpan.Zero,
            };
            if (clock.GetElapsedTime(since) >= patience)
            {
                return result;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private async Task<StepResult> LookAsync(string target, AccountLimitChange change, string said, CancellationToken cancellationToken)
    {
        try
        {
            var (user, host) = MySqlNames.Split(change.Account) ?? (change.Account, "%");
            return AccountLimitVerdict.Of(said, change, await FindAsync(target, user, host, cancellationToken));
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

    private Task<AccountSight> FindAsync(string target, string user, string? host, CancellationToken cancellationToken) =>
        connections[target].UseAsync(
            async (session, token) =>
            {
                await using var command = new MySqlCommand(Sql(MariaDb.Is(session)), session);
                command.Parameters.AddWithValue("@user", user);
                command.Parameters.AddWithValue("@host", host);
                var found = new List<SeenAccount>();
                var (server, senderThere) = (default(ServerPin), false);
                await using var row = await command.ExecuteReaderAsync(token);
                while (await row.ReadAsync(token))
                {
                    server ??= new ServerPin(DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(0)), row.GetString(1));
                    senderThere = row.GetInt64(2) > 0;
                    if (!row.IsDBNull(3))
                    {
                        var name = row.GetString(3);
                        found.Add(new SeenAccount(
                            name,
                            row.GetString(4),
                            Limit: row.IsDBNull(5) ? null : row.GetInt32(5),
                            Used: row.GetInt32(6),
                            Touchable: row.GetInt64(7) == 0
                                && !connections[target].Target.ProtectedUsers.Contains(name, StringComparer.OrdinalIgnoreCase)
                                && name != connections[target].Target.User));
                    }
                }

                return new AccountSight(server ?? throw new TargetUnavailableException(UnavailableReason.Confused, 0, $"{target} did not say who it is."), senderThere, found);
            },
            cancellationToken);

    // Sessions show no more of their account than the user's name.
    private static string Sql(bool mariaDb) =>
        $"""
        select server.*, a.*
          from (select {MySqlPins.StartedAt(mariaDb)} as started, {MySqlPins.Identity(mariaDb)} as identity, {MySqlPins.SendersAtWork} as senders) server
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
}

/// <summary>What the server shows of an account, at one moment: the evidence for an outcome.</summary>
/// <param name="SenderThere">Another session of the bot is at work, so an order may yet be carried out.</param>
internal sealed record AccountSight(ServerPin Server, bool SenderThere, IReadOnlyList<SeenAccount> Accounts);

/// <param name="Used">Sessions of all accounts of this name: a session shows no more of its account.</param>
/// <param name="Touchable">It may be limited from here.</param>
internal sealed record SeenAccount(string User, string Host, int? Limit, int Used, bool Touchable);

/// <summary>What became of a limit. Pure.</summary>
internal static class AccountLimitVerdict
{
    /// <param name="said">The routine's answer: <c>set</c>, <c>none</c>, or empty when none came.</param>
    public static StepResult Of(string said, AccountLimitChange change, AccountSight sight)
    {
        if (sight.Server.Identity != change.Server.Identity)
        {
            return new(Outcome.Superseded, "This is another server than the one that the plan was made for.");
        }

        if (sight.Accounts is not [{ Touchable: true } seen])
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
            ("", true) when sight.SenderThere => new(Outcome.Ambiguous, "Not set, but the order to set it may yet be carried out. A person has to look."),
            ("", true) => new(Outcome.NotApplied, "No answer came, but the limit is still what it was."),
            (_, true) => new(Outcome.NotApplied, "The account may not be limited from here now, and was left alone."),
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
