namespace ChatBot.Kubernetes;

/// <summary>Why a cluster gave no answer that helps.</summary>
internal enum ClusterTrouble
{
    /// <summary>The settings or the kubeconfig lead to no cluster.</summary>
    NotConfigured,

    /// <summary>Nobody answers at the address, or the connection was lost.</summary>
    Unreachable,

    /// <summary>Whoever answers can't prove to be the API server.</summary>
    Untrusted,

    /// <summary>It doesn't take the bot's token or certificate (401).</summary>
    Unknown,

    /// <summary>The bot's account lacks a right (403).</summary>
    Forbidden,

    /// <summary>There is no such object (404).</summary>
    Missing,

    /// <summary>It asked the bot to slow down, for longer than a call may take (429).</summary>
    Throttled,

    /// <summary>No answer within the time allowed.</summary>
    TimedOut,

    /// <summary>It answered with an error, or with something that makes no sense.</summary>
    Confused,
}

/// <summary>A cluster gave no answer that helps.</summary>
/// <param name="message">A sentence of our own for a responder: never the server's text, never a credential.</param>
/// <remarks>Carries no inner exception on purpose: the client's would bring the server's text into logs.</remarks>
internal sealed class ClusterUnavailableException(ClusterTrouble trouble, string message) : Exception(message)
{
    public ClusterTrouble Trouble { get; } = trouble;
}
