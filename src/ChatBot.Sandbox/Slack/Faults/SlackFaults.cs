using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Slack;

/// <summary>What Slack and the network do wrong, on demand.</summary>
public sealed class SlackFaults
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<SlackFault>> _next = [];
    private readonly SlackSimulatorOptions _options;
    private readonly SocketHub _hub;
    private TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (int Copies, bool OverAll) _copies = (1, false);

    internal SlackFaults(SlackSimulatorOptions options, SocketHub hub)
    {
        (_options, _hub) = (options, hub);
    }

    /// <summary>Every Web API call answers 503 while it lasts. Sockets stay; see <see cref="DropSockets"/>.</summary>
    public bool Outage { get; set; }

    /// <summary>The app's open connections, those told to go not counted.</summary>
    public int Sockets => _hub.Open.Count;

    /// <summary>Ends when the app has this many connections.</summary>
    public async Task WaitForSocketsAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = _hub.Changed;
            if (_hub.Open.Count == count)
            {
                return;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The next calls of a method go wrong; the ones after are fine again.</summary>
    /// <param name="method"><c>chat.postMessage</c>, or <c>*</c> for any.</param>
    public void Next(string method, SlackFault fault, int times = 1)
    {
        lock (_gate)
        {
            if (!_next.TryGetValue(method, out var queue))
            {
                _next[method] = queue = [];
            }

            for (var i = 0; i < times; i++)
            {
                queue.Enqueue(fault);
            }
        }
    }

    /// <summary>Lets every hanging call go on.</summary>
    public void ReleaseHung()
    {
        lock (_gate)
        {
            _hung.SetResult();
            _hung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The next envelope goes out this many times under the same id.</summary>
    /// <param name="overAllSockets">Over the connections in turn, or all over one.</param>
    public void DeliverNext(int times, bool overAllSockets = false)
    {
        lock (_gate)
        {
            _copies = (times, overAllSockets);
        }
    }

    /// <summary>Every connection is reset (RST): no close frame.</summary>
    public void DropSockets() => Each(socket => socket.Reset());

    /// <summary>Every connection goes silent without ending: half open. Envelopes still go to them, and are lost.</summary>
    public void FreezeSockets() => Each(socket => socket.Stream.Freeze());

    public void ThawSockets() => Each(socket => socket.Stream.Thaw());

    /// <summary>Slack's notice to leave; the connections are closed 10 s later (setting) unless the app did it before.</summary>
    /// <param name="reason"><c>warning</c>, <c>refresh_requested</c>, <c>link_disabled</c>, <c>too_many_websockets</c>.</param>
    /// <param name="oneOnly">Only the oldest connection.</param>
    public async Task DisconnectAsync(string reason, bool oneOnly = false, CancellationToken cancellationToken = default)
    {
        foreach (var socket in oneOnly ? _hub.Open.Take(1) : _hub.Open)
        {
            await socket.DisconnectAsync(reason, cancellationToken);
            _ = CloseLaterAsync(socket);
        }
    }

    /// <summary>A text frame of any bytes, invalid UTF-8 included.</summary>
    public async Task SendRawAsync(byte[] frame, CancellationToken cancellationToken = default)
    {
        foreach (var socket in _hub.Open)
        {
            await socket.SendAsync(frame, cancellationToken);
        }
    }

    /// <summary>A well formed envelope of a type that doesn't exist yet.</summary>
    public async Task SendUnknownEnvelopeAsync(string type = "sandbox_unknown", CancellationToken cancellationToken = default)
    {
        foreach (var socket in _hub.Open.Take(1))
        {
            await socket.SendAsync(
                new JsonObject
                {
                    ["envelope_id"] = Guid.NewGuid().ToString(),
                    ["type"] = type,
                    ["accepts_response_payload"] = false,
                    ["payload"] = new JsonObject { ["type"] = type },
                },
                cancellationToken);
        }
    }

    internal SlackFault? Take(string method)
    {
        lock (_gate)
        {
            return _next.TryGetValue(method, out var own) && own.TryDequeue(out var fault) ? fault
                : _next.TryGetValue("*", out var any) && any.TryDequeue(out var shared) ? shared
                : null;
        }
    }

    internal (int Copies, bool OverAll) TakeCopies()
    {
        lock (_gate)
        {
            var copies = _copies;
            _copies = (1, false);
            return copies;
        }
    }

    internal Task Hung
    {
        get
        {
            lock (_gate)
            {
                return _hung.Task;
            }
        }
    }

    private async Task CloseLaterAsync(SocketConnection socket)
    {
        await Task.Delay(_options.CloseAfterDisconnect, _options.Time);
        await socket.CloseAsync(CancellationToken.None);
    }

    private void Each(Action<SocketConnection> act)
    {
        foreach (var socket in _hub.All)
        {
            act(socket);
        }
    }
}
