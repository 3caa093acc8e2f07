using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace ChatBot.Slack;

/// <summary>
/// Our own client: Web API by HTTP, deliveries over two sockets, so that one of them can be refreshed or lost while the
/// other goes on. See https://docs.slack.dev/apis/events-api/using-socket-mode.
/// </summary>
internal sealed partial class SocketModeWire : ISlackWire, IAsyncDisposable
{
    /// <summary>Envelopes that wait for the reader. When it is full, nothing more is read from the sockets.</summary>
    private const int Waiting = 64;

    private readonly SlackWireSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SlackWebApi _api;
    private readonly ResiliencePipeline _dialling;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private readonly HashSet<SlackSocket> _sockets = [];
    private Task _places = Task.CompletedTask;
    private bool _isRead;

    public SocketModeWire(SlackWireSettings settings, TimeProvider clock, ILogger<SocketModeWire> logger)
    {
        _settings = settings;
        _clock = clock;
        _logger = logger;
        _api = new SlackWebApi(settings, clock);
        _dialling = new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(Patience(settings)).Build();
    }

    public int SocketsOpen
    {
        get
        {
            lock (_lock)
            {
                return _sockets.Count(socket => socket.IsAlive);
            }
        }
    }

    public Task<JsonElement> CallAsync(string method, JsonObject arguments, CancellationToken cancellationToken) =>
        _api.CallAsync(method, arguments, cancellationToken);

    public Task UploadAsync(string uploadUrl, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        _api.UploadAsync(uploadUrl, content, cancellationToken);

    public async IAsyncEnumerable<SlackEnvelope> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);

        if (Interlocked.Exchange(ref _isRead, true))
        {
            throw new InvalidOperationException("This wire is being read already, and an envelope goes to one reader.");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        var envelopes = Channel.CreateBounded<SlackEnvelope>(new BoundedChannelOptions(Waiting) { SingleReader = true });
        await using var ends = _disposed.Token.Register(() => envelopes.Writer.TryComplete());

        var places = Enumerable.Range(1, _settings.Sockets)
            .Select(place => KeepOpenAsync(place, envelopes.Writer, stop.Token))
            .ToArray();
        _places = Task.WhenAll(places);

        try
        {
            await foreach (var envelope in envelopes.Reader.ReadAllAsync(cancellationToken))
            {
                yield return envelope;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await _places;
            _isRead = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _places;
        _api.Dispose();
    }

    /// <summary>Keeps one place filled with a living socket until stopped.</summary>
    private async Task KeepOpenAsync(int place, ChannelWriter<SlackEnvelope> deliveries, CancellationToken stop)
    {
        var held = new Place(place);

        try
        {
            while (true)
            {
                // Returns after a good life, which starts the waiting times anew; throws, and waits, after a short one.
                await _dialling.ExecuteAsync(token => FillAsync(held, deliveries, token), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (Exception ours)
        {
            deliveries.TryComplete(ours); // a mistake of our own: the reader gets it
        }
        finally
        {
            await EmptyAsync(held);
        }
    }

    /// <summary>Dials; gives up the socket before only when the new one has said hello; lives until this one ends.</summary>
    private async ValueTask FillAsync(Place place, ChannelWriter<SlackEnvelope> deliveries, CancellationToken stop)
    {
        var address = await _api.OpenConnectionAsync(stop);
        var socket = await SlackSocket.OpenAsync(address, deliveries, _settings, _clock, _logger, stop);
        var born = _clock.GetTimestamp();

        lock (_lock)
        {
            _sockets.Add(socket);
        }

        LogOpened(place.Number);
        await EmptyAsync(place, old => old.RetireAsync(stop));
        place.Socket = socket;

        var end = await socket.Over.WaitAsync(stop);

        if (end.IsLost || end.NeedsAPerson)
        {
            await EmptyAsync(place);
        }

        if (end.NeedsAPerson || _clock.GetElapsedTime(born) < _settings.LongestReconnectDelay)
        {
            throw new SocketLostException($"it ended soon after hello ({end.Reason})", end);
        }

        LogEnded(place.Number, end.Reason);
    }

    private Task EmptyAsync(Place place) => EmptyAsync(place, socket => socket.DisposeAsync());

    private async Task EmptyAsync(Place place, Func<SlackSocket, ValueTask> end)
    {
        if (place.Socket is { } socket)
        {
            place.Socket = null;
            await end(socket);

            lock (_lock)
            {
                _sockets.Remove(socket);
            }
        }
    }

    private RetryStrategyOptions Patience(SlackWireSettings settings) => new()
    {
        ShouldHandle = new PredicateBuilder().Handle<SlackCallException>().Handle<SocketLostException>(),
        MaxRetryAttempts = int.MaxValue,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = settings.ReconnectDelay,
        MaxDelay = settings.LongestReconnectDelay,
        DelayGenerator = failed => new ValueTask<TimeSpan?>(failed.Outcome.Exception switch
        {
            SocketLostException { NeedsAPerson: true } => settings.RefusedDelay,
            SlackCallException { Failure: SlackFailure.Refused } => settings.RefusedDelay,
            SlackCallException { RetryAfter: { } wait } => wait,
            _ => null, // exponential
        }),
        OnRetry = retry =>
        {
            switch (retry.Outcome.Exception)
            {
                case SocketLostException { NeedsAPerson: true } refused:
                    LogRefused(refused.Message, retry.RetryDelay.TotalSeconds);
                    break;
                case SlackCallException { Failure: SlackFailure.Refused } refused:
                    LogRefused(refused.Message, retry.RetryDelay.TotalSeconds);
                    break;
                case { } failed:
                    LogRetry(failed.Message, retry.AttemptNumber + 1, retry.RetryDelay.TotalSeconds);
                    break;
            }

            return default;
        },
    };

    /// <summary>Where a socket is kept: while it is refreshed, the old one stays until the new one has said hello.</summary>
    private sealed class Place(int number)
    {
        public int Number => number;

        public SlackSocket? Socket { get; set; }
    }

    [LoggerMessage(LogLevel.Information, "Socket {Place} to Slack is open")]
    private partial void LogOpened(int place);

    [LoggerMessage(LogLevel.Information, "Socket {Place} to Slack ends ({Reason}); opening another")]
    private partial void LogEnded(int place, string reason);

    [LoggerMessage(LogLevel.Warning, "No socket to Slack: {Why}. Attempt {Attempt}; the next in {Seconds:0.0} s")]
    private partial void LogRetry(string why, int attempt, double seconds);

    [LoggerMessage(
        LogLevel.Error,
        "Slack refuses a socket: {Why}. Look at the app's settings: Socket Mode on, app token with connections:write, "
            + "at most 10 sockets. The next attempt in {Seconds:0} s")]
    private partial void LogRefused(string why, double seconds);
}
