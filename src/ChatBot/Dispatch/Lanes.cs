namespace ChatBot.Dispatch;

/// <summary>Work of one lane is done in order, one after the other.</summary>
internal static class Lanes
{
    /// <summary>Words to one person: they don't wait for a busy channel.</summary>
    public static string Person(string user) => $"person:{user}";

    /// <summary>Everything that goes to one Slack channel.</summary>
    public static string Slack(string channel) => $"slack:{channel}";
}
