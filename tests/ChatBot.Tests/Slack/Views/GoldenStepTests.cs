using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Runbooks;
using ChatBot.Incidents.Tests;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack.Views;

/// <summary>The steps of the page in the thread, one by one and as lists.</summary>
public class GoldenStepTests
{
    private const string NoAnswer = "orders-db gave no answer within 5 s.";

    private static readonly IReadOnlyList<Mrkdwn> Advice = [(Mrkdwn)$"*3 services open a connection for every piece of work.*", (Mrkdwn)$"checkout-api: 41 began in 5 s, half of them lived less than 1 s."];

    private static Story Advised => Deciding.Do(new RecordPageStep(ThePages.Pooler, 1, Names, [NewEvidenceId(1)]));

    private static Story Taken => Deciding.Do(new TakePageStepByHand(ThePages.Restart, Boris));

    private static Story Ended => Stabilized.Do(new AssignFollowUp(ThePages.Practices, Boris, Noon.AddDays(3), Boris)).Do(new TakePageStepByHand(ThePages.Practices, Boris)).Do(new ResolveIncident(Ana));

    private static Story HalfDone => Stabilized.Do(new AssignFollowUp(ThePages.Practices, Boris, Noon.AddDays(3), Boris)).Do(new FinishPageStep(ThePages.Alerts, Carl, Note: null));

    [Fact]
    public void A_step_that_the_bot_takes_reads_as_agreed() => Golden.AssertSame("golden-steps.txt",
    [
        ("usage, running", Seen(Diagnosing, ThePages.Usage)),
        ("usage, answered", Seen(Deciding, ThePages.Usage)),
        ("usage, its login refused", Seen(Diagnosing.Do(new RecordUsage(Usage(97, refused: 2))), ThePages.Usage)),
        ("usage, to a blind role", Seen(Diagnosing.Do(new RecordUsage(Usage(93) with { SeesEverything = false })), ThePages.Usage)),
        ("usage, to a MySQL account that sees only the count", Seen(
            Diagnosing.Do(new RecordUsage(Usage(93) with { SeesEverything = false, Server = TheServer with { Product = "MySQL" } })), ThePages.Usage)),
        ("usage, failed", Seen(Diagnosing.Do(new RecordMissingUsage(NoAnswer)), ThePages.Usage)),
        ("usage, failed after an answer", Seen(Deciding.Later(ThePolicy.SampleEvery).Do(new RecordMissingUsage(NoAnswer)), ThePages.Usage)),
        ("usage, by hand", Seen(Deciding.Do(new TakePageStepByHand(ThePages.Usage, Boris)), ThePages.Usage)),
        ("consumers, running", Seen(Diagnosing, ThePages.Consumers)),
        ("consumers, answered", Seen(Deciding, ThePages.Consumers)),
        ("consumers, nobody", Seen(Deciding, ThePages.Consumers, consumers: Cards.Nobody)),
        ("consumers, many", Seen(Deciding, ThePages.Consumers, consumers: Cards.Consumers with { Groups = [.. Enumerable.Repeat(Cards.Consumers.Groups[0], 50)] })),
        ("consumers, failed", Seen(Diagnosing.Do(new RecordMissingConsumers(NoAnswer)), ThePages.Consumers)),
        ("consumers, failed after an answer", Seen(Deciding.Later(ThePolicy.ConsumersEvery).Do(new RecordMissingConsumers(NoAnswer)), ThePages.Consumers)),
        ("consumers, running again", Seen(Deciding.Later(ThePolicy.ConsumersEvery).Do(new RunDiagnosisAgain(Ana)), ThePages.Consumers)),
        ("consumers, by hand", Seen(Deciding.Do(new TakePageStepByHand(ThePages.Consumers, Boris)), ThePages.Consumers)),
        ("advice, running", Seen(Deciding, ThePages.Pooler)),
        ("advice, answered", Seen(Advised, ThePages.Pooler, found: Advice)),
        ("advice, answered in words that nobody can draw", Seen(Advised, ThePages.Pooler)),
        ("advice, running again", Seen(Advised.Later(TimeSpan.FromMinutes(5)).Do(new RunPageStep(ThePages.Pooler, Boris)), ThePages.Pooler, found: Advice)),
        ("advice, too much of it", Seen(Advised, ThePages.Pooler, found: [.. Enumerable.Repeat(Advice[1], 60)])),
        ("advice, timed out", Seen(Deciding.Do(new RecordFailedPageStep(ThePages.Pooler, 1, "It took longer than 1m, so I stopped waiting.")), ThePages.Pooler)),
        ("advice, cut off by the end", Seen(Deciding.Do(new AbortIncident(Ana, Reason: null)), ThePages.Pooler)),
        ("change, by hand", Seen(Deciding.Do(new TakePageStepByHand(ThePages.EndIdle, Boris)), ThePages.EndIdle)),
        ("change, by hand, then planned", Seen(Cards.Stories["taken by hand, then planned"](), ThePages.EndIdle)),
        ("on a page that can't be read", Seen(Deciding, ThePages.Pooler, Cards.Context() with { Page = null })),
    ]);

