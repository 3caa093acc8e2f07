namespace ChatBot.Configuration;

/// <summary>Reads the sections that say which sessions may be ended.</summary>
internal static class EndingReader
{
    private static readonly TimeSpan Youngest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(7);

    public static EndIdleSessionsOptions ReadIdleSessions(SettingsSection section, Mistakes mistakes)
    {
        var defaults = new EndIdleSessionsOptions();
        var idleFor = section.Duration("IdleFor", defaults.IdleFor, Youngest, Oldest);
        var younger = section.Optional(
            "OrIdleFor",
            null,
            $"at most {EndIdleSessionsOptions.MostAges} durations from {Duration.Format(Youngest)} on with commas between, such as 10m, 5m",
            (string text, out IReadOnlyList<TimeSpan>? ages) => TryReadAges(text, out ages));
        // The shipped file has the defaults as well, and whoever sets another IdleFor need not know them.
        if (younger is null || younger.SequenceEqual(defaults.OrIdleFor))
        {
            younger = [.. defaults.OrIdleFor.Where(age => age < idleFor)];
        }

        if (younger.FirstOrDefault(age => age >= idleFor) is { Ticks: > 0 } late)
        {
            mistakes.Add(
                section.PathOf("OrIdleFor"), $"\"{Duration.Format(late)}\"", $"durations below EndIdleSessions:IdleFor, which is {Duration.Format(idleFor)}");
        }

        return new()
        {
            IdleFor = idleFor,
            OrIdleFor = younger,
            MaxSessions = section.Number("MaxSessions", defaults.MaxSessions, 1, 50),
            SeenGoneWithin = section.Duration("SeenGoneWithin", defaults.SeenGoneWithin, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)),
        };
    }

    public static EndTransactionsOptions ReadTransactions(SettingsSection section)
    {
        var defaults = new EndTransactionsOptions();
        return new()
        {
            IdleFor = section.Duration("IdleFor", defaults.IdleFor, Youngest, Oldest),
            MaxSessions = section.Number("MaxSessions", defaults.MaxSessions, 1, EndTransactionsOptions.Most),
        };
    }

    /// <summary>One line, because .NET lays a list over the shipped one entry by entry.</summary>
    /// <param name="ages">Oldest first, each once.</param>
    private static bool TryReadAges(string text, out IReadOnlyList<TimeSpan>? ages)
    {
        var read = new SortedSet<TimeSpan>();
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Duration.TryParse(entry, out var age) || age < Youngest || age > Oldest)
            {
                ages = null;
                return false;
            }

            read.Add(age);
        }

        ages = [.. read.Reverse()];
        return read.Count <= EndIdleSessionsOptions.MostAges;
    }
}
