namespace ChatBot.Databases;

/// <summary>Why a target could not be asked.</summary>
internal enum UnavailableReason
{
    /// <summary>The server has no slot for the bot's login: that proves the exhaustion.</summary>
    Full,

    /// <summary>Nobody answers at the address, or the connection was lost.</summary>
    Unreachable,

    /// <summary>The server answered, and does not let the bot in.</summary>
    Refused,

    /// <summary>No answer within the time allowed.</summary>
    TimedOut,

    /// <summary>The server answered with an error, or with something that makes no sense.</summary>
    Confused,
}

/// <summary>A target could not be asked.</summary>
/// <param name="message">A sentence of our own for a responder: never the server's text, never a credential.</param>
/// <remarks>Carries no inner exception on purpose: the driver's would bring the server's text into logs.</remarks>
internal sealed class TargetUnavailableException(UnavailableReason reason, int refusedLogins, string message)
    : Exception(message)
{
    public UnavailableReason Reason { get; } = reason;

    /// <summary>How often the server said "full" to the bot's own login since it last let it in; 0 when that isn't the reason.</summary>
    public int RefusedLogins { get; } = refusedLogins;

    /// <summary>The right that the bot lacks, where that is the reason; the message says it as well.</summary>
    public RightGap? Gap { get; init; }

    /// <summary>For the doctor.</summary>
    public CheckupFinding Found =>
        Gap?.Found(CheckupPart.Connection, CheckupLevel.Missing) ?? new(CheckupPart.Connection, CheckupLevel.Missing, Message);
}
