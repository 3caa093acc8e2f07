using System.Globalization;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>The server's own counters and settings. Any account may read them.</summary>
/// <param name="At">By the server's clock, in UTC.</param>
/// <param name="Life">Exact: both sides of the difference that it is are read at one moment.</param>
/// <param name="Connected">Sessions that hold an ordinary slot: the very number that the server compares with its limit.</param>
/// <param name="Attempts">Connections begun so far, also those that failed; each got an id, so it is the highest one.</param>
/// <param name="Aborted">Of the attempts, those that failed: wrong password, refused, broken off.</param>
/// <param name="Refused">Logins refused because the server was full. MariaDB leaves out those whom it let try the administrator's slot first.</param>
/// <param name="AccountLimit">For every account without a limit of its own; null when there is none.</param>
internal sealed record MySqlStatus(
    DateTimeOffset At,
    ServerPin Life,
    string Version,
    bool IsMariaDb,
    int Connected,
    int MaxConnections,
    long Attempts,
    long Aborted,
    long Refused,
    int? AccountLimit,
    bool HasPerformanceSchema,
    bool IsReadOnly)
{
    /// <summary>A UUID has 36 signs, MariaDB's server_uid 28.</summary>
    private const int LongestId = 64;

    // SHOW is the only way that both have and that needs no right. What a server doesn't know just brings no row.
    private const string Counters =
        """
        show global status where variable_name in
          ('Threads_connected', 'Connections', 'Aborted_connects', 'Connection_errors_max_connections')
        """;

    private const string Settings =
        """
        show global variables where variable_name in
          ('max_connections', 'max_user_connections', 'performance_schema', 'version', 'read_only', 'server_uuid', 'server_uid')
        """;

    /// <summary>Logins that went well, so far. Measured in a storm: those whom MariaDB refuses before it gives them an id are failed attempts that were none.</summary>
    public long Logins => Attempts - Aborted + (IsMariaDb ? Refused : 0);

    public static async Task<MySqlStatus> ReadAsync(MySqlConnection connection)
    {
        var mariaDb = MariaDb.Is(connection);
        var (at, started) = (await connection.ReadAllAsync(
            $"select utc_timestamp(6), {MySqlPins.Started(mariaDb)}", row => (row.GetDateTime(0), row.GetInt64(1))))[0];
        var said = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var question in new[] { Counters, Settings })
        {
            foreach (var (name, value) in await connection.ReadAllAsync(question, row => (row.Text(0), row.Text(1))))
            {
                said[name] = value;
            }
        }

        var version = said.GetValueOrDefault("version", "");
        return new MySqlStatus(
            new DateTimeOffset(at, TimeSpan.Zero),
            new ServerPin(DateTimeOffset.FromUnixTimeSeconds(started), Id(said.GetValueOrDefault(mariaDb ? "server_uid" : "server_uuid", ""))),
            version.Split('-')[0],
            mariaDb,
            (int)Number("Threads_connected"),
            (int)Number("max_connections"),
            Number("Connections"),
            Number("Aborted_connects"),
            Number("Connection_errors_max_connections"),
            Number("max_user_connections") is > 0 and var limit ? (int)Math.Min(limit, int.MaxValue) : null,
            said.GetValueOrDefault("performance_schema") is "ON" or "1",
            said.GetValueOrDefault("read_only") is "ON" or "1");

        long Number(string name) => said.TryGetValue(name, out var text) && long.TryParse(text, CultureInfo.InvariantCulture, out var number)
            ? number
            : name is "max_user_connections" ? 0 : throw new FormatException($"The server does not say {name}.");
    }

    // It goes into events, where no text of strangers may be: an id or nothing.
    private static string Id(string said) => said.Length <= LongestId && said.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '+' or '/' or '=') ? said : "";

    /// <param name="lastId">The highest id in the process list: it may be newer than the counters.</param>
    public LookMark Mark(long lastId) => new(At, Life.StartedAt, Math.Max(lastId, Attempts), Logins, Refused) { Identity = Life.Identity, Aborted = Aborted };
}
