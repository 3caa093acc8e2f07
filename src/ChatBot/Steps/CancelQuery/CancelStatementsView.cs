using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.CancelQuery;

/// <summary>The words for cancelling statements.</summary>
internal sealed class CancelStatementsView(ChatBotOptions options) : MitigationView
{
    public override string Button => "Cancel long statements";

    public override string? LeftToDo => "Whoever sent them may send them again: find the statements in the application, and make them faster or rarer.";

    public override string? WhenNotRelieved => "See what runs now: others may be as slow, and then the server or the plan of the query is.";

    public override string? WhenFullAgain => "The same statements are likely back: stop whatever sends them, or make them faster.";

    public override MitigationOffer Offer(Incident incident, StepBinding? binding, ViewContext context)
    {
        var (runningFor, most) = StatementBounds.Of(binding, options);
        return incident.Latest?.Usage switch
        {
            null => new MitigationOffer(false, $"The connections aren't counted yet, so there is nothing to plan."),
            { SeesEverything: false } => new MitigationOffer(false, $"I may not see what the sessions of others do, so there is nothing to plan."),
            { Active: 0 } => new MitigationOffer(false, $"No statement is running, so there is none to cancel."),
            { Active: var active } => new MitigationOffer(
                true, $"cancel at most {Count(Math.Min(active, most))} running for longer than {Spoken.Duration(runningFor)}, longest first: the sessions stay, what the statements did is rolled back."),
        };
    }

    public override Mrkdwn Title(Mitigation mitigation) => $"cancel {Count(mitigation.Steps)}";

    public override Mrkdwn Harm(Mitigation mitigation)
    {
        var cancel = (CancelStatements)mitigation;
        var more = cancel.More > 0 ? (Mrkdwn)$" {cancel.More} more would qualify." : Mrkdwn.Empty;
        var waiting = cancel.Sessions.Count(session => session.Waits);
        var waits = waiting > 0 ? (Mrkdwn)$" {(waiting == 1 ? "1 of them only waits" : $"{waiting} of them only wait")} for a lock: sent again, such a statement waits again, unless what holds the lock is gone." : Mrkdwn.Empty;
        return $"Running for at least {Spoken.Duration(cancel.RunningFor)}. *What they did so far is rolled back, no undo* but to run them again. The sessions stay, so no slot is free before their owners give them back.\n{Owners(cancel)} A session that is at another statement by its turn is left alone.{SessionWords.Race(cancel.Sessions, cancels: true)}{waits}{SessionWords.Nameless(cancel.Sessions)}{more}";
    }

    public override PlanDetails Details(Mitigation mitigation, PlanProgress progress) => SessionList.Of(
        ((CancelStatements)mitigation).Sessions,
        progress,
        Word,
        session => $"{(session.Waits ? "waiting for a lock, with its statement, for" : "running for")} {Spoken.Duration(session.For)}{SessionList.Around(session)}.");

    public override string Confirm(Mitigation mitigation) =>
        $"Cancel {Count(mitigation.Steps)}. The sessions stay; what the statements did so far is rolled back, and they have to be run again.";

    public override string Word(Outcome outcome) => SessionWords.Of(outcome, "cancelled", "already over");

    public override string Done(int effects) => $"{Count(effects)} cancelled";

    public override string Count(int effects) => effects == 1 ? "1 statement" : $"{effects} statements";

    private static Mrkdwn Owners(CancelStatements cancel) => cancel.Sessions.Any(session => session.Pin is MySqlPin)
        ? $"Their owners get an error (1317). A transaction around the statement stays open, with its locks, until its owner ends it."
        : (Mrkdwn)$"Their owners get an error (57014), and a transaction around the statement can only be rolled back.";
}
