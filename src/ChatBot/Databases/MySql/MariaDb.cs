using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>Where MariaDB is not MySQL.</summary>
internal static class MariaDb
{
    /// <summary>ER_STATEMENT_TIMEOUT: <c>max_statement_time</c> was up.</summary>
    public const MySqlErrorCode StatementTimeout = (MySqlErrorCode)1969;

    /// <summary>ER_ACCOUNT_HAS_BEEN_LOCKED.</summary>
    public const MySqlErrorCode AccountLocked = (MySqlErrorCode)4151;

    /// <summary>Every MariaDB says its name in its version, managed ones too.</summary>
    public static bool Is(MySqlConnection connection) => connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
}
