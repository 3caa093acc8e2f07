namespace ChatBot.Incidents.Findings.Logs;

/// <summary>What a log line says about connections. Who writes it is mostly a victim: only <see cref="Leak"/> speaks of whoever is to blame.</summary>
public enum LogSign
{
    /// <summary>The pool, or the server itself, caught a connection that was not given back: the frame is the leak's own.</summary>
    Leak,

    /// <summary>Somebody waited for a connection of the service's own pool in vain.</summary>
    PoolExhausted,

    /// <summary>The server or a pooler turned somebody away.</summary>
    ServerFull,

    /// <summary>A session was ended or timed out by the server; perhaps by the bot.</summary>
    SessionEnded,

    /// <summary>A connection was held for long and came back: slow, not leaked.</summary>
    Slow,

    /// <summary>The process was too busy to look after its pool.</summary>
    Starved,
}
