using System.Globalization;
using MySqlConnector;

namespace ChatBot.Databases.MySql;

/// <summary>The names that the target's configuration protects, as parameters of a statement.</summary>
internal static class ProtectedNames
{
    /// <summary>
    /// A condition on <c>p</c> (the process list) and <c>program</c> (its <c>program_name</c>, where the server knows it). A
    /// program's name also counts when something follows it after a space.
    /// </summary>
    public static string AddTo(MySqlCommand command, MySqlTarget target)
    {
        var users = target.ProtectedUsers.Select(name => Add(command, "user", name)).ToList();
        var programs = target.ProtectedApplications
            .Select(name => (Name: Add(command, "program", name), Start: Add(command, "start", $"{name} ")))
            .Select(one => $"coalesce(program.ATTR_VALUE, '') <> {one.Name} and left(coalesce(program.ATTR_VALUE, ''), char_length({one.Start})) <> {one.Start}");
        return string.Join(" and ", programs.Prepend(users.Count == 0 ? "true" : $"p.USER not in ({string.Join(", ", users)})"));
    }

    private static string Add(MySqlCommand command, string kind, string name)
    {
        var parameter = string.Create(CultureInfo.InvariantCulture, $"@{kind}{command.Parameters.Count}");
        command.Parameters.AddWithValue(parameter, name);
        return parameter;
    }
}
