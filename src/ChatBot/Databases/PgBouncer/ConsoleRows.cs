using System.Globalization;

namespace ChatBot.Databases.PgBouncer;

/// <summary>What a console answered. Columns are found by name: their number and order differ between versions.</summary>
internal sealed class ConsoleRows(ConsoleCommand command, string[] columns, IReadOnlyList<string?[]> rows, ConsoleTrouble trouble)
{
    public int Count => rows.Count;

    public bool Has(string column) => Array.IndexOf(columns, column) >= 0;

    /// <summary>Foreign text, not yet made safe to show. Empty for NULL.</summary>
    /// <exception cref="TargetUnavailableException">There is no such column.</exception>
    public string Text(int row, string column) =>
        Array.IndexOf(columns, column) is >= 0 and var at ? rows[row][at] ?? "" : throw trouble.Unreadable(command, column);

    /// <summary>Not negative.</summary>
    /// <param name="most">More than this is no number to believe.</param>
    /// <exception cref="TargetUnavailableException">There is no such column, or no such number in it.</exception>
    public int Number(int row, string column, int most) =>
        int.TryParse(Text(row, column), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw trouble.Unreadable(command, column);

    /// <summary>The number that stands beside a name, in an answer that is a list of names and values.</summary>
    /// <returns>Null when there is no such name, or no number.</returns>
    /// <exception cref="TargetUnavailableException">There are no such columns.</exception>
    public int? NumberOf(string name, string nameColumn, string valueColumn)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            if (Text(row, nameColumn) == name)
            {
                return int.TryParse(Text(row, valueColumn), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
            }
        }

        return null;
    }
}
