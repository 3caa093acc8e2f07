using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>A restart, or another server behind the same name: what was known is another server's, and no plan gets credit.</summary>
public sealed class ServerChangedTests
{
    private static readonly KnownCause Leak = new(Cause.IdleLeak, []);

    private static readonly ConnectionUsage Elsewhere = Usage(4) with { Server = AnotherServer };

    private static Story Known => Diagnosing
        .Do(new RecordUsage(UsageHere(93)))
        .Do(new RecordConsumers(Names, 92, Endable: 60) { Server = TheServer, Cause = Leak });

    private static Story Waiting => Known.Do(Ask()).Do(new ProposePlan(ThePlan, EndIdle(1)));

    private static Story Running => Waiting.Do(new ApprovePlan(ThePlan, Boris));

    private static Story Finished => Running.Begin(1).Outcome(1, Outcome.Applied);

    private static Story Relieved
    {
        get
        {
            var story = Finished;
            for (var i = 0; i < 7; i++)
            {
                story.Later(ThePolicy.SampleEvery).Do(new RecordUsage(UsageHere(40)));
            }

            Assert.Equal(IncidentState.Stabilized, story.Incident.State);
            return story;
        }
    }

    [Fact]
    public void The_same_server_changes_nothing() => Assert.Equal([typeof(UsageMeasured)], TypesOf(Known.Do(new RecordUsage(UsageHere(94)))));

    [Fact]
    public void A_standby_that_was_promoted_is_the_same_server()
    {
        var story = Diagnosing.Do(new RecordUsage(Usage(93) with { Server = TheServer with { Role = ServerRole.Replica } })).Do(new RecordUsage(UsageHere(94)));

        Assert.Equal((ServerRole.Primary, null, 2), (story.Incident.Server!.Role, story.Incident.ServerChange, story.Incident.Samples.Length));
    }

    [Fact]
    public void A_log_from_before_anybody_asked_goes_on_with_the_server_that_answers_now()
    {
        var story = Deciding.Do(new RecordUsage(UsageHere(94)));

        Assert.Equal([typeof(UsageMeasured)], TypesOf(story));
        Assert.Equal(TheServer, story.Incident.Server);
    }

    [Fact]
    public void Another_server_voids_what_is_known_and_is_diagnosed_anew()
    {
        var story = Known.Later(TimeSpan.FromSeconds(5)).Do(new RecordUsage(Elsewhere));

        Assert.Equal([typeof(ServerChanged), typeof(DiagnosisStarted), typeof(UsageMeasured)], TypesOf(story));
        var incident = story.Incident;
        Assert.Equal((IncidentState.Diagnosing, 2), (incident.State, incident.Run));
        Assert.Equal((null, null, null), (incident.Consumers, incident.Diagnosis, incident.Before));
        Assert.Equal(4, Assert.Single(incident.Samples).Usage.Used);
        Assert.Equal(new ServerChange(story.Now, TheServer, AnotherServer), incident.ServerChange);
        Assert.Equal(AnotherServer, incident.Server);

        story.Do(new RecordConsumers(Names, 3, Endable: 0) { Server = AnotherServer });
        Assert.Equal(IncidentState.Deciding, story.Incident.State);
    }

    [Fact]
    public void Whoever_sees_it_first_tells_and_the_fresh_look_stays()
    {
        var story = Known.Do(new RecordConsumers(NewEvidenceId(1), 3, Endable: 0) { Server = AnotherServer, Cause = Leak });

        Assert.Equal([typeof(ServerChanged), typeof(DiagnosisStarted), typeof(ConsumersMeasured)], TypesOf(story));
        story.Do(new RecordUsage(Elsewhere));

        Assert.Equal(NewEvidenceId(1), story.Incident.Diagnosis!.Evidence);
        Assert.Single(story.Events.OfType<ServerChanged>());
        Assert.Equal(IncidentState.Deciding, story.Incident.State);
    }

