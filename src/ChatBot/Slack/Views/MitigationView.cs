using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>The words for one kind of mitigation: on the button that asks for it, on its plan, and for what became of it.</summary>
internal abstract class MitigationView
{
    /// <summary>What it is called in the imperative: "End idle sessions". At most 40 characters.</summary>
    public abstract string Button { get; }

    /// <summary>What it is called in this incident: another word when it would take back what it did before.</summary>
    public virtual string ButtonOf(Incident incident) => Button;

    /// <summary>What a person chooses before a plan is drawn up; null when there is nothing to choose.</summary>
    /// <param name="binding">The page's parameters; null when the page can't be read.</param>
    public virtual PlanForm? FormOf(Incident incident, StepBinding? binding, ViewContext context) => null;

    /// <summary>What it could do now, or why nothing.</summary>
    /// <param name="binding">The page's parameters; null when the page can't be read.</param>
    public abstract MitigationOffer Offer(Incident incident, StepBinding? binding, ViewContext context);

    /// <summary>"end 50 sessions"</summary>
    public abstract Mrkdwn Title(Mitigation mitigation);

    /// <summary>What it does to others, whether it can be undone, and what it doesn't heal.</summary>
    public abstract Mrkdwn Harm(Mitigation mitigation);

    /// <summary>Every single thing it changes, and what became of each.</summary>
    public abstract PlanDetails Details(Mitigation mitigation, PlanProgress progress);

    /// <summary>What the approver confirms, in one or two sentences; at most 200 characters.</summary>
    public abstract string Confirm(Mitigation mitigation);

    /// <summary>One effect's outcome in two or three words: "ended".</summary>
    public abstract string Word(Outcome outcome);

    /// <summary>Effects that happened: "50 sessions ended".</summary>
    public abstract string Done(int effects);

    /// <summary>Effects without more: "50 sessions".</summary>
    public abstract string Count(int effects);

    /// <summary>What stays of it until somebody takes it back, and the statement that does, for a person with more rights; empty when nothing stays.</summary>
    public virtual Mrkdwn Undo(Mitigation mitigation) => Mrkdwn.Empty;

    /// <summary>What is still to be done by people although it brought relief; null when nothing.</summary>
    public virtual string? LeftToDo => null;

    /// <summary>What to do when it brought no relief, in a sentence; null when it has nothing to say to that.</summary>
    public virtual string? WhenNotRelieved => null;

    /// <summary>What to do when its relief didn't last, in a sentence; null when it has nothing to say to that.</summary>
    public virtual string? WhenFullAgain => null;
}

/// <param name="IsPossible">A plan would have something to change.</param>
/// <param name="Words">What it would do and bring; or why it would do nothing.</param>
internal sealed record MitigationOffer(bool IsPossible, Mrkdwn Words)
{
    /// <summary>It isn't set up for this target: its step says so, and a card doesn't speak of it.</summary>
    public bool IsMissing { get; init; }
}

/// <summary>Everything that a plan changes, as blocks.</summary>
/// <param name="IsWhole">False when it doesn't fit one message and something was left out: nobody may approve that.</param>
internal sealed record PlanDetails(IReadOnlyList<Block> Blocks, bool IsWhole);
