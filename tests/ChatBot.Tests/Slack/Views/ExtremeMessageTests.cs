using System.Collections.Immutable;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Incidents.Tests;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack.Views;

/// <summary>Whatever a page says and whatever happens, every message fits what Slack takes: a <see cref="SlackMessage"/> that doesn't can't be made.</summary>
public class ExtremeMessageTests
{
    private const int Rounds = 100;

    /// <summary>Plain, escaped by Slack, escaped by JSON, outside the basic plane, markup, mentions, placeholders.</summary>
    private static readonly string[] Signs =
        ["a", "W", " ", "&", "<", ">", "\"", "\\", "`", "```", "*", "_", "漢", "😀", "\n", "\u202e", ":", "<!channel>", "<@U0EVIL>", "<password>", "<host>", "<service-name>"];

    private static readonly StepType[] Types =
    [
        StepType.ConnectionUsage,
        StepType.ConnectionConsumers,
        new("terminate-idle", StepWork.Changes, "ends") { Mitigation = EndIdleSessions.StoredName },
        new("advise-something", StepWork.Advises, "advises"),
        new("leak-logs", StepWork.Reads, "reads"),
        new("of-a-newer-version", StepWork.Changes, "changes") { Mitigation = "of-a-newer-version/1" },
    ];

    private static readonly Person[] People = [Ana, Boris, Carl, Dora];

    [Fact]
    public void Every_message_of_any_incident_on_any_page_fits()
    {
        var random = new Random(20261127);
        var drawn = new Dictionary<IncidentPart, int>();
        for (var round = 0; round < Rounds; round++)
        {
            var page = PageOf(random);
            var story = StoryOn(page, random);
            var context = Cards.Context(random.Next(4) == 0 ? TargetMode.Observe : TargetMode.Act, random.Next(5) > 0) with { Page = random.Next(10) == 0 ? null : page };
            Draw(story, context, random, drawn);
        }

        Assert.All([IncidentPart.Card, IncidentPart.Step, IncidentPart.Steps, IncidentPart.Plan], part => Assert.InRange(drawn.GetValueOrDefault(part), Rounds / 10, int.MaxValue));
    }

    [Fact]
    public void A_list_of_the_longest_failures_shows_as_many_as_fit_and_counts_the_rest()
    {
        var page = new Runbook("Long", new string('c', 64), "", "", [.. Enumerable.Range(1, 20).Select(number =>
            new RunbookStep($"step-{number}", RunbookPhase.ShortTerm, $"2.{number}", new string('"', 200), number)
            {
                Binding = new StepBinding(Types[3], ImmutableSortedDictionary<string, string>.Empty),
            })]);
        var story = On(ChosenPage.Of("long", page));
        foreach (var step in page.Steps)
        {
            story.Do(new RecordFailedPageStep(step.Id, 1, new string('<', 300)));
        }

        var list = SeenText.Of(StepListView.Render(story.Incident, RunbookPhase.ShortTerm, Cards.Context() with { Page = page }));

        Assert.InRange(SeenText.Buttons(StepListView.Render(story.Incident, RunbookPhase.ShortTerm, Cards.Context() with { Page = page })!).Count, 4, 14);
        Assert.Matches(@"\(1[0-9] more come as these are done or skipped\.\)", list);
    }

    private static void Draw(Story story, ViewContext context, Random random, Dictionary<IncidentPart, int> drawn)
    {
        var incident = story.Incident;
        var holders = random.Next(4) == 0 ? null : Holders(random);
        foreach (var part in IncidentDrawing.PartsOf(incident))
        {
            var message = part.Part switch
            {
                IncidentPart.Card => IncidentCardView.Render(incident, holders, ForeignText.From(Words(random, 400), 300), context),
                IncidentPart.Step => StepView.Render(incident, story.Step(part.Step!), WordsOf(part.Step!, holders, context, random), context),
                IncidentPart.Steps => StepListView.Render(incident, part.Phase!.Value, context),
                _ => part.Plan == story.Plan?.Id ? Cards.Plan(story, context) : null,
            };
            if (message is not null)
            {
                drawn[part.Part] = drawn.GetValueOrDefault(part.Part) + 1;
                Assert.InRange(message.Blocks.Count, 1, SlackLimits.MessageBlocks.Most);
                Assert.DoesNotContain("<!channel>", SeenText.Markup(message), StringComparison.Ordinal);
                Assert.DoesNotContain("<@U0EVIL>", SeenText.Markup(message), StringComparison.Ordinal);
            }
        }
    }

    private static StepWords WordsOf(string id, ConnectionConsumers? holders, ViewContext context, Random random) => new(
        context.Page?.Find(id),
        random.Next(2) == 0 ? null : [.. Enumerable.Range(0, random.Next(60)).Select(_ => (Mrkdwn)$"{Words(random, random.Next(900))}")],
        holders,
        random.Next(2) == 0 ? null : ForeignText.From(Words(random, 600), 500),
        new PlaceholderValues(Words(random, 255), 5432, Words(random, 63), Words(random, 63), random.Next(2) == 0 ? null : Words(random, 63), null));