    [Fact]
    public void During_the_diagnosis_it_is_asked_once_more()
    {
        var story = Diagnosing.Do(new RecordUsage(UsageHere(93))).Do(new RecordUsage(Elsewhere));

        Assert.Equal([typeof(ServerChanged), typeof(UsageMeasured)], TypesOf(story));
        Assert.Equal((2, 2), (story.Incident.Run, story.Step(ThePages.Consumers).Attempt));
    }

    [Fact]
    public void A_plan_that_waits_is_withdrawn()
    {
        var story = Waiting.Do(new RecordUsage(Elsewhere));

        Assert.Equal([typeof(ServerChanged), typeof(DiagnosisStarted), typeof(UsageMeasured)], TypesOf(story));
        Assert.Equal((IncidentState.Diagnosing, null), (story.Incident.State, story.Incident.Plan));
        Assert.Equal(WithdrawnBecause.ServerChanged, story.Incident.FindPlan(ThePlan)!.Withdrawn);
        Assert.StartsWith("Another server answers by now", story.Refusal(new ApprovePlan(ThePlan, Boris)), StringComparison.Ordinal);
        Assert.Contains(new Show(IncidentPart.Plan, ThePlan), story.LatestPast.SelectMany(step => Effects.Of(step.Event, step.After, ThePolicy)));
    }

    [Fact]
    public void A_plan_that_is_drawn_up_is_given_up()
    {
        var story = Known.Do(Ask()).Do(new RecordUsage(Elsewhere));

        Assert.Equal(WithdrawnBecause.NotPossible, story.Incident.FindPlan(ThePlan)!.Withdrawn);
        story.AssertNothing(new ProposePlan(ThePlan, EndIdle(1)));
    }

    [Fact]
    public void A_plan_that_runs_comes_to_its_end_and_gets_no_credit()
    {
        var story = Running.Begin(1).Do(new RecordUsage(Elsewhere));
        Assert.Equal((IncidentState.Executing, null, null), (story.Incident.State, story.Incident.Before, story.Incident.RateBefore));

        story.Outcome(1, Outcome.Superseded);

        Assert.Equal([typeof(StepFinished), typeof(MitigationFinished), typeof(ReliefMissing), typeof(DiagnosisStarted)], TypesOf(story));
        Assert.Equal(IncidentState.Diagnosing, story.Incident.State);
        for (var i = 0; i < 12; i++)
        {
            story.Later(ThePolicy.SampleEvery).Do(new RecordUsage(Elsewhere));
        }

        Assert.Empty(story.Events.OfType<ReliefVerified>());
    }

    [Fact]
    public void A_change_that_is_being_measured_gets_no_credit()
    {
        var story = Finished.Later(ThePolicy.SampleEvery).Do(new RecordUsage(Elsewhere));

        Assert.Equal([typeof(ServerChanged), typeof(ReliefMissing), typeof(DiagnosisStarted), typeof(UsageMeasured)], TypesOf(story));
        Assert.True(story.Incident.FindPlan(ThePlan)!.IsUnmeasurable);
    }

    [Fact]
    public void Relief_at_the_former_server_is_no_relief_at_this_one()
    {
        var story = Relieved.Later(ThePolicy.SampleEvery).Do(new RecordUsage(Elsewhere));

        Assert.Equal([typeof(ServerChanged), typeof(UsageMeasured)], TypesOf(story));
        Assert.Equal((IncidentState.Diagnosing, null), (story.Incident.State, story.Incident.Relieved));
    }

    [Fact]
    public void Samples_of_one_server_share_what_is_known_of_it()
    {
        var story = Known.Do(new RecordUsage(Usage(94) with { Server = TheServer with { } }));

        Assert.Same(story.Incident.Samples[0].Usage.Server, story.Incident.Samples[1].Usage.Server);
    }

    private static IEnumerable<Type> TypesOf(Story story) => story.Latest.Select(happened => happened.GetType());
}
