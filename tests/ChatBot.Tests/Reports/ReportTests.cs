using System.Text;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Tests;
using ChatBot.Reports;
using ChatBot.Slack.BlockKit;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Reports;

/// <summary>
/// A report in full, and what it must be whatever happened. To change a wording: run with UPDATE_GOLDEN=1, then read the
/// difference as somebody would who wasn't there.
/// </summary>
public sealed class ReportTests
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "tests", "ChatBot.Tests", "Reports");

    [Fact]
    public void A_whole_incident_reads_as_agreed()
    {
        var story = Told.WholeStory();

        var (markdown, html) = ReportFiles.Write(Told.History(story.Events), Told.WholeSources(story));

        AssertGolden("golden-report.md", markdown);
        AssertGolden("golden-report.html", html);
    }

    [Fact]
    public void The_same_incident_gives_the_same_bytes()
    {
        var one = Told.WholeStory();
        var other = Told.WholeStory();

        Assert.Equal(
            ReportFiles.Write(Told.History(one.Events), Told.WholeSources(one)),
            ReportFiles.Write(Told.History(other.Events), Told.WholeSources(other)));
    }

    [Fact]
    public void Every_beginning_of_an_incident_can_be_reported()
    {
        var whole = Told.WholeStory();
        foreach (var length in Enumerable.Range(1, whole.Past.Count))
        {
            var (markdown, html) = ReportFiles.Write(Told.History(whole.Events.Take(length)), Told.Sources(new Story()));

            Assert.StartsWith("# Incident on orders-db, 2026-11-26\n", markdown, StringComparison.Ordinal);
            Assert.EndsWith("</html>\n", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_HTML_file_needs_and_runs_nothing()
    {
        var story = Told.WholeStory();

        var (_, html) = ReportFiles.Write(Told.History(story.Events), Told.WholeSources(story));

        Assert.All(
            ["src=", "href=", "url(", "@import", "http:", "https:", "//", "<script", "<link", "<iframe", "<form", "<object", "onload", "javascript"],
            forbidden => Assert.DoesNotContain(forbidden, html, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_decided_and_what_proves_it_is_in_the_report()
    {
        var story = Told.WholeStory();
        var plan = story.Plan!;

        var (markdown, _) = ReportFiles.Write(Told.History(story.Events), Told.WholeSources(story));

        Assert.Contains(Plan.HashOf(plan.ToBytes()), markdown, StringComparison.Ordinal);
        Assert.Contains("U0BORIS at the terminal", markdown, StringComparison.Ordinal);
        Assert.All(Enumerable.Range(1, 3), number =>
        {
            Assert.Contains(plan.Mitigation.PinOf(number).Replace('|', ' '), markdown, StringComparison.Ordinal);
            Assert.Contains(plan.IdempotencyKeyOf(number), markdown, StringComparison.Ordinal);
        });
        Assert.Contains(new string('c', 64), markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_the_approved_ones_prove_nothing()
    {
        var story = Told.WholeStory();
        var sources = Told.WholeSources(story);
        var forged = sources with
        {
            Plans = sources.Plans.ToDictionary(pair => pair.Key, pair => pair.Value with { Hash = new string('d', 64) }),
        };

        var (markdown, _) = ReportFiles.Write(Told.History(story.Events), forged);

        Assert.Contains("isn't the one that was approved", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain(story.Plan!.Mitigation.PinOf(1).Replace('|', ' '), markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Measurements_are_told_when_they_say_something_new()
    {
        var story = Deciding;
        foreach (var _ in Enumerable.Range(0, 100))
        {
            story.Then(new RecordUsage(Usage(90)));
        }

        var told = Told.History(story.Measure(95, 92, 91).Events).Lines.Select(line => line.Event).OfType<UsageMeasured>();

        Assert.Equal([93, 95, 91], told.Select(measured => measured.Usage.Used)); // the first, the fullest, the last
    }

    [Fact]
    public void A_press_that_brings_several_events_counts_once()
    {
        var story = Superseded; // Ana opens and asks; Carl asks anew, which withdraws hers

        Assert.Equal([(Ana, 2), (Carl, 1)], Told.History(story.Events).Presses.Select(pair => (pair.Key, pair.Value)));
    }

    [Theory]
    [InlineData("orders-db", "incident-orders-db-20261126-1200")]
    [InlineData("../../etc/cron.d/x", "incident--etc-cron-d-x-20261126-1200")]
    public void A_report_stays_in_its_folder_whatever_the_store_calls_the_target(string target, string name) =>
        Assert.Equal(name, ReportFiles.NameOf(Deciding.Incident with { Target = target }));

    [Fact]
    public void The_longest_incident_fits_one_file()
    {
        var (markdown, html) = ReportFiles.Write(Told.History(EndlessEvents()), EndlessSources());

        Assert.All([markdown, html], text => Assert.InRange(Encoding.UTF8.GetByteCount(text), 50_000, ReportFiles.MostBytes));
        Assert.Contains("lines are left out here", markdown, StringComparison.Ordinal);
        Assert.Contains("opened the incident", html, StringComparison.Ordinal);
        Assert.Contains("<strong>resolved</strong> the incident", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Thousands_of_plans_by_thousands_of_people_fit_one_file()
    {
        var (markdown, html) = ReportFiles.Write(Told.History(ManyPlans()), new ReportSources { LastHash = new string('c', 64) });

        Assert.All([markdown, html], text => Assert.InRange(Encoding.UTF8.GetByteCount(text), 50_000, ReportFiles.MostBytes));
        Assert.Contains("more plans are left out here", markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(150, true)] // more than its message in Slack takes
    [InlineData(250, false)]
    public void What_a_step_found_is_there_in_full_or_said_to_be_cut(int lines, bool isWhole)
    {
        var found = Enumerable.Range(1, lines).Select(line => $"line {line} {new string('x', 90)}").ToArray();
        var story = Deciding.Then(new RecordPageStep(ThePages.Pooler, 1, Names, []));
        var sources = Told.Sources(story) with { Evidence = new Dictionary<EvidenceId, ReportEvidence> { [Names] = new() { Found = [string.Join('\n', found)] } } };

        var (markdown, _) = ReportFiles.Write(Told.History(story.Events), sources);

        Assert.Equal(isWhole, found.All(line => markdown.Contains(line, StringComparison.Ordinal)));
        Assert.Equal(!isWhole, markdown.Contains("more than fits here; the rest is only in the store", StringComparison.Ordinal));
        Assert.True(found.Sum(line => line.Length) > SlackLimits.MessageJson.Most);
    }

    [Fact]
    public void What_hundreds_of_steps_found_fits_one_file()
    {
        var steps = Enumerable.Range(1, 500).Select(number => ThePages.Advises($"mitigation-3-{number}", Incidents.Runbooks.RunbookPhase.LongTerm)).ToArray();
        IEnumerable<IncidentEvent> events =
        [
            new IncidentOpened(TheIncident, Target, "PRODUCTION", Channel, Ana) { At = Noon },
            new PageChosen("long", new string('b', 64), steps) { At = Noon },
            .. steps.Select((step, at) => new PageStepAnswered(step.Id, 1, NewEvidenceId(at), []) { At = Noon }),
        ];
        var sources = new ReportSources
        {
            LastHash = new string('c', 64),
            Evidence = Enumerable.Range(0, 500).ToDictionary(NewEvidenceId, _ => new ReportEvidence { Found = [.. Enumerable.Repeat(new string('"', 1_000), 25)] }),
        };

        var (markdown, html) = ReportFiles.Write(Told.History(events), sources);

        Assert.All([markdown, html], text => Assert.InRange(Encoding.UTF8.GetByteCount(text), 50_000, ReportFiles.MostBytes));
        Assert.Contains("more than fits here; the rest is only in the store", markdown, StringComparison.Ordinal);
        Assert.Contains("what the other steps found doesn't fit here", markdown, StringComparison.Ordinal);
    }

    private static IEnumerable<IncidentEvent> ManyPlans()
    {
        yield return new IncidentOpened(TheIncident, Target, "PRODUCTION", Channel, Ana) { At = Noon };
        yield return new DiagnosisStarted(1, By: null) { At = Noon };
        yield return new DiagnosisConcluded { At = Noon };
        for (var number = 1; number <= 5_000; number++)
        {
            var (plan, by) = (NewPlanId(number), new Person("T0HOME", $"U0NUMBER{number}"));
            yield return new MitigationAsked(plan, EndIdleSessions.StoredName, by) { At = Noon };
            yield return new PlanProposed(plan, new string('e', 64), EndIdleSessions.StoredName, 1, by, 1, Noon) { At = Noon };
            yield return new ApprovalGiven(plan, Boris) { At = Noon };
            yield return new PlanApproved(plan) { At = Noon };
            yield return new StepIntended(plan, 1, "key", 1) { At = Noon };
            yield return new StepFinished(plan, 1, Outcome.Applied, "It is gone.") { At = Noon };
            yield return new MitigationFinished(plan) { At = Noon };
            yield return new ReliefMissing(After: null) { At = Noon };
        }
    }

    /// <summary>100,000 events on a page of 500 steps, with as many words as people may say.</summary>
    private static IEnumerable<IncidentEvent> EndlessEvents()
    {
        var steps = Enumerable.Range(1, 500).Select(number => ThePages.ByHand($"mitigation-3-{number}", Incidents.Runbooks.RunbookPhase.LongTerm)).ToArray();
        yield return new IncidentOpened(TheIncident, Target, "PRODUCTION", Channel, Ana) { At = Noon };
        yield return new PageChosen("long", new string('b', 64), steps) { At = Noon };
        yield return new DiagnosisStarted(1, By: null) { At = Noon };
        yield return new DiagnosisConcluded { At = Noon };
        for (var number = 0; number < 99_995; number++)
        {
            yield return new PageStepDone(steps[number % 500].Id, Boris, NewEvidenceId(number % 500)) { At = Noon.AddSeconds(number) };
        }

        yield return new IncidentResolved(Ana) { At = Noon.AddDays(2) };
    }

    private static ReportSources EndlessSources() => new()
    {
        LastHash = new string('c', 64),
        Page = Told.Page with
        {
            Impact = string.Join('\n', Enumerable.Repeat(new string('"', 400), 25)),
            Steps = [.. Enumerable.Range(1, 500).Select(number => new Incidents.Runbooks.RunbookStep($"mitigation-3-{number}", Incidents.Runbooks.RunbookPhase.LongTerm, $"3.{number}", new string('<', 200), 1))],
        },
        Evidence = Enumerable.Range(0, 500).ToDictionary(NewEvidenceId, _ => new ReportEvidence { Words = ForeignText.From(new string('"', 500), 500) }),
    };

    private static void AssertGolden(string file, string seen)
    {
        var kept = Path.Combine(Folder, file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(kept, seen);
        }

        Assert.Equal(File.ReadAllText(kept), seen);
    }
}
