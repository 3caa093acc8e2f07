using ChatBot.Incidents;

namespace ChatBot.Dispatch;

/// <summary>Work of one lane is done in order, one after the other.</summary>
internal static class Lanes
{
    /// <summary>Words to one person: they don't wait for a busy channel.</summary>
    public static string Person(string user) => $"person:{user}";

    /// <summary>What stands in a Slack channel itself: cards and plans.</summary>
    public static string Slack(string channel) => $"slack:{channel}";

    /// <summary>What stands in an incident's thread: many messages, which the card must not wait for.</summary>
    public static string Thread(IncidentId incident) => $"thread:{incident}";
}
