using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using ChatBot.Slack;

namespace ChatBot.Tests.Slack;

/// <summary>A Slack that answers as the test says, also what the real one never would.</summary>
internal sealed class AnsweringWire(Func<string, JsonObject, JsonObject> answer) : ISlackWire
{
    private readonly Lock _lock = new();
    private readonly List<(string Method, JsonObject Arguments)> _calls = [];

    public IReadOnlyList<string> Methods => [.. Calls.Select(call => call.Method)];

    /// <summary>What passes before a call is answered; nothing when null.</summary>
    public Func<string, CancellationToken, Task>? OnCall { get; init; }

    /// <summary>What people do; nobody does anything when null.</summary>
    public ChannelReader<SlackEnvelope>? Deliveries { get; init; }

    /// <summary>What happens to the bytes of a file; nothing when null.</summary>
    public Action<string, ReadOnlyMemory<byte>>? OnUpload { get; init; }

    public IReadOnlyList<(string Method, JsonObject Arguments)> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    public int SocketsOpen => 0;

    /// <summary>Slack said no.</summary>
    public static SlackCallException Refusal(string method, string error) =>
        new(method, SlackFailure.Refused, error, retryAfter: null, mayHaveHappened: false, error);

    public async Task<JsonElement> CallAsync(string method, JsonObject arguments, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _calls.Add((method, (JsonObject)arguments.DeepClone()));
        }

        if (OnCall is not null)
        {
            await OnCall(method, cancellationToken);
        }

        return JsonSerializer.SerializeToElement(answer(method, arguments));
    }

    public Task UploadAsync(string uploadUrl, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        OnUpload?.Invoke(uploadUrl, content);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<SlackEnvelope> ReadAllAsync(CancellationToken cancellationToken) =>
        Deliveries?.ReadAllAsync(cancellationToken) ?? throw new NotSupportedException();
}
