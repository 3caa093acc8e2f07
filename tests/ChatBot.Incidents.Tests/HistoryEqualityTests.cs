using System.Reflection;
using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests;

/// <summary>Steps and plans compare property by property, by hand because of their lists: a property left out would make a wrong replay look right.</summary>
public sealed class HistoryEqualityTests
{
    private static readonly PageStepProgress Step = Deciding.Step(ThePages.Pooler);
    private static readonly PlanProgress Plan = AwaitingApproval.Incident.Plan!;

    /// <summary>For every property that can be set: the same with another value there.</summary>
    private static readonly Dictionary<string, object> Changes = new()
    {
        ["PageStepProgress.Step"] = Step with { Step = ThePages.ByHand("another", RunbookPhase.LongTerm) },
        ["PageStepProgress.Stage"] = Step with { Stage = PageStepStage.Failed },
        ["PageStepProgress.Attempt"] = Step with { Attempt = 9 },
        ["PageStepProgress.Begun"] = Step with { Begun = 99 },
        ["PageStepProgress.At"] = Step with { At = Noon.AddTicks(1) },
        ["PageStepProgress.By"] = Step with { By = Carl },
        ["PageStepProgress.Evidence"] = Step with { Evidence = Names },
        ["PageStepProgress.Files"] = Step with { Files = [Names] },
        ["PageStepProgress.Problem"] = Step with { Problem = "No answer." },
        ["PageStepProgress.Note"] = Step with { Note = Names },
        ["PageStepProgress.Owner"] = Step with { Owner = Carl },
        ["PageStepProgress.Due"] = Step with { Due = Noon },
        ["PlanProgress.Id"] = Plan with { Id = NextPlan },
        ["PlanProgress.Mitigation"] = Plan with { Mitigation = "another/1" },
        ["PlanProgress.RequestedBy"] = Plan with { RequestedBy = Carl },
        ["PlanProgress.Stage"] = Plan with { Stage = PlanStage.Running },
        ["PlanProgress.Hash"] = Plan with { Hash = "" },
        ["PlanProgress.Quorum"] = Plan with { Quorum = 2 },
        ["PlanProgress.ProposedAt"] = Plan with { ProposedAt = Noon.AddTicks(1) },
        ["PlanProgress.ExpiresAt"] = Plan with { ExpiresAt = Noon },
        ["PlanProgress.Approvals"] = Plan with { Approvals = [new Approval(Boris, Door.Terminal)] },
        ["PlanProgress.Held"] = Plan with { Held = TheOtherChange },
        ["PlanProgress.PageStep"] = Plan with { PageStep = ThePages.Another },
        ["PlanProgress.Anyway"] = Plan with { Anyway = true },
        ["PlanProgress.IsUnmeasurable"] = Plan with { IsUnmeasurable = true },
        ["PlanProgress.Lasting"] = Plan with { Lasting = Lasting.Undo },
        ["PlanProgress.UndoDue"] = Plan with { UndoDue = Noon },
        ["PlanProgress.FinishedAt"] = Plan with { FinishedAt = Noon },
        ["PlanProgress.UndoFellDueAt"] = Plan with { UndoFellDueAt = Noon },
        ["PlanProgress.RollsOut"] = Plan with { RollsOut = "checkout-api" },
        ["PlanProgress.Choice"] = Plan with { Choice = "size=12" },
        ["PlanProgress.Steps"] = Plan with { Steps = [.. Plan.Steps.Skip(1), new StepProgress(Intended: true)] },
        ["PlanProgress.Withdrawn"] = Plan with { Withdrawn = WithdrawnBecause.Expired },
        ["PlanProgress.WithdrawnBy"] = Plan with { WithdrawnBy = Carl },
        ["PlanProgress.Problem"] = Plan with { Problem = "No answer." },
    };

    public static readonly IEnumerable<TheoryDataRow<string>> Fields =
        from type in (Type[])[typeof(PageStepProgress), typeof(PlanProgress)]
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.SetMethod is not null // what is worked out from the others has none
        select new TheoryDataRow<string>($"{type.Name}.{property.Name}");

    [Theory]
    [MemberData(nameof(Fields))]
    public void Another_value_of_any_field_is_another_history(string field)
    {
        Assert.True(Changes.TryGetValue(field, out var changed), $"Give {field} another value in {nameof(Changes)}.");

        Assert.False(changed.Equals(changed is PageStepProgress ? Step : Plan), field);
    }

    [Fact]
    public void The_same_history_told_twice_is_equal()
    {
        Assert.Equal(Step, Deciding.Step(ThePages.Pooler));
        Assert.Equal(Plan, AwaitingApproval.Incident.Plan);
        Assert.Equal(Step with { Files = [Names] }, Step with { Files = [Names] });
    }
}
