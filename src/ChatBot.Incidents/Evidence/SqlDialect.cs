namespace ChatBot.Incidents.Evidence;

/// <summary>Whose rules say where a literal ends.</summary>
public enum SqlDialect
{
    PostgreSql,

    /// <summary>MariaDB, too.</summary>
    MySql,
}
