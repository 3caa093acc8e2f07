namespace ChatBot.Incidents.Runbooks;

/// <summary>What somebody may have meant.</summary>
internal static class Spelling
{
    /// <summary>Longer words are no typing mistakes: 60 characters.</summary>
    private const int Longest = 60;

    /// <returns>Null when nothing is near: at most a third of the letters may be wrong, and at most 3.</returns>
    public static string? Nearest(string word, IEnumerable<string> known) =>
        word.Length > Longest
            ? null
            : known
                .Select(name => (Name: name, Distance: Distance(word.ToLowerInvariant(), name)))
                .Where(candidate => candidate.Distance <= Math.Min(3, Math.Max(1, candidate.Name.Length / 3)))
                .OrderBy(candidate => candidate.Distance)
                .Select(candidate => candidate.Name)
                .FirstOrDefault();

    /// <summary>Letters to add, to take out, to change, or neighbours to swap.</summary>
    /// <remarks>The optimal string alignment distance: https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance.</remarks>
    public static int Distance(string from, string to)
    {
        var table = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                var change = from[i - 1] == to[j - 1] ? 0 : 1;
                table[i, j] = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[from.Length, to.Length];
    }
}