    private static Story StoryOn(Runbook page, Random random)
    {
        var story = On(ChosenPage.Of("extreme", page));
        for (var move = random.Next(60); move > 0; move--)
        {
            var command = CommandFor(story, random);
            var facts = Facts(named: Standing.Member, changing: random.Next(8) == 0 ? TheOtherChange : null);
            if (story.Later(TimeSpan.FromSeconds(random.Next(90))).Try(command, facts) is Decision.Accepted accepted)
            {
                story.Take(accepted);
            }
        }

        return story;
    }

    private static IncidentCommand CommandFor(Story story, Random random)
    {
        var incident = story.Incident;
        var step = incident.Steps.IsEmpty ? "none" : incident.Steps[random.Next(incident.Steps.Length)].Id;
        var changing = incident.Steps.FirstOrDefault(one => one.Step.Mitigation == EndIdleSessions.StoredName)?.Id ?? step;
        var by = People[random.Next(People.Length)];
        var plan = incident.Plan?.Id ?? ThePlan;
        EvidenceId? note = random.Next(2) == 0 ? null : Names;
        return random.Next(19) switch
        {
            0 or 1 => new RecordUsage(Usage(random.Next(98), refused: random.Next(3))),
            2 => new RecordMissingUsage(Words(random, 300)),
            3 or 4 => new RecordConsumers(Names, 1_000_000, random.Next(1_000_000)),
            5 => new RecordMissingConsumers(Words(random, 300)),
            6 => new TakePageStepByHand(step, by),
            7 => new FinishPageStep(step, by, note),
            8 => new SkipPageStep(step, by, note),
            9 => new RunPageStep(step, by),
            10 => new RecordPageStep(step, incident.FindStep(step)?.Attempt ?? 1, Names, []),
            11 => new RecordFailedPageStep(step, incident.FindStep(step)?.Attempt ?? 1, Words(random, 300)),
            12 => new AssignFollowUp(step, by, null, by),
            13 or 14 => new AskForMitigation(new PlanId(Guid.NewGuid()), random.Next(3) == 0 ? step : changing, by),
            15 => random.Next(4) == 0 ? new RecordImpossiblePlan(plan, Words(random, 300)) : new ProposePlan(plan, EndIdle(random.Next(1, 51))),
            16 => new ApprovePlan(plan, by),
            17 => incident.Plan is { NextStep: { } next } ? new RecordOutcome(plan, next, new StepResult((Outcome)random.Next(6), Words(random, 200))) : new AssignIncident(by, by),
            _ => random.Next(10) == 0 ? new AbortIncident(by, note) : new ResolveIncident(by),
        };
    }

    private static Runbook PageOf(Random random)
    {
        var count = random.Next(5) switch { 0 => RunbookPage.MostSteps, 1 => random.Next(1, 4), _ => random.Next(4, 60) };
        return new Runbook(Words(random, 200), new string('c', 64), "", "", [.. Enumerable.Range(1, count).Select(number => StepOf(number, random))]);
    }

    private static RunbookStep StepOf(int number, Random random)
    {
        var type = random.Next(3) == 0 ? null : Types[random.Next(Types.Length)];
        var phase = type is { IsEssential: true } ? RunbookPhase.Diagnosis : type?.Mitigation is null ? (RunbookPhase)random.Next(4) : RunbookPhase.Immediate;
        return new RunbookStep($"step-{number}-{new string('x', random.Next(48))}", phase, $"{number}.{number}.{number}.{number}.{number}.{number}", Words(random, 200), number)
        {
            Text = random.Next(2) == 0 ? "" : Words(random, random.Next(RunbookPage.LongestText)),
            Commands = [.. Enumerable.Range(0, random.Next(4) == 0 ? random.Next(80) : random.Next(3)).Select(_ => new CommandBlock("bash", Words(random, random.Next(10) == 0 ? 20_000 : random.Next(3_100))))],
            Binding = type is null ? null : new StepBinding(type, ImmutableSortedDictionary<string, string>.Empty),
        };
    }

    private static ConnectionConsumers Holders(Random random) => Cards.Consumers with
    {
        Groups =
        [
            .. Enumerable.Range(0, random.Next(51)).Select(_ => Cards.Consumers.Groups[0] with
            {
                Application = Name(random), User = Name(random), Database = Name(random), Client = Name(random), Count = random.Next(1_000_000),
            }),
        ],
    };

    private static ForeignText Name(Random random) => ForeignText.From(Words(random, 63), 63);

    /// <summary>At most so long: one sign again and again, or a mixture.</summary>
    private static string Words(Random random, int most)
    {
        var length = random.Next(3) == 0 ? most : random.Next(most + 1);
        var one = random.Next(2) == 0 ? Signs[random.Next(Signs.Length)] : null;
        var words = new System.Text.StringBuilder();
        while (words.Length < length)
        {
            words.Append(one ?? Signs[random.Next(Signs.Length)]);
        }

        words.Length = length;
        return words.ToString();
    }
}
