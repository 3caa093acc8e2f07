using System.Globalization;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>Says of a server what works for the bot and what is missing, with the grant that mends it.</summary>
internal sealed class MySqlDoctor(MySqlConnections connections, TimeProvider clock)
{
    /// <summary>Before 8.0.16 nobody is out of reach of CONNECTION_ADMIN (there is no SYSTEM_USER), and before 8.0.14 there is no
    /// second port to ask for.</summary>
    private static readonly (Version Oldest, Version NewestTested) KnownMySql = (new(8, 0, 16), new(9, 7));

    /// <summary>Nothing here is written for older ones.</summary>
    private static readonly (Version Oldest, Version NewestTested) KnownMariaDb = (new(10, 6), new(10, 11));

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Never throws for a server that does not answer: that is a finding. Tries the second port, too.</summary>
    /// <remarks>Has one session at a time: beside a bot, and one that the bot gave up, there is room for no other.</remarks>
    /// <param name="replicas">Of the bot.</param>
    public async Task<ServerCheckup> CheckAsync(string target, int replicas, CancellationToken cancellationToken)
    {
        var connection = connections[target];
        try
        {
            var facts = await connection.UseAsync((session, token) => MySqlFacts.ReadAsync(session, target, token), cancellationToken);
            var second = connection.Target.AdminPort is null || facts.IsThroughProxy ? null
                : connection.CameInBy is Door.Second ? new SecondPortTrial(WasNeeded: true, Trouble: null)
                : new SecondPortTrial(WasNeeded: false, await TrySecondPortAsync(connection, cancellationToken));
            return new(Judge(connection.Target, facts, second, replicas));
        }
        catch (TargetUnavailableException unavailable)
        {
            return new([unavailable.Found]);
        }
    }

    /// <param name="secondPort">Null when none is configured.</param>
    internal static IReadOnlyList<CheckupFinding> Judge(MySqlTarget target, MySqlFacts facts, SecondPortTrial? secondPort, int replicas) => facts.IsThroughProxy
        ? [new(CheckupPart.Connection, CheckupLevel.Missing, $"The bot reaches {target.Name} through a proxy, where sessions can't be told apart. Give it the server's own address.")]
        :
        [
            .. Connection(target, facts),
            .. Rights(facts),
            CheckupWords.OwnLimit(
                facts.OwnLimit,
                replicas,
                limit => string.Create(CultureInfo.InvariantCulture, $"alter user {facts.Account} with max_user_connections {limit};")),
            FullServer(target, facts, secondPort),
        ];

    private static IEnumerable<CheckupFinding> Connection(MySqlTarget target, MySqlFacts facts)
    {
        var product = facts.IsMariaDb ? "MariaDB" : "MySQL";
        var (oldest, newestTested) = facts.IsMariaDb ? KnownMariaDb : KnownMySql;
        var isVerified = facts.IsEncrypted && target.Tls is MySqlSslMode.VerifyFull;
        yield return new(CheckupPart.Connection, CheckupLevel.Works, $"{product} {facts.Version}{(facts.IsReadOnly ? ", read-only," : "")} lets {target.User} in, "
            + $"{CheckupWords.Encryption(facts.IsEncrypted, isVerified)}, and no proxy is in between.");
        if (facts.Version < oldest)
        {
            yield return new(CheckupPart.Connection, CheckupLevel.Missing, $"The bot knows {product} {oldest} and later. Update the server.");
        }

        if ((facts.Version.Major, facts.Version.Minor).CompareTo((newestTested.Major, newestTested.Minor)) > 0)
        {
            yield return CheckupWords.TooNew(product, facts.Version.ToString(), newestTested.ToString());
        }

        if (CheckupWords.Tls(target.Host, facts.IsEncrypted, isVerified) is { } tls)
        {
            yield return tls;
        }

        if (facts.IsReadOnly)
        {
            yield return new(CheckupPart.Connection, CheckupLevel.Advice, "The server is read-only, perhaps a replica: accounts and rights are changed on its primary.");
        }

        if (facts.EndsIdleAfter < target.EndedAfter)
        {
            yield return new(
                CheckupPart.Connection,
                CheckupLevel.Missing,
                string.Create(CultureInfo.InvariantCulture, $"The server ends the bot's idle session after {facts.EndsIdleAfter.TotalSeconds:0} s and lets the bot not change that. Raise wait_timeout."));
        }
    }

