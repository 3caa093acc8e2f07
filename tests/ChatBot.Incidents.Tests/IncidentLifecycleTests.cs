using System.Reflection;
using Stateless;
using static ChatBot.Incidents.IncidentState;
using static ChatBot.Incidents.IncidentTrigger;

namespace ChatBot.Incidents.Tests;

public sealed class IncidentLifecycleTests
{
    /// <summary>The table of the design page, written out a second time: what isn't here isn't allowed.</summary>
    public static readonly IReadOnlyDictionary<(IncidentState From, IncidentTrigger When), IncidentState> Table =
        new Dictionary<(IncidentState, IncidentTrigger), IncidentState>
        {
            [(Opened, StartDiagnosis)] = Diagnosing,
            [(Diagnosing, Conclude)] = Deciding,
            [(Deciding, Rerun)] = Diagnosing,
            [(Deciding, Propose)] = AwaitingApproval,
            [(AwaitingApproval, Approve)] = Executing,
            [(AwaitingApproval, Withdraw)] = Deciding,
            [(Executing, Finish)] = Verifying,
            [(Verifying, Relieve)] = Stabilized,
            [(Verifying, Persist)] = Deciding,
            [(Stabilized, Refill)] = Diagnosing,
            [(Stabilized, Propose)] = AwaitingApproval,
            [(Deciding, Resolve)] = Resolved,
            [(Stabilized, Resolve)] = Resolved,
            [(Opened, Abort)] = Aborted,
            [(Diagnosing, Abort)] = Aborted,
            [(Deciding, Abort)] = Aborted,
            [(AwaitingApproval, Abort)] = Aborted,
            [(Executing, Abort)] = Aborted,
            [(Verifying, Abort)] = Aborted,
            [(Stabilized, Abort)] = Aborted,
        };

    // Open only groups the others: an incident is never in it.
    private static readonly IncidentState[] States = [.. Enum.GetValues<IncidentState>().Where(state => state is not Open)];

    public static readonly IEnumerable<TheoryDataRow<IncidentState, IncidentTrigger>> Pairs =
        from state in States
        from trigger in Enum.GetValues<IncidentTrigger>()
        select new TheoryDataRow<IncidentState, IncidentTrigger>(state, trigger);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Moves_as_the_table_says_and_no_other_way(IncidentState from, IncidentTrigger trigger)
    {
        if (Table.TryGetValue((from, trigger), out var to))
        {
            Assert.True(IncidentLifecycle.Can(from, trigger));
            Assert.Equal(to, IncidentLifecycle.After(from, trigger));
        }
        else
        {
            Assert.False(IncidentLifecycle.Can(from, trigger));
            Assert.Throws<InvalidOperationException>(() => IncidentLifecycle.After(from, trigger));
        }
    }

    [Fact]
    public void The_diagram_has_every_state_and_every_move()
    {
        var diagram = IncidentLifecycle.Diagram();

        Assert.All(States, state => Assert.Contains(state.ToString(), diagram, StringComparison.Ordinal));
        Assert.All(
            Table.Where(move => move.Key.When is not Abort),
            move => Assert.Contains($"{move.Key.From} --> {move.Value} : {move.Key.When}", diagram, StringComparison.Ordinal));
        Assert.Contains($"{Open} --> {Aborted} : {Abort}", diagram, StringComparison.Ordinal);
    }

    [Fact]
    public void No_move_does_anything_but_move()
    {
        var start = typeof(IncidentLifecycle).GetMethod("StartingAt", BindingFlags.NonPublic | BindingFlags.Static)!;
        var machine = (StateMachine<IncidentState, IncidentTrigger>)start.Invoke(null, [Opened])!;
        var states = machine.GetInfo().States.ToList();

        Assert.Equal(Enum.GetValues<IncidentState>().Length, states.Count);
        Assert.All(states, state =>
        {
            Assert.Empty(state.EntryActions);
            Assert.Empty(state.ExitActions);
            Assert.Empty(state.ActivateActions);
            Assert.Empty(state.DeactivateActions);
            Assert.Empty(state.DynamicTransitions);
            Assert.Empty(state.IgnoredTriggers);
            Assert.All(state.FixedTransitions, move => Assert.Empty(move.GuardConditionsMethodDescriptions));
        });
    }
}
