using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps;

/// <summary>The idle sessions of a plan, which are its first steps, every one of them. What all share stands above the table: a phone shows 40 columns.</summary>
internal static class SessionTable
{
    /// <summary>The longest table, as JSON. The rest of the message needs less than the 4,000 that are left.</summary>
    private const int LongestJson = 9_000;

    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Without the names, and not whole, when they don't fit one message.</summary>
    public static PlanDetails Of(IReadOnlyList<PinnedSession> sessions, PlanProgress progress, Func<Outcome, string> word)
    {
        List<Column> names =
        [
            new("application", [.. sessions.Select(session => Shown(session.Application, "-"))]),
            new("user", [.. sessions.Select(session => Shown(Clean(session.Pin.User), "-"))]),
            new("database", [.. sessions.Select(session => Shown(Clean(session.Pin.Database), "-"))]),
        ];
        var shared = names.Where(column => column.Cells.Distinct(StringComparer.Ordinal).Count() == 1).ToArray();
        var client = new Column("client", [.. sessions.Select(session => Shown(session.Client, "local"))]);

        var lines = LinesOf(sessions, progress, word, [client, .. names.Except(shared)]);
        if (JsonSerializer.Serialize(lines, Unescaped).Length > LongestJson)
        {
            return new PlanDetails(BlocksOf(LinesOf(sessions, progress, word, [])), IsWhole: false);
        }

        if (shared.Length == 0)
        {
            return new PlanDetails(BlocksOf(lines), IsWhole: true);
        }

        var above = Mrkdwn.Join($", ", shared.Select(column => (Mrkdwn)$"{column.Header} {Verbatim.Of(Clean(column.Cells[0]))}"));
        return new PlanDetails([new SectionBlock($"All of them: {above}."), .. BlocksOf(lines)], IsWhole: true);
    }

    private static IReadOnlyList<string> LinesOf(IReadOnlyList<PinnedSession> sessions, PlanProgress progress, Func<Outcome, string> word, IReadOnlyList<Column> names)
    {
        var became = progress.Stage is PlanStage.Running or PlanStage.Finished;
        var pins = sessions.Select(session => session.Pin).ToArray();

        // A pid alone names no session; MySQL and MariaDB give a number only once.
        Column[] pinned = pins.All(pin => pin is PostgreSqlPin)
            ? [new("pid", [.. pins.Select(NumberOf)]), new("started (UTC)", [.. pins.Cast<PostgreSqlPin>().Select(StartOf)])]
            : [new("id", [.. pins.Select(NumberOf)])];
        var table = new TextTable([.. pinned.Select(column => column.Header), "idle", .. names.Select(column => column.Header), .. became ? ["became"] : Array.Empty<string>()]);
        for (var at = 0; at < sessions.Count; at++)
        {
            var row = at;
            table.Add(
            [
                .. pinned.Select(column => column.Cells[row]),
                Spoken.Duration(sessions[at].For),
                .. names.Select(column => column.Cells[row]),
                .. became ? [progress.Steps[at].Result is { } result ? word(result.Outcome) : "-"] : Array.Empty<string>(),
            ]);
        }

        return table.Lines();
    }

    /// <summary>As few blocks as Slack allows; the header stands once.</summary>
    private static List<Block> BlocksOf(IReadOnlyList<string> lines)
    {
        var blocks = new List<Block>();
        var text = lines[0];
        foreach (var line in lines.Skip(1))
        {
            if (text.Length + 1 + line.Length > SlackLimits.Text.Most)
            {
                blocks.Add(new RichTextBlock(text));
                text = line;
            }
            else
            {
                text = $"{text}\n{line}";
            }
        }

        blocks.Add(new RichTextBlock(text));
        return blocks;
    }

    private static string NumberOf(SessionPin pin) => TextTable.Number(pin.Number);

    private static string StartOf(PostgreSqlPin pin) => pin.StartedAt.UtcDateTime.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    // Names of roles and databases are the server's: pinned as they are, shown through the door.
    private static ForeignText Clean(string raw) => ForeignText.From(raw, 63);

    private static string Shown(ForeignText text, string ifEmpty) => text.IsEmpty ? ifEmpty : text.Value;

    private sealed record Column(string Header, IReadOnlyList<string> Cells);
}
