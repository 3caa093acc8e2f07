using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Slack;

/// <summary>Slack, as bytes: calls go out, envelopes come in. What they mean is nobody's business here.</summary>
internal interface ISlackWire
{
    /// <summary>How many sockets have said hello and are alive. 0: Slack can't reach us; 1: one more loss and it can't.</summary>
    int SocketsOpen { get; }

    /// <summary>Calls one Web API method, once: the wire never repeats a call by itself.</summary>
    /// <param name="method">Such as <c>chat.postMessage</c>. See https://docs.slack.dev/reference/methods.</param>
    /// <returns>Slack's answer, whose <c>ok</c> is true.</returns>
    /// <exception cref="SlackCallException">Everything else, "no answer" included.</exception>
    Task<JsonElement> CallAsync(string method, JsonObject arguments, CancellationToken cancellationToken);

    /// <summary>Posts the bytes of a file to the address that Slack gave for them, once. See <see cref="SlackFiles"/>.</summary>
    /// <param name="uploadUrl">Refused, with nothing sent, when it isn't Slack's. It works like a key: it isn't for logs.</param>
    /// <exception cref="SlackCallException">Slack doesn't have them, or nobody knows.</exception>
    Task UploadAsync(string uploadUrl, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>
    /// Opens the sockets and yields what arrives on any of them, until cancelled. One reader at a time. Slack sends an
    /// envelope again that isn't acknowledged within 3 s, and sometimes one that is: the reader drops duplicates.
    /// </summary>
    IAsyncEnumerable<SlackEnvelope> ReadAllAsync(CancellationToken cancellationToken);
}
