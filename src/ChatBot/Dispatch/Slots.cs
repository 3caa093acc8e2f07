using ChatBot.Incidents;

namespace ChatBot.Dispatch;

/// <summary>The names under which the store remembers which Slack message shows which part of an incident.</summary>
internal static class Slots
{
    public const string Card = "card";

    /// <summary>Drawings of one part that wait are one drawing.</summary>
    public static string MergeKey(IncidentId incident, string slot) => $"show:{incident}:{slot}";

    public static string Of(Show show) => show.Part switch
    {
        IncidentPart.Card => Card,
        IncidentPart.Step => $"step:{show.Step}",
        IncidentPart.Steps => $"steps:{show.Phase}",
        IncidentPart.Plan => $"plan:{show.Plan}",
        IncidentPart.Undo => $"undo:{show.Plan}",
        IncidentPart.Consumers => "consumers",
        _ => throw new ArgumentOutOfRangeException(nameof(show), show.Part, "This part has no slot."),
    };

    /// <param name="step">The step that made the file.</param>
    /// <param name="file">The file's name.</param>
    public static string File(string step, string file) => $"file:{step}:{file}";

    /// <param name="file">The file's name.</param>
    public static string Report(string file) => $"report:{file}";
}
