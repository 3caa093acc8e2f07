using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.TerminateIdle;

/// <summary>The words for ending idle sessions.</summary>
internal sealed class EndIdleSessionsView : MitigationView
{
    public override string Button => "End idle sessions";

    public override string? LeftToDo => "What leaks still leaks: restart or roll back its service.";

    public override string? WhenNotRelieved => "End more, or restart what holds them.";

    public override string? WhenFullAgain => "What leaks still leaks: restart or roll back its service; ending sessions only buys time.";

    public override MitigationOffer Offer(Incident incident, StepBinding? binding, ViewContext context)
    {
        var (idleFor, most) = SessionBounds.Of(binding, context.Policy.IdleFor, context.Policy.MaxSessions);
        if (incident.Consumers is not { } known)
        {
            return new MitigationOffer(false, $"It isn't known who holds the connections, so there is nothing to plan.");
        }

        if (known.Endable == 0)
        {
            return new MitigationOffer(false, $"No session is idle longer than {Spoken.Duration(idleFor)}, so ending idle ones would free nothing.");
        }

        // Counted was from the age of the settings on; of those, fewer may be as old as the page asks for.
        var sessions = Spoken.Sessions(Math.Min(known.Endable, most));
        var end = idleFor > context.Policy.IdleFor
            ? (Mrkdwn)$"end at most {sessions}, idle longer than {Spoken.Duration(idleFor)}, longest idle first"
            : $"end {sessions}, longest idle first";
        return new MitigationOffer(true, $"{end}: frees as many slots, loses no work, doesn't heal what leaks.");
    }

    public override Mrkdwn Title(Mitigation mitigation) => $"end {Count(mitigation.Steps)}";

    public override Mrkdwn Harm(Mitigation mitigation)
    {
        var end = (EndIdleSessions)mitigation;
        var more = end.More > 0 ? (Mrkdwn)$" {end.More} more would qualify." : Mrkdwn.Empty;
        return $"Idle outside a transaction for at least {Spoken.Duration(end.IdleFor)}: *no work is lost, no undo.*\nTheir owners get one error (57P01) at the next use; a pool then reconnects, and may drop its other idle connections too. A session that does anything before its turn is left alone. What leaks goes on leaking.{more}";
    }

    public override PlanDetails Details(Mitigation mitigation, PlanProgress progress) =>
        SessionTable.Of((EndIdleSessions)mitigation, progress, Word);

    public override string Confirm(Mitigation mitigation) =>
        $"End {Count(mitigation.Steps)} idle outside a transaction. No work is lost, there is no undo.";

    public override string Word(Outcome outcome) => outcome switch
    {
        Outcome.Applied => "ended",
        Outcome.AlreadySatisfied => "already gone",
        Outcome.NotApplied => "not ended",
        Outcome.Superseded => "server restarted: nothing done",
        Outcome.Drift => "changed, left alone",
        Outcome.Ambiguous => "no answer: look by hand",
        _ => outcome.ToString(),
    };

    public override string Done(int effects) => $"{Count(effects)} ended";

    public override string Count(int effects) => Spoken.Sessions(effects);
}
