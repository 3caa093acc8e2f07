using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.EndOpenTransactions;

/// <summary>The words for ending sessions that idle inside a transaction.</summary>
internal sealed class EndTransactionsView(ChatBotOptions options) : MitigationView
{
    public override string Button => "End open transactions";

    public override string? LeftToDo => "Something leaves its transactions open: find it by their last statements, and mend or restart it.";

    public override string? WhenNotRelieved => "See what those who hold most do now, and whether somebody waits for a lock.";

    public override string? WhenFullAgain => "What leaves its transactions open still does: restart or roll back its service.";

    public override MitigationOffer Offer(Incident incident, StepBinding? binding, ViewContext context)
    {
        var (idleFor, most) = TransactionBounds.Of(binding, options);
        return incident.Latest?.Usage switch
        {
            null => new MitigationOffer(false, $"The connections aren't counted yet, so there is nothing to plan."),
            { SeesEverything: false } => new MitigationOffer(false, $"I may not see what the sessions of others do, so there is nothing to plan."),
            { IdleInTransaction: 0 } => new MitigationOffer(false, $"No session is idle in a transaction, so there is none to end."),
            { IdleInTransaction: var open } => new MitigationOffer(
                true, $"end at most {Count(Math.Min(open, most))} idle in a transaction for longer than {Spoken.Duration(idleFor)}: frees their locks too; what they did in it is rolled back."),
        };
    }

    public override Mrkdwn Title(Mitigation mitigation) => $"roll back and end {Count(mitigation.Steps)}";

    public override Mrkdwn Harm(Mitigation mitigation)
    {
        var end = (EndTransactions)mitigation;
        var more = end.More > 0 ? (Mrkdwn)$" {end.More} more would qualify." : Mrkdwn.Empty;
        return $"They have done nothing in an open transaction for at least {Spoken.Duration(end.IdleFor)}. *Their uncommitted work is lost, no undo*; their locks are freed.\n{Owners(end)} A session that does anything before its turn is left alone.{SessionWords.Race(end.Sessions, cancels: false)} What leaves transactions open goes on doing so.{SessionWords.Nameless(end.Sessions)}{more}";
    }

    public override PlanDetails Details(Mitigation mitigation, PlanProgress progress) => SessionList.Of(
        ((EndTransactions)mitigation).Sessions,
        progress,
        Word,
        session => $"idle for {Spoken.Duration(session.For)} in a transaction that began {Spoken.Duration(session.Transaction!.OpenFor)} ago; {SessionList.Work(session.Transaction)}.");

    public override string Confirm(Mitigation mitigation) =>
        $"Roll back and end {Count(mitigation.Steps)} idle in a transaction. Their uncommitted work is lost, there is no undo.";

    public override string Word(Outcome outcome) => SessionWords.Of(outcome, "ended", "already gone");

    public override string Done(int effects) => $"{Count(effects)} rolled back and ended";

    public override string Count(int effects) => Spoken.Sessions(effects);

    private static Mrkdwn Owners(EndTransactions end) => end.Sessions.Any(session => session.Pin is MySqlPin)
        ? $"Their owners get an error (\"server has gone away\", \"lost connection\") at the next statement. Rolling back many rows takes about as long as changing them did; until then session and locks stay."
        : (Mrkdwn)$"Their owners get an error (57P01) at the next statement or at the commit.";
}
