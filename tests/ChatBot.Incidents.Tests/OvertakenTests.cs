using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>A plan that waits while the target is relieved without it.</summary>
public sealed class OvertakenTests
{
    [Fact]
    public void A_plan_is_withdrawn_when_the_target_was_relieved_without_it()
    {
        var story = Overtaken;

        Assert.Equal(IncidentState.Deciding, story.Incident.State);
        Assert.Equal(new PlanOvertaken(ThePlan) { At = story.Now }, story.Latest[^1]);
        Assert.Equal(WithdrawnBecause.Overtaken, story.Incident.FindPlan(ThePlan)!.Withdrawn);
    }

    [Fact]
    public void A_plan_waits_on_while_the_room_has_not_lasted() =>
        Assert.Equal(
            IncidentState.AwaitingApproval,
            AwaitingApproval.Later(ThePolicy.SampleEvery).Measure(40, 40, 40, 40, 40, 40).Incident.State);

    [Fact]
    public void A_plan_that_was_asked_for_below_the_mark_is_not_withdrawn_for_being_there()
    {
        var story = Deciding.Do(new RecordUsage(Usage(40))).Do(Ask()).Do(new ProposePlan(ThePlan, EndIdle()));

        story.Later(ThePolicy.SampleEvery).Measure(40, 40, 40, 40, 40, 40, 40, 40, 40);

        Assert.Equal(IncidentState.AwaitingApproval, story.Incident.State);
    }

    [Fact]
    public void A_plan_whose_timer_was_lost_expires_with_the_next_measurement()
    {
        var story = AwaitingApproval.Later(ThePolicy.PlanLifetime).Measure(93);

        Assert.Equal(WithdrawnBecause.Expired, story.Incident.FindPlan(ThePlan)!.Withdrawn);
        Assert.Equal(IncidentState.Deciding, story.Incident.State);
    }
}
