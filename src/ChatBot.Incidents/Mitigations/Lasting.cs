namespace ChatBot.Incidents.Mitigations;

/// <summary>Whether a change stays at the target after it was made.</summary>
public enum Lasting
{
    /// <summary>It is done, and there is nothing to take back.</summary>
    Once,

    /// <summary>It stays until somebody takes it back: it is meant for the incident only.</summary>
    UntilUndone,

    /// <summary>It takes back what an earlier plan of the incident changed.</summary>
    Undo,
}
