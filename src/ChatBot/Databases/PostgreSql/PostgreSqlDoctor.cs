using System.Globalization;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Says of a server what works for the bot and what is missing, with the grant that mends it.</summary>
internal sealed class PostgreSqlDoctor(WarmConnections connections)
{
    /// <summary>The major versions that the tests run on, the newest last.</summary>
    private static readonly int[] Tested = [15, 18];

    /// <summary>Never throws for a server that does not answer: that is a finding.</summary>
    /// <param name="replicas">Of the bot.</param>
    public async Task<ServerCheckup> CheckAsync(string target, int replicas, CancellationToken cancellationToken)
    {
        var connection = connections[target];
        try
        {
            return await connection.UseAsync(
                async (session, token) =>
                {
                    var rights = await PostgreSqlRights.ReadAsync(session, session.ProcessID, token);
                    return rights.IsSupported
                        ? new ServerCheckup(Judge(connection.Target, rights, await PostgreSqlFacts.ReadAsync(session, token), replicas))
                        {
                            Server = await PostgreSqlFacts.IdentityAsync(session, token),
                        }
                        : new ServerCheckup([MissingRight.Of(ServerRight.EndSessions, target, rights)!.Found(CheckupPart.Connection, CheckupLevel.Missing)]);
                },
                cancellationToken);
        }
        catch (TargetUnavailableException unavailable)
        {
            return new([unavailable.Found]);
        }
    }

    /// <summary>For a plan.</summary>
    /// <returns>Null when the bot may do this; else what is missing, and the statement that grants it.</returns>
    /// <exception cref="TargetUnavailableException">There was no answer.</exception>
    public async Task<string?> WhyNotAsync(string target, ServerRight right, CancellationToken cancellationToken) =>
        MissingRight.Of(right, target, await ReadAsync(target, cancellationToken))?.Sentence;

    /// <param name="rights">Of a supported server.</param>
    internal static IReadOnlyList<CheckupFinding> Judge(PostgreSqlTarget target, PostgreSqlRights rights, PostgreSqlFacts facts, int replicas) =>
    [
        .. Connection(target, rights, facts),
        .. Rights(target.Name, rights),
        OwnLimit(rights, replicas),
        .. Door(rights, facts),
    ];

    private static IEnumerable<CheckupFinding> Connection(PostgreSqlTarget target, PostgreSqlRights rights, PostgreSqlFacts facts)
    {
        var isVerified = facts.IsEncrypted && target.Tls is SslMode.VerifyFull;
        yield return new(CheckupPart.Connection, CheckupLevel.Works, $"PostgreSQL {facts.Version}{(facts.IsStandby ? ", a standby," : "")} lets {target.User} in, "
            + $"{CheckupWords.Encryption(facts.IsEncrypted, isVerified)}, and no pooler is in between.");
        if (CheckupWords.Tls(target.Host, facts.IsEncrypted, isVerified) is { } tls)
        {
            yield return tls;
        }

        if (rights.Version / 10_000 > Tested[^1])
        {
            yield return CheckupWords.TooNew("PostgreSQL", facts.Version, string.Join(" and ", Tested));
        }

        if (facts.IsStandby)
        {
            yield return new(CheckupPart.Connection, CheckupLevel.Advice, "This is a standby: rights, limits and chatbot.protected are changed on its primary.");
        }

        if (rights.IsSuperuser)
        {
            yield return new(CheckupPart.Connection, CheckupLevel.Advice, "The bot is a superuser here. Give it a role of its own with less: manifests/databases/postgresql.sql.");
        }

        if (facts.EndsIdleAfter is { } after)
        {
            yield return new(
                CheckupPart.Connection,
                CheckupLevel.Works,
                string.Create(CultureInfo.InvariantCulture, $"The server ends sessions that are idle for {after.TotalSeconds:0.#} s; the bot exempts its own."));
        }
    }

    private static IEnumerable<CheckupFinding> Rights(string target, PostgreSqlRights rights)
    {
        if (!rights.SeesEverything)
        {
            yield return MissingRight.Of(ServerRight.EndSessions, target, rights)!.Found(CheckupPart.Sight, CheckupLevel.Missing);
        }
        else
        {
            yield return new(CheckupPart.Sight, CheckupLevel.Works, "It sees every session.");
        }

        // What it would find if it saw everything, so that one round of grants is enough.
        yield return MissingRight.Of(ServerRight.EndSessions, target, rights with { SeesEverything = true }) is { } ending
            ? ending.Found(CheckupPart.EndingSessions, CheckupLevel.Missing)
            : rights.Ending is { CanEnd: true }
                ? new(CheckupPart.EndingSessions, CheckupLevel.Works, "It ends sessions and cancels statements through chatbot.end_session, which the server itself guards.")
                : new(CheckupPart.EndingSessions, CheckupLevel.Advice, "It ends sessions and cancels statements by itself; the server guards only superusers. "
                    + "With manifests/databases/postgresql.sql it guards the others, too.");

        if (rights is { Ending.CanEnd: true, IsSuperuser: false, SignalsThrough: { } through })
        {
            yield return new(CheckupPart.EndingSessions, CheckupLevel.Advice,
                "Nothing but the bot itself keeps it to that function: its role may also end any session that is no superuser's. As a superuser:",
                $"revoke {QuotedName.Of(through)} from {QuotedName.Of(rights.Role)};");
        }

        if (rights.Ending is { CanEnd: true } guard && (guard.StrangeListOwner is not null || !guard.ReadsProtected))
        {
            yield return UnreadList(rights, guard);
        }

        yield return MissingRight.Of(ServerRight.LimitAccounts, target, rights) is { } limiting
            ? limiting.Found(CheckupPart.LimitingAccounts, limiting.Kind is GapKind.NotInstalled ? CheckupLevel.Advice : CheckupLevel.Missing)
            : new(CheckupPart.LimitingAccounts, CheckupLevel.Works, rights.IsSuperuser || rights.Version < 160_000
                ? "It can limit how many connections a role may have."
                : $"It can limit how many connections a role may have, if that role was granted to {(rights.Limiting is { CanLimit: true } ? "chatbot_limiter" : rights.Role)} with the admin option.");
    }

