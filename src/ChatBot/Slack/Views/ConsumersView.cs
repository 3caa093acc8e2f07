using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>Who holds the connections, as a table in the thread.</summary>
internal static class ConsumersView
{
    /// <summary>More rows than this nobody reads on a phone.</summary>
    private const int Rows = 15;

    private const string ByHand =
        """
        select client_addr, usename, application_name, state, count(*)
          from pg_stat_activity
         where backend_type = 'client backend'
         group by 1, 2, 3, 4 order by 5 desc;
        """;

    /// <param name="consumers">Null while unknown, or erased.</param>
    /// <returns>Null when there is nothing to say yet.</returns>
    public static SlackMessage? Render(Incident incident, ConnectionConsumers? consumers)
    {
        if (incident.ConsumersMissing is { } missing)
        {
            Mrkdwn failed = $":warning: Who holds the connections: {missing.Reason} I keep asking; or ask by hand:";
            return new SlackMessage(
                failed,
                [new SectionBlock(failed), new RichTextBlock(ByHand), .. consumers is null ? [] : Known(consumers, incident.Consumers?.At)]);
        }

        return consumers is null ? null : new SlackMessage(Title(consumers, at: null), Known(consumers, at: null));
    }

    private static Mrkdwn Title(ConnectionConsumers consumers, DateTimeOffset? at)
    {
        var seen = at is { } moment ? (Mrkdwn)$", seen {Moment.Of(moment)}" : Mrkdwn.Empty;
        return consumers.Sessions == 0 ? (Mrkdwn)$"Nobody is connected{seen}." : $"Who holds the {Spoken.Sessions(consumers.Sessions)}{seen}";
    }

    private static IReadOnlyList<Block> Known(ConnectionConsumers consumers, DateTimeOffset? at)
    {
        var title = new SectionBlock($"*{Title(consumers, at)}*");
        return consumers.Groups.Count == 0 ? [title] : [title, new RichTextBlock(Table(consumers))];
    }

    // A phone shows the first 40 columns: how many, and whose.
    private static string Table(ConnectionConsumers consumers)
    {
        var table = new TextTable("sessions", "application", "idle", "longest", "in tx", "active", "user", "client", "database");
        foreach (var group in consumers.Groups.Take(Rows))
        {
            table.Add(
                TextTable.Number(group.Count),
                Name(group.Application),
                TextTable.Number(group.Idle),
                group.OldestIdle is { } age ? Spoken.Duration(age) : "-",
                TextTable.Number(group.IdleInTransaction),
                TextTable.Number(group.Active),
                Name(group.User),
                Name(group.Client),
                Name(group.Database));
        }

        return consumers.Groups.Count > Rows ? $"{table}\n... and {consumers.Groups.Count - Rows} more groups" : table.ToString();
    }

    private static string Name(ForeignText text) => text.IsEmpty ? "-" : TextTable.Short(text.Value);
}
