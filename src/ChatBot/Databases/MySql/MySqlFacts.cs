using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>What a server says of itself and of the bot's own session.</summary>
/// <param name="Version">The number alone: <c>10.11.6</c>.</param>
/// <param name="IsThroughProxy">Another session answers than the one that let the bot in.</param>
/// <param name="IsEncrypted">The bot's own connection.</param>
/// <param name="OwnLimit">How many connections the bot's account may have; null for any number.</param>
/// <param name="SecondPort">MariaDB's <c>extra_port</c>, MySQL's <c>admin_port</c>, as the server has it; null for none.</param>
/// <param name="HasServiceRight">The bot's account itself has <c>SERVICE_CONNECTION_ADMIN</c>.</param>
/// <param name="HasRoutines">The bot may call the procedures that end sessions and cancel statements.</param>
/// <param name="EndsIdleAfter">The server's <c>wait_timeout</c> for the bot's own session.</param>
/// <param name="Account">Quoted, with its host.</param>
internal sealed record MySqlFacts(
    bool IsMariaDb,
    Version Version,
    bool IsThroughProxy,
    bool IsReadOnly,
    bool IsEncrypted,
    int? OwnLimit,
    int? SecondPort,
    bool HasServiceRight,
    bool HasRoutines,
    bool PerformanceSchema,
    TimeSpan EndsIdleAfter,
    string Account)
{
    /// <summary>With which the bot's own account may end sessions, past the procedures: empty for none.</summary>
    public IReadOnlyList<string> Powers { get; init; } = [];

    /// <summary>Those of them that it has itself, and not through a role.</summary>
    public IReadOnlyList<string> OwnPowers { get; init; } = [];

    /// <summary>The bot's account gets the one slot beyond <c>max_connections</c>.</summary>
    public bool HasExtraSlot => Powers.Count > 0;

    /// <summary>What the bot lacks, in the order of <see cref="CheckupPart"/>.</summary>
    public RightGap? Sight { get; init; }

    public RightGap? Ending { get; init; }

    /// <summary>For asking what the owner account lacks.</summary>
    public RightGap? OwnerSight { get; init; }

    public RightGap? Cancelling { get; init; }

    public RightGap? Limiting { get; init; }

    public static async Task<MySqlFacts> ReadAsync(MySqlConnection session, string target, CancellationToken cancellationToken)
    {
        var mariaDb = MariaDb.Is(session);
        var facts = (await session.ReadAllAsync(
            $"""
            select version(),
                   connection_id(),
                   @@global.read_only,
                   @@session.max_user_connections,
                   {(mariaDb ? "@@global.extra_port" : "if(@@global.admin_address is null, 0, @@global.admin_port)")},
                   @@global.performance_schema,
                   @@session.wait_timeout
            """,
            row => new MySqlFacts(
                mariaDb,
                VersionIn(row.Text(0)),
                row.Number(1) != session.ServerThread,
                IsReadOnlyBy(row.Text(2)),
                IsEncrypted: false,
                row.Number(3) is > 0 and var limit ? (int)limit : null,
                row.Number(4) is > 0 and var port ? (int)port : null,
                HasServiceRight: false,
                HasRoutines: false,
                row.Number(5) != 0,
                TimeSpan.FromSeconds(row.Number(6)),
                Account: ""))).Single();
        var cipher = await session.ReadAllAsync("show session status like 'Ssl_version'", row => row.Text(1));
        return facts with
        {
            IsEncrypted = cipher is [{ Length: > 0 }],
            HasServiceRight = (await MySqlGrants.OfBotAsync(session)).Include("service_connection_admin on *.*"),
            HasRoutines = await MySqlKill.HasRoutineAsync(session, "end_session", cancellationToken)
                && await MySqlKill.HasRoutineAsync(session, "cancel_statement", cancellationToken),
            Powers = await MySqlRights.PowersAsync(session),
            OwnPowers = await MySqlRights.OwnPowersAsync(session, cancellationToken),
            Account = await MySqlRights.AccountAsync(session, cancellationToken),
            OwnerSight = await MySqlRights.OwnerSightGapAsync(session, cancellationToken),
            Sight = await MySqlRights.SightGapAsync(session, target, cancellationToken),
            Ending = await MySqlRights.GapAsync(session, target, ServerRight.EndSessions, cancellationToken),
            Cancelling = await MySqlRights.GapAsync(session, target, ServerRight.CancelStatements, cancellationToken),
            Limiting = await MySqlRights.GapAsync(session, target, ServerRight.LimitAccounts, cancellationToken),
        };
    }

    /// <param name="readOnly"><c>@@read_only</c>: 0 or 1, and on MariaDB from 12 on a word: OFF, ON, NO_LOCK, NO_LOCK_NO_ADMIN.</param>
    internal static bool IsReadOnlyBy(string readOnly) => readOnly is not ("0" or "OFF");

    /// <summary>Old MariaDB servers put <c>5.5.5-</c> in front.</summary>
    private static Version VersionIn(string text)
    {
        var number = new string([.. (text.StartsWith("5.5.5-", StringComparison.Ordinal) ? text[6..] : text).TakeWhile(sign => char.IsAsciiDigit(sign) || sign == '.')]);
        return Version.TryParse(number, out var version) ? version : new Version(0, 0);
    }
}
