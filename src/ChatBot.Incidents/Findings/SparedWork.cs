using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Findings;

/// <summary>Work that nobody breaks off from here, although it may take hours: all of it would be lost.</summary>
public static class SparedWork
{
    // A program that dumps or copies a whole server. Parts of names.
    private static readonly string[] BackupNames =
        ["dump", "backup", "barman", "backrest", "wal-g", "wal-e", "mydumper"];

    // The first words of a change of the schema, or of a table's whole content.
    private static readonly string[] SchemaWords =
        ["alter", "create", "drop", "truncate", "rename", "reindex", "cluster", "vacuum", "refresh", "optimize", "repair", "analyze"];

    public static bool IsBackup(ForeignText application, ForeignText user, ForeignText statement) =>
        BackupNames.Any(name => Contains(application, name) || Contains(user, name))
        || StartsWith(statement, "flush tables")
        || (StartsWith(statement, "copy") && Contains(statement, " to "));

    public static bool IsSchemaChange(ForeignText statement) => SchemaWords.Any(word => StartsWith(statement, word));

    private static bool Contains(ForeignText text, string part) => text.Value.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static bool StartsWith(ForeignText text, string words)
    {
        var sql = text.Value.AsSpan().TrimStart();
        return sql.StartsWith(words, StringComparison.OrdinalIgnoreCase) && (sql.Length == words.Length || !char.IsLetterOrDigit(sql[words.Length]));
    }
}
