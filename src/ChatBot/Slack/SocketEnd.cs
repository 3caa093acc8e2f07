namespace ChatBot.Slack;

/// <summary>Why a socket is of no use any more.</summary>
/// <param name="Reason">Slack's word for it, or what the connection broke with.</param>
/// <param name="IsLost">False while deliveries may still come: Slack has only announced the end.</param>
internal sealed record SocketEnd(string Reason, bool IsLost)
{
    /// <summary>Dialling again at once won't help: Socket Mode is off, or too many sockets are open.</summary>
    public bool NeedsAPerson => !IsLost && Reason is "link_disabled" or "too_many_websockets";
}

/// <summary>A socket that couldn't be opened, or ended so soon that dialling again at once would be a hot loop.</summary>
internal sealed class SocketLostException(string why, Exception? cause = null) : Exception(why, cause)
{
    public SocketLostException(string why, SocketEnd end)
        : this(why)
    {
        NeedsAPerson = end.NeedsAPerson;
    }

    public bool NeedsAPerson { get; }
}
