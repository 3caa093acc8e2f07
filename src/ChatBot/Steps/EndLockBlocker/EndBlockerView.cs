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
        return end.Way is BlockerWay.CancelGate
            ? (Mrkdwn)$"cancel the statement that holds up {Held(end)}"
            : $"end the session that {Others(end.Waiting)} for";
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
        var replica = end.OnReplica ? (Mrkdwn)$" This is a replica: who waits for what its primary does goes on waiting." : Mrkdwn.Empty;
        var besides = (Mrkdwn)$"{rest}{replica}{SessionWords.Nameless([end.Session])}";
        return end.Spared is { } root ? GateWords(end, root, besides) : $"{RootWords(end)}{besides}";
    }

    public override PlanDetails Details(Mitigation mitigation, PlanProgress progress)
    {
        var end = (EndBlocker)mitigation;
        return SessionList.Of([end.Session], progress, outcome => WordOf(end.Way, outcome), session => About(end, session));
    }

    public override string Confirm(Mitigation mitigation)
    {
        var end = (EndBlocker)mitigation;
        return end.Way switch
        {
            BlockerWay.EndRoot => $"End the session that {Others(end.Waiting)} for. Its uncommitted work is lost, there is no undo.",
            BlockerWay.EndIdleRoot => $"End the session that {Others(end.Waiting)} for. No transaction is lost, but the lock that it holds on purpose is; there is no undo.",
            _ => $"Cancel the statement that holds up {Held(end)}. Its session stays; {(LosesWork(end) ? "its transaction fails with all its uncommitted work" : "the statement has to be run again")}.",
        };
    }

    public override string Word(Outcome outcome) => SessionWords.Of(outcome, "out of the way", "already out of the way");

    public override string Done(int effects) => $"{Count(effects)} out of the way";

    public override string Count(int effects) => effects == 1 ? "1 blocker" : $"{effects} blockers";

    private static string WordOf(BlockerWay way, Outcome outcome) =>
        way is BlockerWay.CancelGate ? SessionWords.Of(outcome, "cancelled", "already over") : SessionWords.Of(outcome, "ended", "already gone");

    /// <summary>"12 others wait"</summary>
    private static string Others(int waiting) => waiting == 1 ? "1 other waits" : $"{waiting} others wait";

    private static string Held(EndBlocker end) => end.Frees == 1 ? "1 other" : $"{end.Frees} others";

    private static Mrkdwn About(EndBlocker end, PinnedSession session) => (end.Way, session.Transaction) switch
    {
        (BlockerWay.CancelGate, _) => $"waits for {Spoken.Duration(session.For)}, and holds up those behind it{SessionList.Around(session)}.",
        (BlockerWay.EndIdleRoot, _) => $"idle outside a transaction for {Spoken.Duration(session.For)}.",
        (_, { } open) => $"in a transaction that began {Spoken.Duration(open.OpenFor)} ago; {SessionList.Work(open)}.",
        _ => $"at it for {Spoken.Duration(session.For)}; what it has written, the server doesn't say.",
    };

    private static Mrkdwn RootWords(EndBlocker end)
    {
        var goOn = end.Waiting == 1 ? "the one that waits goes on" : $"the {end.Waiting} that wait go on";
        return end.Way is BlockerWay.EndIdleRoot
            ? (Mrkdwn)$"Ended, {goOn}. It is in no transaction, so *no transaction is lost, no undo*; but it holds a lock on purpose ({Purpose(end)}), and what that was to keep others from begins.\n{Owner(end)} If it does anything before its turn, it is left alone.{SessionWords.Race([end.Session], cancels: false)}"
            : $"Ended, {goOn}. *Its uncommitted work is lost, no undo.*\n{Owner(end)} If it commits, or begins another transaction before its turn, it is left alone.{SessionWords.Race([end.Session], cancels: false)}";
    }

    private static string Purpose(EndBlocker end) => end.Session.Pin is MySqlPin
        ? "get_lock() or LOCK TABLES: a job that may run once only, a migration, a backup"
        : "an advisory lock: a leader, a job that may run once only, a migration";

    /// <summary>On PostgreSQL a transaction fails with its statement; on MySQL and MariaDB it stays open.</summary>
    private static bool LosesWork(EndBlocker end) => end.Session is { Pin: PostgreSqlPin, Transaction.HasWritten: true };

    private static Mrkdwn GateWords(EndBlocker end, SparedRoot root, Mrkdwn besides)
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
        var lost = LosesWork(end)
            ? (Mrkdwn)$" *Its transaction fails with it: all its uncommitted work is lost, no undo.*"
            : $" Its owner gets an error and has to run it again later; nothing that the statement did is kept.";
        var migration = end.IsMigration
            ? (Mrkdwn)$"\n*It is a migration's, and those are protected*: but it only waits, and everybody behind it with it. Its tool may take the migration for failed: look at it before it runs again."
            : Mrkdwn.Empty;
        return $"It waits for {holder}{what}, and holds up {Held(end)}. *Cancelled, {(end.Frees == 1 ? "the other goes" : "they go")} on, and {goesOn}.*{still}{lost} If it gets its lock before its turn, it is left to finish.{SessionWords.Race([end.Session], cancels: true)}{besides}{migration}{last}";
    }

    private static Mrkdwn Owner(EndBlocker end) => (end.Session.Pin, end.Way) switch
    {
        (MySqlPin, BlockerWay.EndRoot) => $"Its owner gets an error (\"server has gone away\", \"lost connection\"). Rolling back many rows takes about as long as changing them did; until then its locks stay.",
        (MySqlPin, _) => $"Its owner gets an error (\"server has gone away\", \"lost connection\").",
        _ => $"Its owner gets an error (57P01) at once, or at the next statement.",
    };
}
