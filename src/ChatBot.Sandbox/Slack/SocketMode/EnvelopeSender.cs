using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

internal enum EnvelopeFate
{
    Acknowledged,
    NotAcknowledged,
    NotConnected,
}

/// <param name="Answer">What the app sent with its acknowledgement; null for nothing or <c>{}</c>.</param>
internal sealed record EnvelopeResult(EnvelopeFate Fate, TimeSpan? After = null, JsonElement? Answer = null);

/// <summary>Sends envelopes to the app, each to one connection, and waits for the acknowledgement.</summary>
internal sealed class EnvelopeSender
{
    private readonly SlackSimulatorOptions _options;
    private readonly SocketHub _hub;
    private readonly SlackFaults _faults;
    private readonly ConcurrentDictionary<string, Waiting> _waiting = new();

    public EnvelopeSender(SlackSimulatorOptions options, SocketHub hub, SlackFaults faults)
    {
        (_options, _hub, _faults) = (options, hub, faults);
        hub.Received = Acknowledge;
    }

    public Deliveries Deliveries { get; } = new();

    /// <returns>What a person would learn of it, after the last try.</returns>
    public async Task<EnvelopeResult> SendAsync(string type, JsonObject payload, CancellationToken cancellationToken)
    {
        var isEvent = type == "events_api";
        var tries = isEvent || _options.RedeliversInteractions ? 1 + _options.RedeliverAfter.Count : 1;
        var result = new EnvelopeResult(EnvelopeFate.NotConnected);
        for (var attempt = 0; attempt < tries; attempt++)
        {
            if (attempt > 0)
            {
                await Task.Delay(_options.RedeliverAfter[attempt - 1], _options.Time, cancellationToken);
            }

            result = await TryAsync(type, payload, attempt, isEvent, cancellationToken);
            if (result.Fate is EnvelopeFate.Acknowledged)
            {
                return result;
            }
        }

        return result;
    }

    private async Task<EnvelopeResult> TryAsync(
        string type,
        JsonObject payload,
        int attempt,
        bool isEvent,
        CancellationToken cancellationToken)
    {
        var (copies, overAll) = _faults.TakeCopies();
        var sockets = Choose(copies, overAll);
        if (sockets.Count == 0)
        {
            return new EnvelopeResult(EnvelopeFate.NotConnected);
        }

        var id = Guid.NewGuid().ToString();
        var frame = Encoding.UTF8.GetBytes(Envelope(id, type, payload, attempt, isEvent).ToJsonString());
        var waiting = new Waiting(Stopwatch.GetTimestamp());
        _waiting[id] = waiting;
        Deliveries.Sent(new Delivery(id, type, attempt, [.. sockets.Select(socket => socket.Number)]));
        foreach (var socket in sockets)
        {
            await socket.SendAsync(frame, cancellationToken);
        }

        try
        {
            var answer = await waiting.Acked.Task.WaitAsync(_options.AckWithin, _options.Time, cancellationToken);
            return new EnvelopeResult(EnvelopeFate.Acknowledged, Stopwatch.GetElapsedTime(waiting.Since), answer);
        }
        catch (TimeoutException)
        {
            return new EnvelopeResult(EnvelopeFate.NotAcknowledged); // a late one is still counted
        }
    }

    private List<SocketConnection> Choose(int copies, bool overAll)
    {
        var open = _hub.Open;
        if (open.Count == 0)
        {
            return [];
        }

        var first = Random.Shared.Next(open.Count);
        return [.. Enumerable.Range(0, copies).Select(copy => open[(first + (overAll ? copy : 0)) % open.Count])];
    }

    private static JsonObject Envelope(string id, string type, JsonObject payload, int attempt, bool isEvent)
    {
        var envelope = new JsonObject
        {
            ["envelope_id"] = id,
            ["payload"] = payload.DeepClone(),
            ["type"] = type,
            ["accepts_response_payload"] = !isEvent,
        };
        if (isEvent)
        {
            envelope["retry_attempt"] = attempt;
            envelope["retry_reason"] = attempt > 0 ? "timeout" : "";
        }

        return envelope;
    }

    private void Acknowledge(JsonElement frame)
    {
        if (frame.ValueKind is not JsonValueKind.Object
            || !frame.TryGetProperty("envelope_id", out var id)
            || id.GetString() is not { } envelopeId
            || !_waiting.TryGetValue(envelopeId, out var waiting))
        {
            return;
        }

        Deliveries.Acked(envelopeId, Stopwatch.GetElapsedTime(waiting.Since));
        var filled = frame.TryGetProperty("payload", out var payload)
            && ((payload.ValueKind is JsonValueKind.Object && payload.EnumerateObject().Any())
                || payload.ValueKind is JsonValueKind.String);
        waiting.Acked.TrySetResult(filled ? payload : null);
    }

    private sealed record Waiting(long Since)
    {
        public TaskCompletionSource<JsonElement?> Acked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
