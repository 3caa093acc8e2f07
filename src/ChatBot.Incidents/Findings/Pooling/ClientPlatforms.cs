using System.Text.RegularExpressions;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings.Pooling;

/// <summary>What a service is built with, as far as the name that its sessions send tells.</summary>
public enum ClientPlatform
{
    /// <summary>The name tells nothing.</summary>
    Unknown,
    Jvm,
    DotNet,
    Python,
    Node,
    Php,
    Go,
    Ruby,

    /// <summary>A person's tool or a job: it needs no pool.</summary>
    Tool,
}

/// <summary>Guesses a stack from an application name: drivers and frameworks name themselves when nobody else does.</summary>
public static partial class ClientPlatforms
{
    private static readonly (Regex Name, ClientPlatform Platform)[] Known =
    [
        (Tools, ClientPlatform.Tool),
        (Jvm, ClientPlatform.Jvm),
        (DotNet, ClientPlatform.DotNet),
        (Python, ClientPlatform.Python),
        (Node, ClientPlatform.Node),
        (Php, ClientPlatform.Php),
        (Go, ClientPlatform.Go),
        (Ruby, ClientPlatform.Ruby),
    ];

    public static ClientPlatform Guess(ForeignText application)
    {
        foreach (var (name, platform) in Known)
        {
            if (name.IsMatch(application.Value))
            {
                return platform;
            }
        }

        return ClientPlatform.Unknown;
    }

    [GeneratedRegex(@"^(psql|pg_dump|pg_dumpall|pg_restore|pgbench|pg_basebackup|vacuumdb|reindexdb)$|pgadmin|dbeaver|datagrip|tableplus|adminer", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Tools { get; }

    [GeneratedRegex(@"jdbc|hikari|\b(jvm|java|spring|quarkus|tomcat|r2dbc)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Jvm { get; }

    [GeneratedRegex(@"npgsql|mysqlconnector|entity ?framework|\b(dotnet|aspnet(core)?)\b|\.net\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DotNet { get; }

    [GeneratedRegex(@"psycopg|pymysql|asyncpg|sqlalchemy|gunicorn|uwsgi|\b(python[0-9.]*|django|celery|airflow)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Python { get; }

    [GeneratedRegex(@"sequelize|typeorm|\b(node|nodejs|node-postgres|prisma|knex|mysql2)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Node { get; }

    [GeneratedRegex(@"laravel|symfony|wordpress|\b(php[0-9.]*|php-fpm|mysqlnd)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Php { get; }

    [GeneratedRegex(@"\b(go|golang|pgx|pgxpool|lib/pq|gorm)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Go { get; }

    [GeneratedRegex(@"activerecord|sidekiq|unicorn|\b(ruby|rails|puma|rake)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Ruby { get; }
}
