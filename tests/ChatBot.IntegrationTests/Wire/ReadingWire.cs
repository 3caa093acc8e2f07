using System.Collections.Concurrent;
using System.Threading.Channels;
using ChatBot.Configuration;
using ChatBot.Slack;
using Microsoft.Extensions.Logging;

namespace ChatBot.IntegrationTests.Wire;

/// <summary>The bot's wire with a reader on it, and what it logged. A test waits here for what should happen.</summary>
internal sealed class ReadingWire : IAsyncDisposable, ILogger<SocketModeWire>
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<SlackEnvelope> _read = Channel.CreateUnbounded<SlackEnvelope>();
    private readonly ConcurrentQueue<string> _log = new();

    /// <summary>Ends as the wire's stream of envelopes ends.</summary>
    public Task Reading { get; }

    public SocketModeWire Wire { get; }

    /// <summary>Level and message of each line so far.</summary>
    public IReadOnlyList<string> Log => [.. _log];

    private ReadingWire(SlackWireSettings settings, Func<SlackEnvelope, Task> handle)
    {
        Wire = new SocketModeWire(settings, TimeProvider.System, this);
        Reading = ReadAsync(handle);
    }

    /// <summary>Everything waits as long as a test can bear: a lost socket is replaced in tens of milliseconds.</summary>
    public static SlackWireSettings Impatient(Uri apiUrl) =>
        new(apiUrl, new Secret("xoxb-practice-bot"), new Secret("xapp-practice-app"))
        {
            ReconnectDelay = TimeSpan.FromMilliseconds(20),
            LongestReconnectDelay = TimeSpan.FromMilliseconds(100),
            RefusedDelay = TimeSpan.FromMilliseconds(150),
        };

    /// <param name="handle">What the reader does with an envelope; acknowledges it when null.</param>
    public static ReadingWire Start(SlackWireSettings settings, Func<SlackEnvelope, Task>? handle = null) =>
        new(settings, handle ?? (envelope => envelope.AcknowledgeAsync(null, CancellationToken.None)));

    public async Task<SlackEnvelope> NextAsync() =>
        await _read.Reader.ReadAsync(Patience());

    public Task OpenAsync(int sockets) => UntilAsync(() => Wire.SocketsOpen == sockets);

    public Task LoggedAsync(string words) =>
        UntilAsync(() => _log.Any(line => line.Contains(words, StringComparison.Ordinal)));

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var patience = Patience();

        while (!condition())
        {
            await look.WaitForNextTickAsync(patience);
        }
    }

    public Task StopAsync() => _stop.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Wire.DisposeAsync();
        await Reading.WaitAsync(Patience());
    }

    /// <summary>What hasn't happened after 30 s won't: the test fails instead of hanging.</summary>
    public static CancellationToken Patience()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        return patience.Token;
    }

    private async Task ReadAsync(Func<SlackEnvelope, Task> handle)
    {
        try
        {
            await foreach (var envelope in Wire.ReadAllAsync(_stop.Token))
            {
                await handle(envelope);
                await _read.Writer.WriteAsync(envelope, CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _log.Enqueue($"{logLevel}: {formatter(state, exception)}");

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;
}
