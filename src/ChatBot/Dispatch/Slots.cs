using ChatBot.Incidents;

namespace ChatBot.Dispatch;

/// <summary>The names under which the store remembers which Slack message shows which part of an incident.</summary>
internal static class Slots
{
    public static string Of(IncidentPart part, PlanId? plan) => part switch
    {
        IncidentPart.Card => "card",
        IncidentPart.Consumers => "consumers",
        IncidentPart.Plan => $"plan:{plan}",
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "This part has no slot."),
    };
}
