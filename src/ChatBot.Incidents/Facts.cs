using ChatBot.Incidents.Approvals;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents;

/// <summary>What a decision needs to know from outside, handed in as values.</summary>
/// <param name="Standing">Who the person of the command is, read before the transaction; null when no person is involved.</param>
/// <param name="ApproversStillStand">For <see cref="BeginStep"/> and <see cref="ResendStep"/>: whether those who approved may still do so.</param>
/// <param name="BeingChanged">For <see cref="ApprovePlan"/> and <see cref="ReleasePlan"/>: the plan that is being carried out on the target, read inside the transaction; null when none is.</param>
/// <param name="Named">For a command that names another person: who that is, read before the transaction.</param>
public sealed record Facts(
    Policy Policy,
    TargetPolicy Target,
    Standing? Standing = null,
    Standing? ApproversStillStand = null,
    ChangeUnderWay? BeingChanged = null,
    Standing? Named = null);

/// <summary>A plan of another incident that holds a target.</summary>
/// <param name="For">Who asked for it.</param>
public sealed record ChangeUnderWay(PlanId Plan, Person For);

/// <summary>What the configuration says about every incident.</summary>
/// <param name="PlanLifetime">How long a plan can be approved.</param>
/// <param name="IdleFor">From which age an idle session may be ended.</param>
/// <param name="MaxSessions">The most sessions one plan may name.</param>
/// <param name="SampleEvery">The pause between two measurements of how full the target is.</param>
/// <param name="ConsumersEvery">The pause between two questions who holds the connections.</param>
/// <param name="ReliefBelow">The share of the capacity, from 0 to 1, below which the target counts as relieved.</param>
/// <param name="ReliefAfter">How long it has to stay below.</param>
/// <param name="WatchFor">How long a relieved target is watched for a refill.</param>
/// <param name="FollowUpDue">How long after the incident a follow-up is due that nobody gave a date.</param>
public sealed record Policy(
    TimeSpan PlanLifetime,
    TimeSpan IdleFor,
    int MaxSessions,
    TimeSpan SampleEvery,
    TimeSpan ConsumersEvery,
    double ReliefBelow,
    TimeSpan ReliefAfter,
    TimeSpan WatchFor,
    TimeSpan FollowUpDue)
{
    /// <summary>The most sessions one plan may end in a transaction; never more than <see cref="MaxSessions"/>.</summary>
    public int MaxTransactions { get; init; } = MaxSessions;

    /// <summary>How long a change may stay that a plan made for the incident only, until its undo is due.</summary>
    public TimeSpan UndoDue { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The most steps one plan of this kind may have.</summary>
    public int MostOf(string mitigation) => mitigation switch
    {
        EndTransactions.StoredName => Math.Min(MaxTransactions, MaxSessions),
        RestartService.StoredName => MaxSessions + 1, // those that make room, and the restart
        _ => MaxSessions,
    };
}

/// <summary>What the configuration says about the incident's target now.</summary>
/// <param name="Environment">In words, as every plan shows it.</param>
/// <param name="HasApprovers">False when nobody is configured to approve; then nothing may change.</param>
public sealed record TargetPolicy(string Environment, TargetMode Mode, bool HasApprovers);

/// <summary>How far the bot may go on a target.</summary>
public enum TargetMode
{
    /// <summary>Diagnose, and say what it would have offered.</summary>
    Observe,

    /// <summary>Draw up plans; people carry them out by hand.</summary>
    Propose,

    /// <summary>Carry out approved plans.</summary>
    Act,
}
