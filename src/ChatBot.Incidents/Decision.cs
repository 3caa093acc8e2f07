using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents;

/// <summary>The core's answer to a command.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <param name="Events">What is now a fact; empty when the command came too late to matter.</param>
    /// <param name="Plan">The plan whose bytes are to be stored with the events; null when there is none.</param>
    /// <param name="Note">What the person should know although it was accepted; null when nothing.</param>
    public sealed record Accepted(IReadOnlyList<IncidentEvent> Events, Plan? Plan = null, string? Note = null) : Decision;

    /// <param name="Reason">What is wrong and what to do, for the person who asked.</param>
    public sealed record Refused(string Reason) : Decision;

    /// <summary>Nothing to do and nobody to tell: a result that came after the end.</summary>
    public static readonly Decision Nothing = new Accepted([]);

    public static Decision Accept(params IReadOnlyList<IncidentEvent> events) => new Accepted(events);

    public static Decision Refuse(string reason) => new Refused(reason);
}
