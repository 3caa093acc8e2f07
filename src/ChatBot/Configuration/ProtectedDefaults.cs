namespace ChatBot.Configuration;

/// <summary>Whom no plan touches even if nobody configured it: backups, replication, failover, changes of the schema.</summary>
/// <remarks>
/// Superusers, replication roles and the bot's own role need no name here: the server says who they are. The names are those
/// that the programs give themselves, or that their manuals give to their users.
/// </remarks>
internal static class ProtectedDefaults
{
    // Names of programs, which people also give to the users that these log in as.
    private static readonly string[] MigrationTools =
    [
        "flyway", "Flyway", "Flyway by Redgate", "liquibase", "Liquibase", "alembic", "sqitch", "pgroll", "goose",
        "migration", "migrations", "migrator", "migrate",
    ];

    private static readonly string[] PostgreSqlUsers =
    [
        "postgres", "replicator", "replication", "repmgr", "patroni", "barman", "streaming_barman", "pgbackrest", "backup", "debezium",
        "pgbouncer", "pgpool", // who look passwords up, not those whom they pass on
        "rdsadmin", "rdsrepladmin", "cloudsqladmin", "cloudsqlreplica", "alloydbadmin", "azuresu", "azure_superuser",
        "pg_dump", "dump", .. MigrationTools,
    ];

    private static readonly string[] PostgreSqlApplications =
    [
        "pg_dump", "pg_dumpall", "pg_restore", "pg_basebackup", "pg_receivewal", "pg_recvlogical", "pg_rewind", "pg_upgrade",
        "pg_createsubscriber", "pg_amcheck", "vacuumdb", "reindexdb", "clusterdb", "pg_repack", "pg_cron", "pgAgent",
        "barman", "barman_receive_wal", "barman_streaming_backup", "pgBackRest", "pgbackrest", "wal-g", "wal-e",
        "pgbouncer", "pgcat", "repmgr", "repmgrd", "Patroni", "patroni", "pg_auto_failover", "pg_autoctl", "stolon",
        "Debezium", "debezium", "pglogical", "slon", "bucardo",
        .. MigrationTools,
    ];

    private static readonly string[] MySqlUsers =
    [
        "root", "mysql", "mysql.sys", "mysql.session", "mysql.infoschema", "mariadb.sys", "debian-sys-maint", "event_scheduler", "system user",
        "replicator", "replication", "repl", "galera", "sst", "backup", "mariabackup", "xtrabackup", "debezium", "orchestrator", "maxscale",
        "proxysql-monitor",
        "mysqldump", "mariadb-dump", "mydumper", "dump", .. MigrationTools, // where the server keeps no program_name, these are all that tells
        "rdsadmin", "rdsrepladmin", "cloudsqladmin", "cloudsqlimport", "cloudsqlreplica", "azure_superuser", "azuresu",
    ];

    // Their program_name, where the server keeps it.
    private static readonly string[] MySqlApplications =
    [
        "mysqldump", "mariadb-dump", "mysqlpump", "mydumper", "myloader", "mysqlsh", "mysqlbinlog", "mariadb-binlog", "mysqlimport", "mariadb-import",
        "mysqlcheck", "mariadb-check", "mysql_upgrade", "mariadb-upgrade", "xtrabackup", "mariabackup", "mariadb-backup",
        "gh-ost", "pt-online-schema-change", "pt-table-checksum", "orchestrator", "Debezium", "debezium",
        .. MigrationTools,
    ];

    /// <summary>
    /// Of the names below, those of users and programs that change the schema: what they are at is left alone, but not their
    /// statement that waits for a lock and holds up everybody behind it.
    /// </summary>
    public static IReadOnlyList<string> Migrations => MigrationTools;

    /// <summary>Users of the database, as the server spells them.</summary>
    public static IReadOnlyList<string> Users(DatabaseEngine engine) => engine is DatabaseEngine.MySql ? MySqlUsers : PostgreSqlUsers;

    /// <summary>Names that programs give their sessions: application_name, program_name.</summary>
    public static IReadOnlyList<string> Applications(DatabaseEngine engine) =>
        engine is DatabaseEngine.MySql ? MySqlApplications : PostgreSqlApplications;
}
