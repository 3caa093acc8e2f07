using Npgsql;

namespace ChatBot.Databases.PostgreSql;

/// <summary>Whom the server's administrators protect themselves: the table <c>chatbot.protected</c> of manifests/databases/postgresql.sql.</summary>
/// <remarks>The guard keeps to it whatever the bot asks; the bot reads it so that no plan names those whom it would refuse.</remarks>
internal static class ServerProtected
{
    /// <summary>A condition on <c>c</c>, the table, and <c>n</c>, its schema: the bot's role may read it.</summary>
    public const string MayRead = "(has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'))";

    /// <summary>A condition on <c>c</c>: who owns it could end sessions anyway.</summary>
    /// <remarks>Anybody who may create a schema could name it chatbot, and a table can make its readers run things.</remarks>
    public const string IsTrusted = "(c.relkind = 'r' and pg_has_role(c.relowner, 'pg_signal_backend', 'usage'))";

    private const string IsThereSql =
        $"""
        select exists (select
                         from pg_class c
                         join pg_namespace n on n.oid = c.relnamespace
                        where n.nspname = 'chatbot'
                          and c.relname = 'protected'
                          and {IsTrusted}
                          and {MayRead})
        """;

    // Names of roles and applications have at most 63 bytes, so a longer one in the table protects nobody.
    private const string Sql = "select name::text from only chatbot.protected where octet_length(name) <= 63 order by name limit 1000";

    /// <summary>Names of roles and of applications; empty where there is no such table.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        await using var question = new NpgsqlCommand(IsThereSql, session);
        if (await question.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return [];
        }

        var names = new List<string>();
        await using var command = new NpgsqlCommand(Sql, session);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            names.Add(row.GetString(0));
        }

        return names;
    }
}
