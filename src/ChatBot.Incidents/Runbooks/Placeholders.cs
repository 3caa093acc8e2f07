using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ChatBot.Incidents.Runbooks;

/// <summary>Fills <c>&lt;host&gt;</c> and its like in a page's command, to be pasted into a shell as it stands.</summary>
/// <remarks>
/// <para>
/// A value is trusted with nothing: it may be <c>x; rm -rf /</c>. A placeholder whose value can't be put there safely stays
/// as it is, and the person who pastes the command sees it. Whoever finds one in the result knows that something is to be filled in.
/// </para>
/// <list type="bullet">
/// <item>Letters, digits, dots, hyphens and underscores, no hyphen first: such a value means itself in a shell, in SQL, in a
/// URL and in a pattern, quoted or not. It is put anywhere.</item>
/// <item>Any other value is put only where the placeholder is a shell word of its own: not inside quotes, where SQL or
/// another language may read it, and not inside a longer word such as a URL. There it stands bare if no shell minds its characters, else
/// between single quotes, and that only as an argument of a database's own tool: ssh and the like would take the quotes away and read it again.</item>
/// <item>Never put: a value with a control or invisible character, with <c>'</c> or <c>\</c> (shells disagree on
/// how to quote them), with <c>=</c> or <c>://</c> (PostgreSQL's tools take such a database name for a connection string and would
/// connect elsewhere), with a hyphen first (an option), and a longer one than 255.</item>
/// </list>
/// <para><c>&lt;password&gt;</c> is never filled; the tool asks for it.</para>
/// </remarks>
public static partial class Placeholders
{
    /// <summary>Names of hosts, users and databases are shorter: 255.</summary>
    private const int Longest = 255;

    /// <summary>Languages of fenced blocks that a shell reads; others (sql, yaml) have rules of their own.</summary>
    private static readonly string[] Shells = ["", "bash", "sh", "shell", "zsh", "console", "shell-session"];

    public static CommandBlock Fill(CommandBlock block, PlaceholderValues values)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block with { Text = Fill(block.Text, values, Shells.Contains(block.Language, StringComparer.OrdinalIgnoreCase)) };
    }

    /// <param name="command">For a shell; any number of lines.</param>
    public static string Fill(string command, PlaceholderValues values) => Fill(command, values, isShell: true);

    private static string Fill(string command, PlaceholderValues values, bool isShell)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(values);
        var words = isShell ? ShellWords.In(command) : [];
        var filled = new StringBuilder(command.Length);
        var end = 0;
        foreach (Match placeholder in Known.Matches(command))
        {
            filled.Append(command, end, placeholder.Index - end).Append(Put(placeholder));
            end = placeholder.Index + placeholder.Length;
        }

        return filled.Append(command, end, command.Length - end).ToString();

        string Put(Match placeholder)
        {
            var value = ValueOf(placeholder.Groups["name"].Value, values);
            if (value is null || IsPlain(value))
            {
                return value ?? placeholder.Value;
            }

            if (!words.TryGetValue((placeholder.Index, placeholder.Length), out var mayQuote) || !CanBeWord(value))
            {
                return placeholder.Value;
            }

            return Bare.IsMatch(value) ? value : mayQuote ? $"'{value}'" : placeholder.Value;
        }
    }

    private static string? ValueOf(string name, PlaceholderValues values) => name switch
    {
        "host" => values.Host,
        "port" => values.Port?.ToString(CultureInfo.InvariantCulture),
        "user" => values.User,
        "database" => values.Database,
        "service-name" => values.Service,
        _ => values.Namespace,
    };

    private static bool IsPlain(string value) => value.Length <= Longest && Plain.IsMatch(value);

    private static bool CanBeWord(string value) =>
        value.Length is > 0 and <= Longest
        && value[0] != '-'
        && value.IndexOfAny(['\'', '\\', '=']) < 0
        && !value.Contains("://", StringComparison.Ordinal)
        && CommandText.Clean(value) == value // also: no space at its end
        && value.IndexOfAny(['\n', '\t']) < 0
        && !value.Contains('\uFFFD');

    [GeneratedRegex("<(?<name>host|port|user|database|service-name|namespace)>", RegexOptions.CultureInvariant)]
    private static partial Regex Known { get; }

    [GeneratedRegex(@"^[A-Za-z0-9._][A-Za-z0-9._-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain { get; }

    /// <summary>No shell does anything with these outside quotes: paths, addresses, names with an at sign.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9._:/@][A-Za-z0-9._:/@%+,-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Bare { get; }
}
