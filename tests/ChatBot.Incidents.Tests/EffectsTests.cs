using ChatBot.Incidents.Mitigations;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

public sealed class EffectsTests
{
    private static readonly Show Card = new(IncidentPart.Card);
    private static readonly Show Consumers = new(IncidentPart.Consumers);
    private static readonly Show PlanMessage = new(IncidentPart.Plan, ThePlan);
    private static readonly ProbeUsage Now = new();

    /// <summary>The first event of that type in the story, and all it causes.</summary>
    public static readonly TheoryDataRow<Type, Story, Effect[]>[] Table =
    [
        Causes<IncidentOpened>(Diagnosing, Card),
        Causes<DiagnosisStarted>(Diagnosing, Now, new ProbeConsumers(), Card),
        Causes<UsageMeasured>(Deciding, Next(Noon), Card),
        Causes<UsageMissing>(Deciding.Do(new RecordMissingUsage("No answer.")), Next(Noon), Card),
        Causes<ConsumersMeasured>(Deciding, Consumers, AskedAgain, Card),
        Causes<ConsumersMissing>(Deciding.Do(new RecordMissingConsumers("No answer.")), Consumers, AskedAgain, Card),
        Causes<DiagnosisConcluded>(Deciding, Card),
        Causes<MitigationAsked>(DrawingUp, new DrawUpPlan(ThePlan, EndIdleSessions.StoredName), Card),
        Causes<MitigationNotPossible>(DrawingUp.Do(new RecordImpossiblePlan(ThePlan, "No answer.")), Card),
        Causes<PlanProposed>(AwaitingApproval, new EndPlanInTime(ThePlan) { Due = Noon + ThePolicy.PlanLifetime }, PlanMessage, Card),
        Causes<ApprovalGiven>(Executing, PlanMessage, Card),
        Causes<PlanApproved>(Executing, new RunStep(ThePlan, 1), PlanMessage, Card),
        Causes<PlanRejected>(Rejected, PlanMessage, Card),
        Causes<PlanCancelled>(Cancelled, PlanMessage, Card),
        Causes<PlanExpired>(Expired, PlanMessage, Card),
        Causes<PlanOvertaken>(Overtaken, PlanMessage, Card),
        Causes<PlanSuperseded>(Superseded, PlanMessage, Card),
        Causes<StepIntended>(StepInFlight, Card),
        Causes<StepResent>(StepInFlight.Do(StepInFlight.ResendOf(1)), Card),
        Causes<StepFinished>(Verifying, new RunStep(ThePlan, 2), PlanMessage, Card),
        Causes<MitigationFinished>(Verifying, Now, new ProbeConsumers(), PlanMessage, Card),
        Causes<ReliefVerified>(Stabilized, Card),
        Causes<ReliefMissing>(Verifying.Measure(93, 93, 93, 93, 93, 93, 93), Card),
        Causes<RefillSeen>(Stabilized.Do(new RecordUsage(Usage(90))), Now, new ProbeConsumers(), Card),
        Causes<WatchHeld>(Stabilized.Later(ThePolicy.WatchFor).Measure(40), Card),
        Causes<IncidentResolved>(Resolved, Card),
        Causes<IncidentAborted>(AwaitingApproval.Do(new AbortIncident(Ana, null)), PlanMessage, Card), // its buttons go
    ];

    [Theory]
    [MemberData(nameof(Table))]
    public void An_event_causes_what_the_table_says(Type type, Story story, Effect[] effects)
    {
        var (happened, after) = story.Past.First(step => step.Event.GetType() == type);

        Assert.Equal(effects, Effects.Of(happened, after, ThePolicy));
    }

    [Fact]
    public void The_table_has_every_event() =>
        Assert.Equal(
            typeof(IncidentEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(IncidentEvent))).Select(type => type.Name).Order(),
            Table.Select(row => row.Data.Item1.Name).Order());

    [Fact]
    public void Each_measurement_is_followed_by_exactly_one_while_the_incident_is_open()
    {
        var story = Resolved;

        Assert.All(
            story.Past.Where(step => step.Event is UsageMeasured or UsageMissing),
            step => Assert.Equal(
                [Next(step.Event.At)],
                Effects.Of(step.Event, step.After, ThePolicy).OfType<ProbeUsage>()));
        Assert.DoesNotContain(
            story.Latest.SelectMany(happened => Effects.Of(happened, story.Incident, ThePolicy)),
            effect => effect is not Show);
    }

    [Fact]
    public void A_measurement_that_came_with_the_end_is_followed_by_none() =>
        Assert.Equal([Card], Effects.Of(new UsageMeasured(Usage(93)) { At = Noon }, Aborted.Incident, ThePolicy));

    [Fact]
    public void The_last_step_is_followed_by_no_other()
    {
        var (happened, after) = Verifying.Past.Last(step => step.Event is StepFinished);

        Assert.Equal([PlanMessage, Card], Effects.Of(happened, after, ThePolicy));
    }

    [Fact]
    public void A_stop_starts_no_step_and_a_step_under_way_is_not_started_again()
    {
        var stopped = StepInFlight.Do(new AbortIncident(Ana, null));
        Assert.DoesNotContain(EffectsOfLatest(stopped), effect => effect is RunStep);

        stopped.Outcome(1, Outcome.Applied);
        Assert.DoesNotContain(EffectsOfLatest(stopped), effect => effect is RunStep or ProbeUsage or ProbeConsumers);
    }

    [Fact]
    public void A_stop_while_a_plan_is_drawn_up_has_no_plan_to_show() =>
        Assert.Equal([Card], EffectsOfLatest(DrawingUp.Do(new AbortIncident(Ana, null))));

    [Fact]
    public void Replaying_causes_nothing_because_it_returns_nothing_but_the_incident()
    {
        var replay = typeof(Incident).GetMethod(nameof(Incident.Replay))!;

        Assert.Equal(typeof(Incident), replay.ReturnType);
        Assert.All(
            replay.GetParameters().Concat(typeof(Incident).GetMethod(nameof(Incident.Evolve))!.GetParameters()),
            parameter => Assert.True(
                parameter.ParameterType == typeof(Incident) || parameter.ParameterType == typeof(IncidentEvent)
                || parameter.ParameterType == typeof(IEnumerable<IncidentEvent>))); // no way out for an effect
        Assert.All(
            typeof(Incident).GetProperties(),
            property => Assert.False(typeof(Delegate).IsAssignableFrom(property.PropertyType)));
    }

    private static IEnumerable<Effect> EffectsOfLatest(Story story) =>
        story.Past.TakeLast(story.Latest.Count).SelectMany(step => Effects.Of(step.Event, step.After, ThePolicy));

    private static ProbeConsumers AskedAgain => new() { Due = Noon + ThePolicy.ConsumersEvery };

    private static ProbeUsage Next(DateTimeOffset after) => new() { Due = after + ThePolicy.SampleEvery };

    private static TheoryDataRow<Type, Story, Effect[]> Causes<TEvent>(Story story, params Effect[] effects)
        where TEvent : IncidentEvent =>
        new(typeof(TEvent), story, effects) { Label = typeof(TEvent).Name };
}
