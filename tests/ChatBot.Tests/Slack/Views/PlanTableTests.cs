using System.Globalization;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack.Views;

/// <summary>An approver sees every session of a plan with all that tells it apart, or can't approve it.</summary>
public class PlanTableTests
{
    /// <summary>PostgreSQL's limit for a name.</summary>
    private const int LongestName = 63;

    /// <summary>Plain, wide, escaped by JSON, escaped by Slack, and outside the basic plane.</summary>
    private static readonly string[] Signs = ["a", "W", "-", "\"", "\\", "&", "<", "ü", "漢", "😀", "*", "`"];

    [Fact]
    public void Every_session_is_shown_in_full_or_nobody_can_approve()
    {
        var random = new Random(20261126);
        var (whole, cut) = (0, 0);
        for (var round = 0; round < 200; round++)
        {
            var end = Plan(random);
            var story = DrawingUp.Do(new ProposePlan(ThePlan, end));
            var message = Cards.Plan(story)!;
            var mayApprove = SeenText.Buttons(message).Any(button => (string)button["action_id"]! == ButtonIds.Approve);
            AssertShown(end, message, names: mayApprove);
            _ = mayApprove ? whole++ : cut++;
            if (!mayApprove)
            {
                Assert.Contains("nobody can read and approve it", SeenText.Of(message), StringComparison.Ordinal);
                continue;
            }

            story.Do(new ApprovePlan(ThePlan, Boris));
            for (var step = 1; step <= end.Steps; step++)
            {
                story.Do(new RecordOutcome(ThePlan, step, new StepResult(Outcome.Superseded, "The server restarted meanwhile, so the plan means nothing any more.")));
            }

            Assert.Equal(end.Steps, SeenText.Rows(Cards.Plan(story)!).Count(row => row.EndsWith("server restarted: nothing done", StringComparison.Ordinal)));
        }

        Assert.InRange(whole, 50, 199);
        Assert.InRange(cut, 1, 150);
    }

    [Fact]
    public void Fifty_sessions_of_one_service_with_the_longest_names_can_be_approved()
    {
        var sessions = Enumerable.Range(0, 50).Select(number => Session(
            number, $"checkout-api-{number:D50}"[..LongestName], new string('u', LongestName), new string('d', LongestName), "255.255.255.255"));
        var message = Cards.Plan(DrawingUp.Do(new ProposePlan(ThePlan, new EndIdleSessions(Server, ThePolicy.IdleFor, [.. sessions], More: 100))))!;

        Assert.Contains(SeenText.Buttons(message), button => (string)button["action_id"]! == ButtonIds.Approve);
    }

    [Fact]
    public void The_header_stands_once_and_what_all_share_stands_above()
    {
        var message = Cards.Plan(DrawingUp.Do(new ProposePlan(ThePlan, EndIdle(50))))!;
        var rows = SeenText.Rows(message);

        Assert.Equal(51, rows.Count);
        Assert.Single(rows, row => row.StartsWith("pid", StringComparison.Ordinal));
        Assert.DoesNotContain(rows, row => row.Contains("checkout", StringComparison.Ordinal));
        Assert.Contains("All of them: application checkout-api, user checkout, database orders.", SeenText.Of(message), StringComparison.Ordinal);
        Assert.All(rows, row => Assert.InRange(row.Length, 1, 41)); // a phone
    }

    [Fact]
    public void Two_names_that_differ_in_their_last_letter_are_told_apart()
    {
        var name = new string('n', LongestName - 1);
        var end = new EndIdleSessions(
            Server, ThePolicy.IdleFor, [Session(0, $"{name}a", "u", "d", "10.0.0.1"), Session(1, $"{name}b", "u", "d", "10.0.0.1")], More: 0);
        var rows = SeenText.Rows(Cards.Plan(DrawingUp.Do(new ProposePlan(ThePlan, end)))!);

        Assert.EndsWith($"{name}a", rows[1], StringComparison.Ordinal);
        Assert.EndsWith($"{name}b", rows[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_words_of_the_settings_fit_as_well()
    {
        var story = DrawingUp.Do(new ProposePlan(ThePlan, EndIdle(50)));
        var plan = story.Plan! with { Target = new string('t', 63), Environment = new string('E', 40) };
        var context = Cards.Context() with { Approvers = [.. Enumerable.Range(0, 50).Select(number => $"S{number:D30}")] };

        var message = PlanView.Render(plan, story.Incident.Plan!, story.Incident, context);
        Assert.Contains($"on {plan.Target}, {plan.Environment}", message.Text.ToString(), StringComparison.Ordinal);
        Assert.Contains("and 44 more", SeenText.Of(message), StringComparison.Ordinal);
    }

    private static void AssertShown(EndIdleSessions end, SlackMessage message, bool names)
    {
        var (rows, all) = (SeenText.Rows(message).Skip(1).ToList(), SeenText.Of(message));
        Assert.Equal(end.Sessions.Count, rows.Count);
        foreach (var (session, row) in end.Sessions.Zip(rows))
        {
            Assert.StartsWith(session.Pin.Number.ToString(CultureInfo.InvariantCulture) + " ", row, StringComparison.Ordinal);
            Assert.Contains(((PostgreSqlPin)session.Pin).StartedAt.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture), row, StringComparison.Ordinal);
            Assert.Contains(Spoken.Duration(session.For), row, StringComparison.Ordinal);
            if (names)
            {
                foreach (var name in new[] { session.Application, ForeignText.From(session.Pin.User, 63), ForeignText.From(session.Pin.Database, 63), session.Client })
                {
                    Assert.True(
                        row.Contains(name.Value, StringComparison.Ordinal) || all.Contains(Verbatim.Of(name).ToString(), StringComparison.Ordinal),
                        $"{name.Value} is missing.");
                }
            }
        }
    }

    private static EndIdleSessions Plan(Random random)
    {
        var (applications, users, databases) = (Names(random), Names(random), Names(random));
        var sessions = Enumerable.Range(0, random.Next(1, 51)).Select(number =>
            Session(number, Pick(applications), Pick(users), Pick(databases), random.Next(3) == 0 ? "" : $"10.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}"));
        return new EndIdleSessions(Server, ThePolicy.IdleFor, [.. sessions], More: random.Next(1_000));

        string Pick(string[] names) => names[random.Next(names.Length)];
    }

    private static string[] Names(Random random)
    {
        var longest = random.Next(2) == 0 ? LongestName : 12;
        var signs = random.Next(3) == 0 ? Signs : ["a", "b", "-"];
        return [.. Enumerable.Range(0, random.Next(1, 50)).Select(_ => string.Concat(
            Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => signs[random.Next(signs.Length)])))];
    }

    private static PinnedSession Session(int number, string application, string user, string database, string client) => new(
        new PostgreSqlPin(4_000_000 + number, Noon.AddHours(-2).AddSeconds(number), Noon.AddHours(-1), TransactionStartedAt: null, user, database),
        ForeignText.From(application, LongestName),
        ForeignText.From(client, LongestName),
        TimeSpan.FromMinutes(600 - number));
}
