using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>What an incident changed for its own time only, until when it may stay, and how a person takes it back.</summary>
internal static class TemporaryView
{
    /// <summary>Empty when nothing is to be undone.</summary>
    public static Mrkdwn Of(Incident incident, ViewContext context) =>
        Mrkdwn.Join($"\n", incident.Temporary.Select(change => Of(change, incident, context)));

    private static Mrkdwn Of(TemporaryChange change, Incident incident, ViewContext context)
    {
        var what = What(context.ToUndo.FirstOrDefault(done => done.Name == change.Mitigation), context);
        var due = incident.FindPlan(change.Plan) is { UndoFellDueAt: not null } ? (Mrkdwn)$":warning: *It was to be undone by" : $"*To be undone by";
        return $"{due} {Moment.Of(change.Due, incident)}:* {what}{(incident.IsOpen ? (Mrkdwn)$" Or ask for its step again." : Mrkdwn.Empty)}";
    }

    /// <summary>What stays, and the statement that takes it back.</summary>
    /// <param name="mitigation">Null when the plan can't be read any more.</param>
    public static Mrkdwn What(Mitigation? mitigation, ViewContext context) =>
        mitigation is not null && context.ViewOf(mitigation.Name)?.Undo(mitigation) is { Length: > 0 } words
            ? words
            : (Mrkdwn)$"A change of this incident stays until somebody takes it back.";
}