    [Fact]
    public void A_step_that_people_take_reads_as_agreed()
    {
        Golden.AssertSame("golden-steps-by-hand.txt",
        [
            ("waiting", Seen(Diagnosing, ThePages.Manual)),
            ("waiting, without words", Seen(Diagnosing, "diagnosis-4")),
            ("waiting, on a target without services", Seen(Diagnosing, ThePages.Manual, values: Cards.Values with { Service = null, Namespace = null })),
            ("waiting, on a page that can't be read", Seen(Diagnosing, ThePages.Manual, Cards.Context() with { Page = null })),
            ("somebody is at it", Seen(Taken, ThePages.Restart)),
            ("with values that no shell may read", Seen(Taken, ThePages.Restart, values: Cards.Values with { Service = "$(reboot)", Namespace = "-o yaml", Host = "db'; DROP", User = "a b" })),
            ("done", Seen(Taken.Do(new FinishPageStep(ThePages.Restart, Carl, Note: null)), ThePages.Restart)),
            ("done, with words", Seen(Taken.Do(new FinishPageStep(ThePages.Restart, Carl, Names)), ThePages.Restart, note: "3 pods, all ready; *slots* fall")),
            ("skipped", Seen(Deciding.Do(new SkipPageStep(ThePages.Manual, Carl, Note: null)), ThePages.Manual)),
            ("skipped, with words", Seen(Deciding.Do(new SkipPageStep(ThePages.Manual, Carl, Names)), ThePages.Manual, note: "no logs here since the move")),
            ("followed up", Seen(Deciding.Do(new AssignFollowUp(ThePages.Practices, Boris, Noon.AddDays(3), Boris)).Do(new TakePageStepByHand(ThePages.Practices, Boris)), ThePages.Practices)),
            ("followed up, the incident over", Seen(Ended, ThePages.Practices)),
            ("followed up, done after the incident", Seen(Ended.Later(TimeSpan.FromDays(2)).Do(new FinishPageStep(ThePages.Practices, Boris, Names)), ThePages.Practices, note: "PR merged")),
            ("waiting, the incident over", Seen(Ended, ThePages.Manual)),
        ]);
    }

    [Fact]
    public void The_lists_of_steps_read_as_agreed()
    {
        var many = Many(200);
        Golden.AssertSame("golden-lists.txt",
        [
            .. from phase in new[] { RunbookPhase.Diagnosis, RunbookPhase.Immediate, RunbookPhase.ShortTerm, RunbookPhase.LongTerm }
               select ($"deciding, {phase}", Listed(Deciding, phase)),
            ("deciding, nothing endable", Listed(Cards.Stories["deciding, nothing endable"](), RunbookPhase.Immediate)),
            ("deciding, observed", Listed(Deciding, RunbookPhase.Immediate, Cards.Contexts["observe"])),
            ("deciding, nobody may approve", Listed(Deciding, RunbookPhase.Immediate, Cards.Contexts["nobody may approve"])),
            ("drawing up", Listed(DrawingUp, RunbookPhase.Immediate)),
            ("a plan waits", Listed(AwaitingApproval, RunbookPhase.Immediate)),
            ("a plan waits, another request for its turn", Listed(Cards.TwoPlans, RunbookPhase.Immediate)),
            ("a plan runs", Listed(Executing.Begin(1), RunbookPhase.Immediate)),
            ("a plan ran", Listed(Stabilized, RunbookPhase.Immediate)),
            ("somebody is at it", Listed(Taken, RunbookPhase.Immediate)),
            ("advice came", Listed(Advised, RunbookPhase.ShortTerm)),
            ("advice failed", Listed(Deciding.Do(new RecordFailedPageStep(ThePages.Pooler, 1, NoAnswer)), RunbookPhase.ShortTerm)),
            ("followed up", Listed(HalfDone, RunbookPhase.LongTerm)),
            ("resolved", Listed(HalfDone.Do(new ResolveIncident(Ana)), RunbookPhase.LongTerm)),
            ("resolved, immediate", Listed(HalfDone.Do(new ResolveIncident(Ana)), RunbookPhase.Immediate)),
            ("all done", Listed(Cards.Stories["all steps done by hand"](), RunbookPhase.Immediate)),
            ("on a page that can't be read", Listed(Deciding, RunbookPhase.Immediate, Cards.Context() with { Page = null })),
            ("200 steps", SeenText.Of(StepListView.Render(many.Story.Incident, RunbookPhase.Diagnosis, many.Context))),
        ]);
    }

    [Fact]
    public void The_page_that_these_tests_show_is_the_page_of_the_core()
    {
        var steps = CardPage.Standard.Steps.Where(step => step.Id != ThePages.Another).Select(PageStep.Of);

        Assert.Equal(ThePages.Standard.Steps, steps);
    }

    private static (Story Story, ViewContext Context) Many(int steps)
    {
        var lines = string.Join('\n', Enumerable.Range(1, steps).Select(number => $"{number}. Look at shard {number}"));
        var page = CardPage.Read($"# Many\n\n## Diagnosis\n\n{lines}\n\n## Mitigation\n\n1. Immediate actions:\n   - Act\n");
        return (On(ChosenPage.Of("many", page)), Cards.Context() with { Page = page });
    }

    private static string Listed(Story story, RunbookPhase phase, ViewContext? context = null) =>
        story.Incident.HasList(phase) ? SeenText.Of(StepListView.Render(story.Incident, phase, context ?? Cards.Context())) : "(no list)\n";

    private static string Seen(
        Story story,
        string id,
        ViewContext? context = null,
        IReadOnlyList<Mrkdwn>? found = null,
        string? note = null,
        ConnectionConsumers? consumers = null,
        PlaceholderValues? values = null)
    {
        Assert.True(story.Incident.HasMessage(story.Step(id)), $"{id} has no message.");
        var message = Cards.Step(story, id, context, found, note, consumers, values);
        return $"[[ {message.Text} ]]\n{SeenText.Of(message)}";
    }
}
