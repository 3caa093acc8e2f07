using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.TerminateIdle;

/// <summary>The words for ending idle sessions.</summary>
internal sealed class EndIdleSessionsView(EndIdleSessionsOptions settings) : MitigationView
{
    public override string Button => "End idle sessions";

    public override string? LeftToDo => "What leaks still leaks: restart or roll back its service.";

    public override string? WhenNotRelieved => "End more, or restart what holds them.";

    public override string? WhenFullAgain => "What leaks still leaks: restart or roll back its service; ending sessions only buys time.";

    public override MitigationOffer Offer(Incident incident, StepBinding? binding, ViewContext context)
    {
        var (ages, most) = SessionBounds.Of(binding, settings);
        if (incident.Consumers is not { } known)
        {
            return new MitigationOffer(false, $"It isn't known who holds the connections, so there is nothing to plan.");
        }

        if (known.Endable == 0)
        {
            return NoneSoOld(ages, incident.Latest?.Usage.Idle ?? 0);
        }

        // Counted was from the age of the settings on; of those, fewer may be as old as the page asks for.
        var sessions = Spoken.Sessions(Math.Min(known.Endable, most));
        var end = ages[0] > settings.IdleFor
            ? (Mrkdwn)$"end at most {sessions}, idle longer than {Spoken.Duration(ages[0])}, longest idle first"
            : $"end {sessions}, longest idle first";
        var younger = ages.Count > 1 && known.Endable < most ? (Mrkdwn)$" If that isn't enough, those idle longer than {Spoken.Duration(ages[^1])} as well." : Mrkdwn.Empty;
        return new MitigationOffer(true, $"{end}: frees as many slots, loses no transaction, doesn't heal what leaks.{younger}");
    }

    public override Mrkdwn Title(Mitigation mitigation) => $"end {Count(mitigation.Steps)}";

    public override Mrkdwn Harm(Mitigation mitigation)
    {
        var end = (EndIdleSessions)mitigation;
        var more = end.More > 0 ? (Mrkdwn)$" {end.More} more would qualify." : Mrkdwn.Empty;
        return $"Idle outside a transaction for at least {Spoken.Duration(end.IdleFor)}: *no transaction is lost, no undo*; advisory locks, temporary tables and LISTEN end with their session.{Ages(end)}\n{Owners(end)} A session that does anything before its turn is left alone.{SessionWords.Race(end.Sessions, cancels: false)} What leaks goes on leaking.{SessionWords.Nameless(end.Sessions)}{more}";
    }

    public override PlanDetails Details(Mitigation mitigation, PlanProgress progress) =>
        SessionTable.Of(((EndIdleSessions)mitigation).Sessions, progress, Word);

    public override string Confirm(Mitigation mitigation) =>
        $"End {Count(mitigation.Steps)} idle outside a transaction. No transaction is lost, there is no undo.";

    public override string Word(Outcome outcome) => SessionWords.Of(outcome, "ended", "already gone");

    public override string Done(int effects) => $"{Count(effects)} ended";

    public override string Count(int effects) => Spoken.Sessions(effects);

    private static MitigationOffer NoneSoOld(IReadOnlyList<TimeSpan> ages, int idle) => ages.Count > 1 && idle > 0
        ? new MitigationOffer(true, $"no session is idle longer than {Spoken.Duration(ages[0])}; end those idle longer than {Spoken.Duration(ages[^1])}, if there are any: loses no transaction, doesn't heal what leaks.")
        : new MitigationOffer(false, $"No session is idle longer than {Spoken.Duration(ages[^1])}, so ending idle ones would free nothing.");

    /// <summary>"30 min: 0, 10 min: 12, 5 min: 50: proposed 5 min."</summary>
    private static Mrkdwn Ages(EndIdleSessions end) => end.Ages.Count < 2 ? Mrkdwn.Empty : (Mrkdwn)
        $"\nIdle for at least {Mrkdwn.Join($", ", end.Ages.Select(age => (Mrkdwn)$"{Spoken.Duration(age.IdleFor)}: {age.Sessions}"))}: proposed {Spoken.Duration(end.IdleFor)}.";

    /// <summary>How their owners notice. Measured with Npgsql and MySqlConnector.</summary>
    private static Mrkdwn Owners(EndIdleSessions end) => end.Sessions.Any(session => session.Pin is MySqlPin)
        ? $"A pool that checks its connections before use notices nothing; other owners get one error (\"server has gone away\", \"lost connection\") at the next use, and reconnect."
        : (Mrkdwn)$"Their owners get one error (57P01) at the next use; a pool then reconnects, and may drop its other idle connections too.";
}
