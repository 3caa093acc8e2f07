using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>Why MySQL or MariaDB did not let the bot in, in our own words: what is wrong, then what to do.</summary>
/// <remarks>https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html, https://mariadb.com/kb/en/mariadb-error-code-reference/.</remarks>
internal static class LoginRefusal
{
    // The driver has no names for these.
    private const MySqlErrorCode MustChangePassword = (MySqlErrorCode)1820;
    private const MySqlErrorCode PasswordExpired = (MySqlErrorCode)1862;
    private const MySqlErrorCode AccountLocked = (MySqlErrorCode)3118;
    private const MySqlErrorCode SecureTransportRequired = (MySqlErrorCode)3159;

    /// <returns>Null for what is no failure to log in: a mistake of ours.</returns>
    public static (UnavailableReason Reason, string Message)? Explain(MySqlTarget target, Exception failure, Door door)
    {
        var (name, user) = (target.Name, target.User);
        var place = target.IsSocket
            ? $"the socket {target.Host}"
            : string.Create(CultureInfo.InvariantCulture, $"{target.Host}:{target.PortOf(door)}");
        return failure switch
        {
            MySqlException refusal when Code(refusal) is { } known => known switch
            {
                (UnavailableReason.Full, _) when door is Door.Second =>
                    (UnavailableReason.Full, $"Its second port, {target.AdminPort}, is full too."),
                _ => known,
            },
            _ when IsTimeout(failure) => (UnavailableReason.TimedOut, $"{name} did not answer the bot's login at {place} within "
                + string.Create(CultureInfo.InvariantCulture, $"{target.ConnectTimeout.TotalSeconds:0.#} s. ")
                + "It hangs, or something else than MySQL or MariaDB listens there: check the target's Host and Port."),
            MySqlException { Message: "Server does not support SSL" } =>
                (UnavailableReason.Refused, $"{name} has no TLS, and the target's Tls asks for it. Give the server a certificate, or set Tls."),
            MySqlException { InnerException: AuthenticationException } or MySqlException { Message: "SSL Authentication Error" } =>
                (UnavailableReason.Refused, $"The bot and {name} could not agree on TLS. Check the server's certificate and the target's Tls, Host and TlsRootFile."),
            MySqlException { Message: var text } when text.Contains("secure connection", StringComparison.Ordinal) =>
                (UnavailableReason.Refused, $"{name} takes the password of {user} only over TLS. Set the target's Tls to Require or VerifyFull."),
            NotSupportedException =>
                (UnavailableReason.Refused, $"{name} wants the bot to log in by a way that it doesn't know. "
                    + $"Give {user} the plugin caching_sha2_password (MySQL) or mysql_native_password (MariaDB)."),
            MySqlException { InnerException: ArgumentException or FormatException } or MySqlProtocolException or FormatException or OverflowException =>
                (UnavailableReason.Confused, $"What answers at {place} is neither MySQL nor MariaDB. Check the target's Host, Port and Engine."),
            IOException or MySqlException { InnerException: IOException } => Broken(),
            SocketException or MySqlException { ErrorCode: MySqlErrorCode.UnableToConnectToHost } =>
                (UnavailableReason.Unreachable, $"Nobody answers for {name} at {place}."),
            MySqlException other when (int)other.ErrorCode > 0 =>
                (UnavailableReason.Refused, $"{name} refused the login of {user} ({Number(other)}). Look the code up in the server's manual."),
            MySqlException => Broken(),
            _ => null,
        };

        (UnavailableReason, string) Broken() =>
            (UnavailableReason.Unreachable, $"{name} broke the bot's login off at {place}. It is starting or stopping, or is no MySQL or MariaDB.");

        (UnavailableReason, string)? Code(MySqlException refusal) => refusal.ErrorCode switch
        {
            MySqlErrorCode.ConnectionCountError =>
                (UnavailableReason.Full, $"{name} is full: it refused the bot's own login, {user}."),
            MySqlErrorCode.UserLimitReached or MySqlErrorCode.TooManyUserConnections =>
                (UnavailableReason.Refused, $"{name} isn't full, but the bot's account {user} has as many connections as it may have "
                    + $"({Number(refusal)}). End its forgotten ones, or raise its MAX_USER_CONNECTIONS to 2 for each replica of the bot, plus 1."),
            MySqlErrorCode.AccessDenied =>
                (UnavailableReason.Refused, $"{name} refused the login of {user} (1045). Check the user, the password file, and from which hosts the account may come."),
            MySqlErrorCode.DatabaseAccessDenied =>
                (UnavailableReason.Refused, $"{name} does not let {user} into the target's database (1044). Leave the target's Database out: none is needed."),
            MySqlErrorCode.UnknownDatabase =>
                (UnavailableReason.Refused, $"{name} has no database of the target's name (1049). Leave the target's Database out: none is needed."),
            MySqlErrorCode.HostIsBlocked =>
                (UnavailableReason.Refused, $"{name} has blocked the bot's machine after too many broken connections (1129). "
                    + "Run mysqladmin flush-hosts there, and look who breaks connections off."),
            MySqlErrorCode.HostNotPrivileged =>
                (UnavailableReason.Refused, $"{name} has no account that may come from the bot's machine (1130). Check the host part of {user}."),
            MySqlErrorCode.SpecifiedAccessDeniedError when door is Door.Second =>
                (UnavailableReason.Refused, $"Its second port, {target.AdminPort}, takes only accounts with SERVICE_CONNECTION_ADMIN: grant it to {user}."),
            MySqlErrorCode.ServerShutdown or MySqlErrorCode.NormalShutdown =>
                (UnavailableReason.Unreachable, $"{name} is stopping and lets nobody in."),
            AccountLocked or MariaDb.AccountLocked =>
                (UnavailableReason.Refused, $"On {name} the account {user} is locked ({Number(refusal)}). Unlock it: alter user ... account unlock."),
            MustChangePassword or PasswordExpired =>
                (UnavailableReason.Refused, $"On {name} the password of {user} has expired ({Number(refusal)}). Set a new one there and in the password file."),
            SecureTransportRequired =>
                (UnavailableReason.Refused, $"{name} lets nobody in without TLS (3159). Set the target's Tls to Require or VerifyFull."),
            _ => null,
        };
    }

    /// <summary>The login took too long, whoever noticed.</summary>
    public static bool IsTimeout(Exception failure) =>
        failure is TimeoutException or OperationCanceledException or MySqlException { ErrorCode: MySqlErrorCode.CommandTimeoutExpired }
        || (failure is MySqlException { ErrorCode: MySqlErrorCode.UnableToConnectToHost } late
            && late.Message.StartsWith("Connect Timeout expired", StringComparison.Ordinal)); // only the driver's text tells it from a closed port

    private static string Number(MySqlException refusal) => ((int)refusal.ErrorCode).ToString(CultureInfo.InvariantCulture);
}
