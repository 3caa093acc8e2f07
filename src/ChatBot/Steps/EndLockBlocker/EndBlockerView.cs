using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.EndLockBlocker;

/// <summary>The words for letting those go on who wait for a lock.</summary>
internal sealed class EndBlockerView : MitigationView
{
    public override string Button => "End what blocks the others";

    public override string? LeftToDo => "Find out why the locks were held for so long: short transactions, and changes of the schema with a lock timeout.";

    public override string? WhenNotRelieved => "See who waits now: behind one blocker there is often another.";

    public override string? WhenFullAgain => "What held the locks likely began again: stop whatever starts it.";

    public override MitigationOffer Offer(Incident incident, StepBinding? binding, ViewContext context) => incident.Latest?.Usage switch
    {
        null => new MitigationOffer(false, $"The connections aren't counted yet, so there is nothing to plan."),
        { SeesEverything: false } => new MitigationOffer(false, $"I may not see what the sessions of others do, so there is nothing to plan."),
        { WaitingForLock: 0 } => new MitigationOffer(false, $"Nobody waits for a lock, so there is nobody to end."),
        { WaitingForLock: var waiting } => new MitigationOffer(
            true, $"{Spoken.Sessions(waiting)} {(waiting == 1 ? "waits" : "wait")} for locks: end the one session that most of them wait for, or cancel what holds them up."),
    };

    public override Mrkdwn Title(Mitigation mitigation)
    {
        var end = (EndBlocker)mitigation;
        return end.Way is BlockerWay.EndRoot
            ? (Mrkdwn)$"end the session that {Others(end.Waiting)} for"
            : $"cancel the statement that holds up {Held(end)}";
    }

    public override Mrkdwn Harm(Mitigation mitigation)
    {
        var end = (EndBlocker)mitigation;
        var rest = end.OtherChains switch
        {
            0 => Mrkdwn.Empty,
            1 => (Mrkdwn)$" One other blocker stays as it is.",
            _ => (Mrkdwn)$" {end.OtherChains} other blockers stay as they are.",
        };
        return end.Spared is { } root
            ? (Mrkdwn)$"{GateWords(end, root)}{rest}"
            : $"Ended, {(end.Waiting == 1 ? "the one that waits goes on" : $"the {end.Waiting} that wait go on")}. *Its uncommitted work is lost, no undo.*\n{Owner(end)} If it commits, or begins another transaction before its turn, it is left alone.{rest}";
    }

    public override PlanDetails Details(Mitigation mitigation, PlanProgress progress)
    {
        var end = (EndBlocker)mitigation;
        return SessionList.Of([end.Session], progress, outcome => WordOf(end.Way, outcome), session => About(end, session));
    }

    public override string Confirm(Mitigation mitigation)
    {
        var end = (EndBlocker)mitigation;
        return end.Way is BlockerWay.EndRoot
            ? $"End the session that {Others(end.Waiting)} for. Its uncommitted work is lost, there is no undo."
            : $"Cancel the statement that holds up {Held(end)}. Its session stays; the statement has to be run again.";
    }

    public override string Word(Outcome outcome) => SessionWords.Of(outcome, "out of the way", "already out of the way");

    public override string Done(int effects) => $"{Count(effects)} out of the way";

    public override string Count(int effects) => effects == 1 ? "1 blocker" : $"{effects} blockers";

    private static string WordOf(BlockerWay way, Outcome outcome) =>
        way is BlockerWay.EndRoot ? SessionWords.Of(outcome, "ended", "already gone") : SessionWords.Of(outcome, "cancelled", "already over");

    /// <summary>"12 others wait"</summary>
    private static string Others(int waiting) => waiting == 1 ? "1 other waits" : $"{waiting} others wait";

    private static string Held(EndBlocker end) => end.Frees == 1 ? "1 other" : $"{end.Frees} others";

    private static Mrkdwn About(EndBlocker end, PinnedSession session)
    {
        if (end.Way is BlockerWay.CancelGate)
        {
            return $"waits for {Spoken.Duration(session.For)}, and holds up those behind it.";
        }

        return session.Transaction is { } open
            ? (Mrkdwn)$"in a transaction that began {Spoken.Duration(open.OpenFor)} ago; {SessionList.Work(open)}."
            : $"at it for {Spoken.Duration(session.For)}; what it has written, the server doesn't say.";
    }

    private static Mrkdwn GateWords(EndBlocker end, SparedRoot root)
    {
        var holder = root.Number == 0
            ? (Mrkdwn)$"a prepared transaction"
            : (Mrkdwn)$"session `{root.Number}` ({SessionList.Application(root.Application)}{(root.User.IsEmpty ? Mrkdwn.Empty : (Mrkdwn)$", user {Verbatim.Of(root.User)}")})";
        var (what, goesOn) = root.Because switch
        {
            SparedBecause.Backup => (", which takes a backup", "so does the backup"),
            SparedBecause.SchemaChange => (", which is changing the schema", "so does that change"),
            SparedBecause.NobodyEndsIt => (", which nobody ends from here", "what it waits for stays"),
            _ => ("", "so does what it waits for"),
        };
        var left = end.Waiting - 1 - end.Frees;
        var still = left > 0 ? (Mrkdwn)$" {Spoken.Sessions(left)} still {(left == 1 ? "waits" : "wait")}." : Mrkdwn.Empty;
        var last = root.Statement.IsEmpty ? Mrkdwn.Empty : (Mrkdwn)$"\nThe statement of the session it waits for, current or last: {SessionList.Code(root.Statement)}";
        return $"It waits for {holder}{what}, and holds up {Held(end)}. *Cancelled, {(end.Frees == 1 ? "the other goes" : "they go")} on, and {goesOn}.*{still} Its owner gets an error and has to run it again later; nothing that the statement did is kept.{last}";
    }

    private static Mrkdwn Owner(EndBlocker end) => end.Session.Pin is MySqlPin
        ? $"Its owner gets an error (\"server has gone away\", \"lost connection\"). Rolling back many rows takes about as long as changing them did; until then its locks stay."
        : (Mrkdwn)$"Its owner gets an error (57P01) at once, or at the next statement.";
}