    private static CheckupFinding UnreadList(PostgreSqlRights rights, ServerGuard guard)
    {
        const string Consequence = "so its plans may name sessions that the server then refuses to end.";
        return guard.StrangeListOwner is { } owner
            ? new(CheckupPart.EndingSessions, CheckupLevel.Missing,
                $"The bot doesn't read whom the server protects, {Consequence} It trusts the list chatbot.protected only if its owner may end sessions. As a superuser:",
                $"grant pg_signal_backend to {QuotedName.Of(owner)};")
            : new(CheckupPart.EndingSessions, CheckupLevel.Missing,
                $"The bot can't read whom the server protects, {Consequence} As a superuser, {MissingRight.InDatabase(rights)}:",
                $"grant select on chatbot.protected to {QuotedName.Of(rights.Role)};");
    }

    private static CheckupFinding OwnLimit(PostgreSqlRights rights, int replicas) =>
        rights.IsSuperuser
            ? new(CheckupPart.ConnectionLimit, CheckupLevel.Works, "A superuser has no connection limit.")
            : CheckupWords.OwnLimit(
                rights.ConnectionLimit < 0 ? null : rights.ConnectionLimit,
                replicas,
                limit => $"alter role {QuotedName.Of(rights.Role)} connection limit {limit.ToString(CultureInfo.InvariantCulture)};");

    private static IEnumerable<CheckupFinding> Door(PostgreSqlRights rights, PostgreSqlFacts facts)
    {
        const CheckupPart Part = CheckupPart.EmergencyDoor;
        var grant = $"grant pg_use_reserved_connections to {QuotedName.Of(rights.Role)};";
        var slots = string.Create(CultureInfo.InvariantCulture,
            $"Of {facts.Slots} slots, {facts.ForSuperusers} are kept for superusers{(facts.ForReserved is > 0 and var kept ? $" and {kept} for pg_use_reserved_connections" : "")}.");
        bool? isKept = facts.ForReserved is { } reserved ? reserved > 0 : null;
        yield return (isKept, facts.MayUseReserved) switch
        {
            _ when rights.IsSuperuser => Kept($"{slots} Those are the bot's way in, as a superuser."),
            (true, true) => Kept($"{slots} The last are the bot's way in."),
            (true, false) => new(Part, CheckupLevel.Missing, $"{slots} The bot's role may not use the last. As a superuser:", grant),
            (false, true) => new(Part, CheckupLevel.Advice, $"{slots} On a full server no slot is kept for the bot, only its warm connection. As a superuser, and then restart the server:",
                "alter system set reserved_connections = 3;"),
            (false, false) => new CheckupFinding(Part, CheckupLevel.Missing, $"{slots} On a full server no slot is kept for the bot, nor might it use one. As a superuser:", grant) with
            {
                Afterwards = "Then, with a restart of the server: alter system set reserved_connections = 3;",
            },
            _ => new(Part, CheckupLevel.Advice, $"{slots} Before PostgreSQL 16 nobody else has a door: when the bot loses its warm connection on a full server, it has to wait for a free slot."),
        };

        if (facts.DatabaseLimit is { } limit && !rights.IsSuperuser)
        {
            yield return new(Part, CheckupLevel.Advice, string.Create(CultureInfo.InvariantCulture,
                $"The database {rights.Database} itself lets in {limit} sessions, whosever they are. When they are taken, no kept slot helps: set the target's Database to one without a limit."));
        }

        // Before it is needed nobody knows: who is about to be refused holds a slot for a moment, and in a storm these are all.
        CheckupFinding Kept(string words) => facts.CameInFull
            ? new(Part, CheckupLevel.Works, $"{words} All others are taken, and the bot came in just now.")
            : new(Part, CheckupLevel.Untried, $"{words} Not tried, because the server isn't full; when many insist on a login, it takes the bot several tries.");
    }

    private Task<PostgreSqlRights> ReadAsync(string target, CancellationToken cancellationToken) => connections[target].UseAsync(
        (session, token) => PostgreSqlRights.ReadAsync(session, session.ProcessID, token), cancellationToken);
}
