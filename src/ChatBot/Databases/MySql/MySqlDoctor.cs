using System.Globalization;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>Says of a server what works for the bot and what is missing, with the grant that mends it.</summary>
internal sealed class MySqlDoctor(MySqlConnections connections, TimeProvider clock)
{
    private static readonly Version OldestMySql = new(8, 0);
    private static readonly Version OldestMariaDb = new(10, 6);

    /// <summary>Never throws for a server that does not answer: that is a finding. Logs in through the second port, once.</summary>
    /// <param name="replicas">Of the bot.</param>
    public async Task<ServerCheckup> CheckAsync(string target, int replicas, CancellationToken cancellationToken)
    {
        var connection = connections[target];
        try
        {
            var facts = await connection.UseAsync((session, token) => MySqlFacts.ReadAsync(session, target, token), cancellationToken);
            var trouble = connection.Target.AdminPort is null || facts.IsThroughProxy ? null : await TrySecondPortAsync(connection.Target, cancellationToken);
            return new(Judge(connection.Target, facts, trouble, replicas));
        }
        catch (TargetUnavailableException unavailable)
        {
            return new([new(CheckupPart.Connection, CheckupLevel.Missing, unavailable.Message)]);
        }
    }

    /// <param name="secondPort">Why the bot's login through it failed; null when it did not, or none is configured.</param>
    internal static IReadOnlyList<CheckupFinding> Judge(MySqlTarget target, MySqlFacts facts, string? secondPort, int replicas) => facts.IsThroughProxy
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
        var oldest = facts.IsMariaDb ? OldestMariaDb : OldestMySql;
        var isVerified = facts.IsEncrypted && target.Tls is MySqlSslMode.VerifyFull;
        yield return new(CheckupPart.Connection, CheckupLevel.Works, $"{product} {facts.Version}{(facts.IsReadOnly ? ", read-only," : "")} lets {target.User} in, "
            + $"{CheckupWords.Encryption(facts.IsEncrypted, isVerified)}, and no proxy is in between.");
        if (facts.Version < oldest)
        {
            yield return new(CheckupPart.Connection, CheckupLevel.Missing, $"The bot knows {product} {oldest} and later. Update the server.");
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
        if (facts is { Ending: null, Cancelling: null, KnowsOwner: false, HasExtraSlot: false })
        {
            yield return new(CheckupPart.EndingSessions, CheckupLevel.Missing, "The bot can't see what the account that ends sessions for it may do. As root:",
                $"grant execute on procedure chatbot.owner_grants to {facts.Account};");
        }
        else if (facts is { Ending: null, Cancelling: null })
        {
            yield return new(CheckupPart.EndingSessions, CheckupLevel.Works, facts.HasExtraSlot
                ? "It ends sessions and cancels statements. Its own account may end any session, root's as well: leave it the procedures of manifests/databases only."
                : "It ends sessions and cancels statements through procedures, which the server itself guards.");
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

    private static CheckupFinding FullServer(MySqlTarget target, MySqlFacts facts, string? secondPort)
    {
        const CheckupPart Part = CheckupPart.EmergencyDoor;
        return (target.AdminPort, facts.SecondPort) switch
        {
            ({ } port, _) when secondPort is null => new(Part, CheckupLevel.Works,
                string.Create(CultureInfo.InvariantCulture, $"The bot logged in through the second port, {port}. On a full server that is its way in.")),
            (not null, _) when !facts.IsMariaDb && !facts.HasServiceRight => new(Part, CheckupLevel.Missing, "The second port did not let the bot in, whose account may not use it. As root:",
                $"grant service_connection_admin on *.* to {facts.Account};"),
            (not null, _) => new(Part, CheckupLevel.Missing, $"The second port did not let the bot in. {secondPort}"),
            (null, { } open) => new(Part, CheckupLevel.Advice, "The server has a second port, which lets the bot in when it is full. Set for the target:",
                string.Create(CultureInfo.InvariantCulture, $"\"AdminPort\": {open}")),
            _ when facts.HasExtraSlot => new(Part, CheckupLevel.Works, "On a full server the bot gets in by the one slot beyond max_connections, unless somebody else has it."),
            _ => new(Part, CheckupLevel.Advice, "On a full server no slot is kept for the bot, only its warm connection. In the server's configuration, and then restart it and set the target's AdminPort:",
                facts.IsMariaDb ? "extra_port=3307" : "admin_address=127.0.0.1, admin_port=33062"),
        };
    }

    /// <returns>Null when it let the bot in.</returns>
    private async Task<string?> TrySecondPortAsync(MySqlTarget target, CancellationToken cancellationToken)
    {
        var login = new MySqlLogin(target);
        using var deadline = new CancellationTokenSource(target.ConnectTimeout, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var session = await login.LogInAsync(Door.Second, limit.Token);
            await session.Connection.DisposeAsync();
            return null;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && login.ExplainLogin(failure, Door.Second) is { } explained)
        {
            return explained.Message;
        }
    }
}
