using System.Collections.Frozen;
using Stateless;
using Stateless.Graph;
using static ChatBot.Incidents.IncidentState;
using static ChatBot.Incidents.IncidentTrigger;

namespace ChatBot.Incidents;

/// <summary>Where an incident stands. <see cref="Open"/> is never a state of its own: it groups all but the two ends.</summary>
public enum IncidentState
{
    Open,
    Opened,
    Diagnosing,
    Deciding,
    AwaitingApproval,
    Executing,
    Verifying,
    Stabilized,
    Resolved,
    Aborted,
}

/// <summary>What moves an incident on.</summary>
public enum IncidentTrigger
{
    StartDiagnosis,
    Conclude,
    Rerun,
    Propose,
    Approve,
    Withdraw,
    Finish,
    Relieve,
    Persist,
    Refill,
    Resolve,
    Abort,
}

/// <summary>The runbook's shape: which step may follow which. It decides nothing else.</summary>
/// <remarks>
/// The machine has no entry or exit actions, so firing a trigger does nothing but move the state: replaying a
/// year-old incident can't send a message or end a session.
/// </remarks>
public static class IncidentLifecycle
{
    /// <summary>Every move there is, read once from the machine: building one for each question costs more than the rest of a decision.</summary>
    private static readonly FrozenDictionary<(IncidentState From, IncidentTrigger When), IncidentState> Moves = (
        from state in Enum.GetValues<IncidentState>()
        where state is not Open
        from trigger in Enum.GetValues<IncidentTrigger>()
        where StartingAt(state).CanFire(trigger)
        select (From: state, When: trigger)).ToFrozenDictionary(move => move, move => Fire(move.From, move.When));

    public static bool Can(IncidentState state, IncidentTrigger trigger) => Moves.ContainsKey((state, trigger));

    /// <exception cref="InvalidOperationException">The runbook has no such move: the log is not one of ours, or is damaged.</exception>
    public static IncidentState After(IncidentState state, IncidentTrigger trigger) =>
        Moves.TryGetValue((state, trigger), out var to) ? to : throw new InvalidOperationException($"The runbook knows no {trigger} while {state}.");

    /// <summary>The machine as a Mermaid state diagram; the README shows exactly this.</summary>
    public static string Diagram() => MermaidGraph.Format(StartingAt(Opened).GetInfo(), MermaidGraphDirection.TopToBottom);

    private static IncidentState Fire(IncidentState state, IncidentTrigger trigger)
    {
        var incident = StartingAt(state);
        incident.Fire(trigger);
        return incident.State;
    }

    private static StateMachine<IncidentState, IncidentTrigger> StartingAt(IncidentState state)
    {
        var incident = new StateMachine<IncidentState, IncidentTrigger>(state);

        // However far the runbook got, a person can always take over.
        incident.Configure(Open)
            .Permit(Abort, Aborted);

        incident.Configure(Opened).SubstateOf(Open)
            .Permit(StartDiagnosis, Diagnosing);

        incident.Configure(Diagnosing).SubstateOf(Open)
            .Permit(Conclude, Deciding);

        incident.Configure(Deciding).SubstateOf(Open)
            .Permit(Rerun, Diagnosing)
            .Permit(Propose, AwaitingApproval)
            .Permit(Resolve, Resolved);

        // Rejected, cancelled, expired and superseded plans all lead back to the choice.
        incident.Configure(AwaitingApproval).SubstateOf(Open)
            .Permit(Approve, Executing)
            .Permit(Withdraw, Deciding);

        // Every outcome is verified at the target, the failed ones too.
        incident.Configure(Executing).SubstateOf(Open)
            .Permit(Finish, Verifying);

        incident.Configure(Verifying).SubstateOf(Open)
            .Permit(Relieve, Stabilized)
            .Permit(Persist, Deciding);

        incident.Configure(Stabilized).SubstateOf(Open)
            .Permit(Refill, Diagnosing)
            .Permit(Propose, AwaitingApproval) // one more mitigation, or the undo of a temporary change
            .Permit(Resolve, Resolved);

        incident.Configure(Resolved);
        incident.Configure(Aborted);

        return incident;
    }
}
