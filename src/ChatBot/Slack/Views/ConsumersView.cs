using ChatBot.Incidents.Evidence;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>Who holds the connections, as a table.</summary>
internal static class ConsumersView
{
    /// <summary>More rows than this nobody reads on a phone.</summary>
    private const int Rows = 15;

    /// <param name="at">When it was seen, if that is not now; null leaves it out.</param>
    public static IReadOnlyList<Block> Blocks(ConnectionConsumers consumers, DateTimeOffset? at)
    {
        var title = new SectionBlock(Title(consumers, at));
        return consumers.Groups.Count == 0 ? [title] : [title, new RichTextBlock(Table(consumers))];
    }

    private static Mrkdwn Title(ConnectionConsumers consumers, DateTimeOffset? at)
    {
        var seen = at is { } moment ? (Mrkdwn)$", seen {Moment.Of(moment)}" : Mrkdwn.Empty;
        return consumers.Sessions == 0 ? (Mrkdwn)$"Nobody is connected{seen}." : $"Who holds the {Spoken.Sessions(consumers.Sessions)}{seen}";
    }

    // A phone shows the first 40 columns: how many, and whose.
    private static string Table(ConnectionConsumers consumers)
    {
        var isCounted = consumers.Groups.Any(group => group.Born is not null);
        var table = new TextTable(["sessions", "application", "idle", "longest", "in tx", "active", .. isCounted ? ["new"] : Array.Empty<string>(), "user", "client", "database", "oldest"]);
        foreach (var group in consumers.Groups.Take(Rows))
        {
            table.Add(
            [
                TextTable.Number(group.Count),
                TextTable.Name(group.Application),
                TextTable.Number(group.Idle),
                group.OldestIdle is { } age ? Spoken.Duration(age) : "-",
                TextTable.Number(group.IdleInTransaction),
                TextTable.Number(group.Active),
                .. isCounted ? [group.Born is { } born ? TextTable.Number(born) : "-"] : Array.Empty<string>(),
                TextTable.Name(group.User),
                TextTable.Name(group.Client),
                TextTable.Name(group.Database),
                group.OldestConnection is { } oldest ? Spoken.Duration(oldest) : "-",
            ]);
        }

        return consumers.Groups.Count > Rows ? $"{table}\n... and {consumers.Groups.Count - Rows} more groups" : table.ToString();
    }
}
