using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

public sealed class DiagnosisTests
{
    private static readonly RecordUsage UsageKnown = new(Usage(93));
    private static readonly RecordMissingUsage UsageUnknown = new("The target gave no answer within 2 s.");
    private static readonly RecordConsumers ConsumersKnown = new(Names, Sessions: 92, Endable: 60);
    private static readonly RecordMissingConsumers ConsumersUnknown = new("The target gave no answer within 2 s.");

    public static readonly TheoryDataRow<IncidentCommand, IncidentCommand>[] Answers =
    [
        new(UsageKnown, ConsumersKnown),
        new(ConsumersKnown, UsageKnown),
        new(UsageUnknown, ConsumersKnown),
        new(ConsumersKnown, UsageUnknown),
        new(UsageKnown, ConsumersUnknown),
        new(ConsumersUnknown, UsageKnown),
        new(UsageUnknown, ConsumersUnknown),
        new(ConsumersUnknown, UsageUnknown),
    ];

    [Theory]
    [MemberData(nameof(Answers))]
    public void Two_answers_are_enough_to_choose_in_any_order_and_also_when_missing(IncidentCommand first, IncidentCommand second)
    {
        var story = Diagnosing.Do(first);
        Assert.Equal(IncidentState.Diagnosing, story.Incident.State);
        Assert.Single(story.Latest);

        story.Do(second);

        Assert.Equal(IncidentState.Deciding, story.Incident.State);
        Assert.Equal(new DiagnosisConcluded { At = Noon }, story.Latest[^1]);
    }

    [Fact]
    public void What_is_missing_keeps_its_first_moment_and_its_latest_reason()
    {
        var story = Deciding.Do(UsageUnknown).Later(TimeSpan.FromSeconds(10)).Do(new RecordMissingUsage("The password is wrong."));
        Assert.Equal(new MissingAnswer(Noon, "The password is wrong."), story.Incident.UsageMissing);

        story.Do(UsageKnown);

        Assert.Null(story.Incident.UsageMissing);
    }

    [Fact]
    public void When_a_silent_target_answers_the_diagnosis_runs_again_by_itself_once()
    {
        var story = Diagnosing.Do(UsageUnknown).Do(ConsumersUnknown).Later(ThePolicy.SampleEvery).Do(UsageKnown);
        Assert.Equal(new DiagnosisStarted(Run: 2, By: null) { At = Noon + ThePolicy.SampleEvery }, story.Latest[^1]);
        Assert.Equal(IncidentState.Diagnosing, story.Incident.State);

        story.Do(UsageKnown).Do(ConsumersKnown);

        Assert.Equal((IncidentState.Deciding, 2), (story.Incident.State, story.Incident.Run));
        Assert.Null(story.Incident.ConsumersMissing);
    }

    [Fact]
    public void A_question_that_fails_on_a_target_that_answers_is_not_asked_again_by_itself()
    {
        var story = Diagnosing.Do(UsageKnown).Do(ConsumersUnknown).Measure(93, 93, 93);

        Assert.Equal((IncidentState.Deciding, 1), (story.Incident.State, story.Incident.Run));
    }

    [Fact]
    public void A_person_can_run_it_again()
    {
        var story = Deciding.Do(new RunDiagnosisAgain(Carl));

        Assert.Equal([new DiagnosisStarted(Run: 2, Carl) { At = Noon }], story.Latest);
        Assert.True(story.Incident.IsPending);
        Assert.Equal(IncidentState.Diagnosing, story.Do(ConsumersKnown).Incident.State);
        Assert.Equal(IncidentState.Deciding, story.Do(UsageKnown).Incident.State);
    }

    [Fact]
    public void Results_after_the_end_change_nothing()
    {
        foreach (var ended in (Story[])[Resolved, Aborted])
        {
            ended.AssertNothing(UsageKnown);
            ended.AssertNothing(UsageUnknown);
            ended.AssertNothing(ConsumersKnown);
            ended.AssertNothing(ConsumersUnknown);
            ended.AssertNothing(new ExpirePlan(ThePlan));
            ended.AssertNothing(new RecordImpossiblePlan(ThePlan, "No answer."));
        }
    }

    [Fact]
    public void Only_the_latest_240_measurements_are_kept()
    {
        var story = Deciding.Measure([.. Enumerable.Range(0, 300)]);

        Assert.Equal(Enumerable.Range(60, 240), story.Incident.Samples.Select(sample => sample.Usage.Used));
    }

    [Fact]
    public void A_minute_of_silence_is_not_a_minute_of_relief()
    {
        var story = Verifying.Measure(40).Later(TimeSpan.FromSeconds(30)).Do(UsageUnknown).Later(TimeSpan.FromSeconds(30)).Measure(40);
        Assert.Equal(IncidentState.Verifying, story.Incident.State);

        story.Later(ThePolicy.ReliefAfter).Measure(40);

        Assert.Equal(IncidentState.Stabilized, story.Incident.State);
    }

    [Fact]
    public void A_target_that_stays_silent_after_the_change_leads_back_to_the_choice()
    {
        var story = Verifying.Later((3 * ThePolicy.ReliefAfter) - TimeSpan.FromTicks(1)).Do(UsageUnknown);
        Assert.Equal(IncidentState.Verifying, story.Incident.State);

        story.Later(TimeSpan.FromTicks(1)).Do(UsageUnknown);

        Assert.Equal(new ReliefMissing(After: null) { At = story.Now }, story.Latest[^1]);
        Assert.Equal(IncidentState.Deciding, story.Incident.State);
    }

    [Fact]
    public void A_change_that_brought_nothing_leads_back_to_the_choice()
    {
        var story = Verifying.Measure(93, 93, 93, 93, 93, 93, 93);

        Assert.Equal(new ReliefMissing(Usage(93)) { At = Noon + ThePolicy.ReliefAfter }, story.Latest[^1]);
        Assert.Equal(IncidentState.Deciding, story.Incident.State);
    }

    [Fact]
    public void A_refill_is_diagnosed_again()
    {
        var story = Stabilized.Do(new RecordUsage(Usage(78)));

        Assert.Equal(new RefillSeen(Usage(78)) { At = story.Now }, story.Latest[^1]);
        Assert.Equal((IncidentState.Diagnosing, 2), (story.Incident.State, story.Incident.Run));
        Assert.Null(story.Incident.Relieved);
        Assert.Equal(IncidentState.Deciding, story.Do(UsageKnown).Do(ConsumersKnown).Incident.State);
    }

    [Fact]
    public void The_watch_holds_once()
    {
        var story = Stabilized.Later(ThePolicy.WatchFor - TimeSpan.FromTicks(1)).Do(new RecordUsage(Usage(40)));
        Assert.False(story.Incident.WatchHeld);

        story.Later(TimeSpan.FromTicks(1)).Measure(40, 40);

        Assert.True(story.Incident.WatchHeld);
        Assert.Single(story.Events.OfType<WatchHeld>());
    }
}
