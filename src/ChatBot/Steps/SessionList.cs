using System.Text.Encodings.Web;
using System.Text.Json;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps;

/// <summary>The few sessions of a plan, one paragraph each: who it is, what it does, what is lost, and what became of it.</summary>
internal static class SessionList
{
    /// <summary>The longest list, as JSON. The rest of the message needs less than the 4,000 that are left.</summary>
    private const int LongestJson = 9_000;

    /// <summary>Of a statement's shape; its beginning tells most, and the pin holds the session, not its words.</summary>
    private const int LongestStatement = 160;

    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Without the names, and not whole, when they don't fit one message.</summary>
    /// <param name="about">How long it has been at it, and what ends with it; in our own words and numbers.</param>
    public static PlanDetails Of(IReadOnlyList<PinnedSession> sessions, PlanProgress progress, Func<Outcome, string> word, Func<PinnedSession, Mrkdwn> about)
    {
        var whole = Lines(withNames: true);
        return JsonSerializer.Serialize(whole.Select(line => line.ToString()), Unescaped).Length <= LongestJson
                && whole.All(line => line.Length <= SlackLimits.Text.Most)
            ? new PlanDetails(BlocksOf(whole), IsWhole: true)
            : new PlanDetails(BlocksOf(Lines(withNames: false)), IsWhole: false);

        Mrkdwn[] Lines(bool withNames) =>
        [
            .. sessions.Select((session, at) =>
                (Mrkdwn)$"• `{session.Pin.Number}`{(withNames ? Names(session) : Mrkdwn.Empty)}: {about(session)}{Became(progress, at, word)}{(withNames ? Statement(session) : Mrkdwn.Empty)}"),
        ];
    }

    /// <summary>" checkout-api, user checkout, database orders, from 10.0.0.7"</summary>
    public static Mrkdwn Names(PinnedSession session)
    {
        var database = session.Pin.Database.Length > 0 ? (Mrkdwn)$", database {Name(session.Pin.Database)}" : Mrkdwn.Empty;
        return $" {Application(session.Application)}, user {Name(session.Pin.User)}{database}, {(session.Client.IsEmpty ? (Mrkdwn)$"local" : $"from {Verbatim.Of(session.Client)}")}";
    }

    public static Mrkdwn Application(ForeignText application) => application.IsEmpty ? $"(no name)" : Verbatim.Of(application);

    /// <summary>The names of accounts and databases are the server's: pinned as they are, shown through the door.</summary>
    public static Mrkdwn Name(string raw) => ForeignText.From(raw, maxLength: 300) is { IsEmpty: false } name ? Verbatim.Of(name) : $"(no name)";

    /// <summary>"it has changed 37 rows and holds 3 locks": what a rollback takes back.</summary>
    public static Mrkdwn Work(OpenTransaction open)
    {
        var locks = open.Locks is { } held ? (Mrkdwn)$", and holds {Counted(held, "lock")}" : Mrkdwn.Empty;
        return open switch
        {
            { Rows: > 0 and var rows } => $"it has changed {Counted(rows, "row")}{locks}",
            { HasWritten: true } => $"it has written{locks}",
            { HasWritten: false } or { Rows: 0 } => $"it has written nothing{locks}",
            _ => $"whether it has written, the server doesn't say{locks}",
        };
    }

    /// <summary>", in a transaction that began 3 min ago; it has written": of a statement, what is around it. A statement alone is a transaction as well.</summary>
    public static Mrkdwn Around(PinnedSession session) =>
        session.Transaction is { } open && (open.HasWritten is true || open.OpenFor - session.For > TimeSpan.FromSeconds(1))
            ? $", in a transaction that began {Spoken.Duration(open.OpenFor)} ago; {Work(open)}"
            : Mrkdwn.Empty;

    public static Mrkdwn Code(ForeignText statement) => Mrkdwn.Code(Cut.To(LongestStatement, statement.Value));

    private static Mrkdwn Statement(PinnedSession session) => session.Statement.IsEmpty ? Mrkdwn.Empty : $"\n   {Code(session.Statement)}";

    private static Mrkdwn Became(PlanProgress progress, int at, Func<Outcome, string> word) => progress.Stage switch
    {
        PlanStage.Running or PlanStage.Finished when progress.Steps[at].Result is { } result => $" *{word(result.Outcome)}.*",
        _ => Mrkdwn.Empty,
    };

    private static string Counted(long count, string what) => count == 1 ? $"1 {what}" : FormattableString.Invariant($"{count} {what}s");

    /// <summary>As few blocks as Slack allows.</summary>
    private static List<Block> BlocksOf(Mrkdwn[] lines)
    {
        var blocks = new List<Block>();
        var text = lines[0];
        foreach (var line in lines.Skip(1))
        {
            if (text.Length + 1 + line.Length > SlackLimits.Text.Most)
            {
                blocks.Add(new SectionBlock(text));
                text = line;
            }
            else
            {
                text = $"{text}\n{line}";
            }
        }

        blocks.Add(new SectionBlock(text));
        return blocks;
    }
}
