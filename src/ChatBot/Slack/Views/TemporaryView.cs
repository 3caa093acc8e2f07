using ChatBot.Incidents;
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
        var what = context.ToUndo.FirstOrDefault(done => done.Name == change.Mitigation) is { } mitigation && context.ViewOf(change.Mitigation)?.Undo(mitigation) is { Length: > 0 } words
            ? words
            : (Mrkdwn)$"A change of this incident stays until somebody takes it back.";
        return $"*To be undone by {Moment.Of(change.Due, incident)}:* {what}{(incident.IsOpen ? (Mrkdwn)$" Or ask for its step again." : Mrkdwn.Empty)}";
    }
}