    private static IEnumerable<CheckupFinding> Rights(MySqlFacts facts)
    {
        yield return facts.Sight is { } blind
            ? blind.Found(CheckupPart.Sight, CheckupLevel.Missing)
            : new(CheckupPart.Sight, CheckupLevel.Works, "It sees every session.");
        if (facts.Sight is null && !facts.PerformanceSchema)
        {
            yield return new(CheckupPart.Sight, CheckupLevel.Advice, facts.IsMariaDb
                ? "Without performance_schema the bot can't tell which program a session belongs to. In the server's configuration, and then restart it:"
                : "Without performance_schema the bot can't tell which program a session belongs to, nor who blocks whom. In the server's configuration, and then restart it:",
                "performance_schema=ON");
        }

        // One gap is often behind both.
        if (facts.Ending is { } ending)
        {
            yield return ending.Found(CheckupPart.EndingSessions, CheckupLevel.Missing);
        }

        if (facts.Cancelling is { } cancelling && cancelling.Statement != facts.Ending?.Statement)
        {
            yield return cancelling.Found(CheckupPart.EndingSessions, CheckupLevel.Missing);
        }

        // Where the account itself may end sessions there need be no owner.
        if (facts is { Ending: null, Cancelling: null, OwnerSight: { } hidden, HasExtraSlot: false })
        {
            yield return hidden.Found(CheckupPart.EndingSessions, CheckupLevel.Missing);
        }
        else if (facts is { Ending: null, Cancelling: null })
        {
            yield return facts.HasRoutines
                ? new(CheckupPart.EndingSessions, CheckupLevel.Works, "It ends sessions and cancels statements through procedures, which the server itself guards.")
                : new(CheckupPart.EndingSessions, CheckupLevel.Advice, $"It ends sessions and cancels statements by itself, and may end any session{Except(facts)}. "
                    + $"With the procedures of manifests/databases/{(facts.IsMariaDb ? "mariadb" : "mysql")}.sql the server guards the others, too.");
        }

        if (facts is { HasRoutines: true, HasExtraSlot: true })
        {
            var words = $"Nothing but the bot itself keeps it to these procedures: its account may also end any session{Except(facts)}.";
            yield return facts.OwnPowers.Count == 0
                ? new(CheckupPart.EndingSessions, CheckupLevel.Advice, $"{words} It has that through a role: take that role away.")
                : new CheckupFinding(CheckupPart.EndingSessions, CheckupLevel.Advice, $"{words} As root:", $"revoke {string.Join(", ", facts.OwnPowers)} on *.* from {facts.Account};") with
                {
                    Afterwards = "Then it no longer has the one slot that the server keeps beyond max_connections.",
                };
        }

        if (facts.Limiting is { } limiting)
        {
            if (limiting.Statement != facts.Ending?.Statement)
            {
                yield return limiting.Found(CheckupPart.LimitingAccounts, limiting.Kind is GapKind.NotInstalled ? CheckupLevel.Advice : CheckupLevel.Missing);
            }
        }
        else
        {
            yield return new(CheckupPart.LimitingAccounts, CheckupLevel.Works, "It can limit how many connections an account may have.");
        }
    }

    /// <summary>MariaDB keeps nobody out of reach.</summary>
    private static string Except(MySqlFacts facts) => facts.IsMariaDb ? ", root's as well" : " but those of accounts with SYSTEM_USER";

    private static CheckupFinding FullServer(MySqlTarget target, MySqlFacts facts, SecondPortTrial? secondPort)
    {
        const CheckupPart Part = CheckupPart.EmergencyDoor;
        var lacksGrant = !facts.IsMariaDb && !facts.HasServiceRight;
        var grant = $"grant service_connection_admin on *.* to {facts.Account};";
        return (secondPort, facts.SecondPort) switch
        {
            ({ WasNeeded: true }, _) => new(Part, CheckupLevel.Works, string.Create(CultureInfo.InvariantCulture,
                $"The first port did not let the bot in just now, and the second one, {target.AdminPort}, did. On a full server that is its way in.")),
            ({ Trouble: null }, _) => new(Part, CheckupLevel.Works,
                string.Create(CultureInfo.InvariantCulture, $"The bot logged in through the second port, {target.AdminPort}. On a full server that is its way in.")),
            ({ }, _) when lacksGrant => new(Part, CheckupLevel.Missing, "The second port did not let the bot in, whose account may not use it. As root:", grant),
            ({ Trouble: { } trouble }, _) => new(Part, CheckupLevel.Missing, $"The second port did not let the bot in. {trouble}"),
            (null, { } open) => new CheckupFinding(Part, CheckupLevel.Advice, "The server has a second port, which lets the bot in when it is full. Set for the target:",
                string.Create(CultureInfo.InvariantCulture, $"\"AdminPort\": {open}")) with
            {
                Afterwards = lacksGrant ? $"And as root: {grant}" : null,
            },
            _ when facts.HasExtraSlot => new(Part, CheckupLevel.Untried,
                "On a full server the bot's way in is the one slot beyond max_connections, unless somebody else has it; when many insist on a login, it takes the bot many tries."),
            _ => new CheckupFinding(Part, CheckupLevel.Advice,
                "On a full server no slot is kept for the bot, only its warm connection. In the server's configuration, and then restart it and set the target's AdminPort:",
                facts.IsMariaDb ? "extra_port=3307" : "admin_address=127.0.0.1, admin_port=33062") with
            {
                Afterwards = lacksGrant ? $"And as root: {grant}" : null,
            },
        };
    }

    /// <summary>Logs in once, after the bot's session by the first port was closed.</summary>
    /// <returns>Why it did not let the bot in; null when it did.</returns>
    private async Task<string?> TrySecondPortAsync(MySqlWarmConnection connection, CancellationToken cancellationToken)
    {
        await connection.DisposeAsync();
        var login = new MySqlLogin(connection.Target);
        using var deadline = new CancellationTokenSource(connection.Target.ConnectTimeout, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        while (true)
        {
            try
            {
                var session = await login.LogInAsync(Door.Second, limit.Token);
                await session.Connection.DisposeAsync();
                return null;
            }
            catch (MySqlException closing) when (closing.ErrorCode is MySqlErrorCode.UserLimitReached && !limit.IsCancellationRequested)
            {
                // A session counts for its account until the server has cleared it away, and ours just closed.
                await Task.WhenAny(Task.Delay(Pause, clock, limit.Token)); // the next login tells that the time is up
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested && login.ExplainLogin(failure, Door.Second) is { } explained)
            {
                return explained.Message;
            }
        }
    }
}

/// <summary>What came of the bot's login by the second port.</summary>
/// <param name="WasNeeded">The first one had not let it in.</param>
/// <param name="Trouble">Why it failed; null when it didn't.</param>
internal sealed record SecondPortTrial(bool WasNeeded, string? Trouble);
