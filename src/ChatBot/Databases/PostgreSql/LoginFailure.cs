using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Why the bot doesn't get into a server, in our own words: what is wrong, then what to do.</summary>
internal static class LoginFailure
{
    /// <returns>The right that the bot's role lacks to log in; null where that is not the reason.</returns>
    public static RightGap? GapBehind(PostgreSqlTarget target, Exception failure) => failure switch
    {
        // The routines are where the server's source raises it: postinit.c, miscinit.c.
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege, Routine: "CheckMyDatabase" } => new(
            $"{target.Name} doesn't let {target.User} into the database {target.Database}.",
            "As a superuser",
            $"grant connect on database {QuotedName.Of(target.Database)} to {QuotedName.Of(target.User)};")
        {
            Otherwise = "Or change the target's Database.",
        },
        PostgresException { SqlState: PostgresErrorCodes.InvalidAuthorizationSpecification, Routine: "InitializeSessionUserId" } => new(
            $"On {target.Name} the role {target.User} may not log in (28000).",
            "As a superuser",
            $"alter role {QuotedName.Of(target.User)} login;")
        {
            Otherwise = "If there is no such role, run manifests/databases/postgresql.sql.",
        },
        _ => null,
    };

    /// <returns>Null for what is no failure to log in: a cancelled caller, a mistake of ours.</returns>
    public static (UnavailableReason Reason, string Message)? Explain(PostgreSqlTarget target, Exception failure) => failure switch
    {
        PostgresException when GapBehind(target, failure) is { } gap => (UnavailableReason.Refused, gap.Sentence),
        PostgresException refusal => Explain(target, refusal),
        PoolerInBetweenException => (UnavailableReason.Refused, Pooler(target)),
        TimeoutException or OperationCanceledException or NpgsqlException { InnerException: TimeoutException } =>
            (UnavailableReason.TimedOut, $"{target.Name} did not answer the bot's login at {target.Host}:{target.Port} within "
                + string.Create(CultureInfo.InvariantCulture, $"{target.ConnectTimeout.TotalSeconds:0.#} s. ")
                + "It hangs, or something else than PostgreSQL listens there: check the target's Host and Port."),
        // A handshake that breaks off has a reason inside; only the bot's own check of the certificate has none.
        NpgsqlException { InnerException: AuthenticationException { InnerException: null } } =>
            (UnavailableReason.Refused, $"The bot doesn't trust the certificate of {target.Name}. "
                + "Check its name, its issuer and its dates, or the target's Host, Tls and TlsRootFile."),
        NpgsqlException { InnerException: AuthenticationException } =>
            (UnavailableReason.Refused, $"The bot and {target.Name} could not agree on TLS. Check the server's TLS settings and the target's Host, Port and Tls."),
        SocketException or NpgsqlException { InnerException: SocketException } =>
            (UnavailableReason.Unreachable, $"Nobody answers for {target.Name} at {target.Host}:{target.Port}."),
        IOException or NpgsqlException { InnerException: IOException } =>
            (UnavailableReason.Unreachable, $"What answers for {target.Name} at {target.Host}:{target.Port} ended the bot's login. "
                + "Check that it is the PostgreSQL server, and that it runs well."),
        NpgsqlException driver => Explain(target, driver.Message),
        // What the driver takes for a mistake of its own is another protocol's greeting, such as MySQL's.
        InvalidOperationException driver when driver.Message.StartsWith("Internal Npgsql bug: unexpected value", StringComparison.Ordinal) =>
            (UnavailableReason.Confused, NoPostgreSql(target)),
        _ => null,
    };

    private static (UnavailableReason Reason, string Message) Explain(PostgreSqlTarget target, PostgresException refusal) => refusal.SqlState switch
    {
        PostgresErrorCodes.TooManyConnections => LoginRefusal.LimitOf(refusal) switch
        {
            RefusingLimit.Server =>
                (UnavailableReason.Full, $"{target.Name} is full: it refused the bot's own login, {target.User}."),
            RefusingLimit.Role =>
                (UnavailableReason.Refused, $"{target.Name} lets {target.User} have no more connections: the limit of the role itself "
                    + "is reached. Give it 2 for each replica, plus 1. How full the server is, this doesn't tell."),
            RefusingLimit.Database =>
                (UnavailableReason.Refused, $"{target.Name} lets nobody into the database {target.Database}: the limit of the database "
                    + "itself is reached. Set the target's Database to another one, such as postgres. How full the server is, this doesn't tell."),
            _ =>
                (UnavailableReason.Full, $"{target.Name} refused the bot's own login, {target.User}: a limit is reached, "
                    + "the server's own or one of the role or the database."),
        },
        "57P01" or "57P02" or "57P03" =>
            (UnavailableReason.Unreachable, $"{target.Name} is starting or stopping and lets nobody in yet."),
        PostgresErrorCodes.QueryCanceled =>
            (UnavailableReason.TimedOut, $"{target.Name} let the bot in, but did not answer in time."),
        PostgresErrorCodes.InvalidPassword =>
            (UnavailableReason.Refused, $"{target.Name} did not accept the password of {target.User} (28P01). Check the target's PasswordFile."),
        PostgresErrorCodes.InvalidAuthorizationSpecification =>
            (UnavailableReason.Refused, $"{target.Name} refused the login of {target.User} (28000). "
                + "Check the user, the target's Tls and the server's pg_hba.conf."),
        PostgresErrorCodes.InvalidCatalogName =>
            (UnavailableReason.Refused, $"{target.Name} has no database {target.Database}. Check the target's Database."),
        // A server never says this to a login; a pooler does, to settings that it doesn't know and when it is full itself.
        PostgresErrorCodes.ProtocolViolation => (UnavailableReason.Refused, Pooler(target)),
        _ =>
            (UnavailableReason.Refused, $"{target.Name} refused the login of {target.User} ({refusal.SqlState}). "
                + "Look the code up in the server's log."),
    };

    // The driver has no codes for these. Its words are of its pinned version and never translated; tests hold them.
    private static (UnavailableReason Reason, string Message) Explain(PostgreSqlTarget target, string driverSays) => driverSays switch
    {
        _ when driverSays.StartsWith("SSL connection requested. No SSL enabled connection", StringComparison.Ordinal) =>
            (UnavailableReason.Refused, $"{target.Name} offers no TLS, and the target's Tls asks for it. Turn it on at the server."),
        _ when driverSays.StartsWith("No password has been provided", StringComparison.Ordinal) =>
            (UnavailableReason.Refused, $"{target.Name} asks for the password of {target.User}. Set the target's PasswordFile."),
        _ when driverSays.Contains("for SSLRequest (expecting S or N)", StringComparison.Ordinal)
            || driverSays.StartsWith("Unknown message code", StringComparison.Ordinal)
            || driverSays.StartsWith("Received unexpected", StringComparison.Ordinal) =>
            (UnavailableReason.Confused, NoPostgreSql(target)),
        _ =>
            (UnavailableReason.Refused, $"The bot and {target.Name} could not agree on a login. Check the target's Tls, User and PasswordFile."),
    };

    private static string NoPostgreSql(PostgreSqlTarget target) =>
        $"What answers for {target.Name} at {target.Host}:{target.Port} doesn't speak PostgreSQL. Check the target's Host and Port.";

    private static string Pooler(PostgreSqlTarget target) =>
        $"The bot reaches {target.Name} through a pooler. Give it the server's own address.";
}
