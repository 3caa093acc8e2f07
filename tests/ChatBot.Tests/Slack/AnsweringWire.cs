using System.Text.Json;
using System.Text.Json.Nodes;
using ChatBot.Slack;

namespace ChatBot.Tests.Slack;

/// <summary>A Slack that answers as the test says, also what the real one never would.</summary>
internal sealed class AnsweringWire(Func<string, JsonObject, JsonObject> answer) : ISlackWire
{
    private readonly List<(string Method, JsonObject Arguments)> _calls = [];

    public IReadOnlyList<string> Methods => [.. _calls.Select(call => call.Method)];

    /// <summary>What happens to the bytes of a file; nothing when null.</summary>
    public Action<string, ReadOnlyMemory<byte>>? OnUpload { get; init; }

    public IReadOnlyList<(string Method, JsonObject Arguments)> Calls => _calls;

    public int SocketsOpen => 0;

    /// <summary>Slack said no.</summary>
    public static SlackCallException Refusal(string method, string error) =>
        new(method, SlackFailure.Refused, error, retryAfter: null, mayHaveHappened: false, error);

    public Task<JsonElement> CallAsync(string method, JsonObject arguments, CancellationToken cancellationToken)
    {
        _calls.Add((method, (JsonObject)arguments.DeepClone()));
        return Task.FromResult(JsonSerializer.SerializeToElement(answer(method, arguments)));
    }

    public Task UploadAsync(string uploadUrl, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        OnUpload?.Invoke(uploadUrl, content);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<SlackEnvelope> ReadAllAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
