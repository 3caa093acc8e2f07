using System.Globalization;
using ChatBot.Incidents.Evidence;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>What one look at a server showed beside who is there: what they do, who stands in whose way, what changed.</summary>
internal static class LookView
{
    /// <summary>More rows than this nobody reads on a phone; the evidence has all.</summary>
    private const int Rows = 6;

    /// <summary>Empty parts are left out.</summary>
    /// <param name="look">Null in evidence from before looks were kept: then there is nothing.</param>
    public static IEnumerable<Block> Blocks(ServerLook? look)
    {
        if (look is null)
        {
            yield break;
        }

        if (look.Since is { } since)
        {
            yield return new SectionBlock(Changes(since));
        }

        if (look.Statements.Count > 0)
        {
            yield return new SectionBlock($"What they do, or did last");
            yield return new RichTextBlock(Statements(look.Statements));
        }

        if (look.Blockers.Count > 0)
        {
            yield return new SectionBlock($"Who stands in whose way{Mrkdwn.Join(Mrkdwn.Empty, look.Blockers.Take(Rows).Select(blocker => (Mrkdwn)$"\n• {Of(blocker)}"))}");
        }
    }

    private static Mrkdwn Changes(SinceLook since)
    {
        var logins = since.Logins is { } count ? (Mrkdwn)$"; {Number(count)} logins" : Mrkdwn.Empty;
        var refused = since.Refusals is > 0 and var refusals ? (Mrkdwn)$"; {Number(refusals)} logins refused" : Mrkdwn.Empty;
        return $"In the {Spoken.Duration(since.Span)} between two looks: {since.Born} new sessions that stayed{logins}{refused}; {since.Unchanged} idle ones did nothing. {Churn(since)}";
    }

    // Who came and went again between two looks is seen by nobody but a server that counts logins.
    private static Mrkdwn Churn(SinceLook since) => since.Logins is null
        ? (Mrkdwn)$"That is at least {Rate(since.ChurnPerSecond)} new sessions a second; this server doesn't count logins, so short ones aren't seen."
        : $"That is {Rate(since.ChurnPerSecond)} new sessions a second.";

    private static string Statements(IReadOnlyList<StatementGroup> groups)
    {
        var table = new TextTable("sessions", "doing", "longest", "application", "statement");
        foreach (var group in groups.Take(Rows))
        {
            table.Add(
                TextTable.Number(group.Sessions),
                Of(group.Activity),
                Spoken.Duration(group.Longest),
                TextTable.Name(group.Application.IsEmpty ? group.User : group.Application),
                group.Statement.IsEmpty ? "-" : TextTable.Last(group.Statement.Value));
        }

        return groups.Count > Rows ? $"{table}\n... and {groups.Count - Rows} more groups" : table.ToString();
    }

    private static Mrkdwn Of(Blocker blocker)
    {
        var who = blocker.Application.IsEmpty ? blocker.User : blocker.Application;
        var name = who.IsEmpty ? (Mrkdwn)$"somebody" : Verbatim.Of(who);
        var since = blocker.InTransactionFor is { } age ? (Mrkdwn)$", in its transaction for {Spoken.Duration(age)}" : Mrkdwn.Empty;
        var safe = blocker.IsProtected ? (Mrkdwn)$"; protected, so I leave it alone" : Mrkdwn.Empty;
        var gate = blocker.Gate is { } waiting
            ? (Mrkdwn)$"; {waiting.Behind} of them only because {TextTable.Name(waiting.Application.IsEmpty ? waiting.User : waiting.Application)} waits for it first ({Number(waiting.Number)})"
            : Mrkdwn.Empty;
        return blocker.Activity is SessionActivity.Prepared
            ? (Mrkdwn)$"a prepared transaction of {name}{Called(blocker.Prepared)}: nobody is connected to it{since}; {blocker.Blocked} wait for it{gate}."
            : $"{name} ({Number(blocker.Number)}): {Of(blocker.Activity)}{since}; {blocker.Blocked} wait for it{gate}{safe}.";
    }

    private static Mrkdwn Called(ForeignText prepared) => prepared.IsEmpty ? Mrkdwn.Empty : (Mrkdwn)$", {Mrkdwn.Code(prepared.Value)}";

    private static string Of(SessionActivity activity) => activity switch
    {
        SessionActivity.Idle => "idle",
        SessionActivity.IdleInTransaction => "idle in tx",
        SessionActivity.Running => "running",
        SessionActivity.WaitingForLock => "waits for lock",
        SessionActivity.Prepared => "prepared",
        _ => "unknown",
    };

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Rate(double perSecond) => perSecond.ToString("0.#", CultureInfo.InvariantCulture);
}
