using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>Who holds the connections, as a table in the thread.</summary>
internal static class ConsumersView
{
    /// <summary>More rows than this nobody reads on a phone.</summary>
    private const int Rows = 15;

    public static SlackMessage? Render(Incident incident, ConnectionConsumers? consumers)
    {
        if (incident.ConsumersMissing is { } missing)
        {
            Mrkdwn failed = $":warning: Who holds the connections: {missing.Reason} Press \"Run diagnosis again\", or ask by hand:";
            return new SlackMessage(failed,
            [
                new SectionBlock(failed),
                new RichTextBlock("select client_addr, usename, application_name, state, count(*)\n  from pg_stat_activity\n where backend_type = 'client backend'\n group by 1, 2, 3, 4 order by 5 desc;"),
            ]);
        }

        if (consumers is null)
        {
            return null;
        }

        Mrkdwn title = $"Who holds the {Spoken.Sessions(consumers.Sessions)}";
        return new SlackMessage(title, [new SectionBlock($"*{title}*"), new RichTextBlock(Table(consumers))]);
    }

    private static string Table(ConnectionConsumers consumers)
    {
        var table = new TextTable("sessions", "idle", "in tx", "active", "longest idle", "application", "user", "database", "client");
        foreach (var group in consumers.Groups.Take(Rows))
        {
            table.Add(
                TextTable.Number(group.Count),
                TextTable.Number(group.Idle),
                TextTable.Number(group.IdleInTransaction),
                TextTable.Number(group.Active),
                group.OldestIdle is { } age ? Spoken.Duration(age) : "-",
                Name(group.Application),
                Name(group.User),
                Name(group.Database),
                Name(group.Client));
        }

        return consumers.Groups.Count > Rows ? $"{table}\n... and {consumers.Groups.Count - Rows} more groups" : table.ToString();
    }

    private static string Name(ForeignText text) => text.IsEmpty ? "-" : TextTable.Short(text.Value);
}
