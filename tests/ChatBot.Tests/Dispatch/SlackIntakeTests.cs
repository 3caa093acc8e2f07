using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using ChatBot.Dispatch;
using ChatBot.Slack;
using ChatBot.Slack.Views;
using ChatBot.Tests.Slack;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ChatBot.Tests.Dispatch;

/// <summary>Modals beside everything else that is to be acknowledged.</summary>
public sealed class SlackIntakeTests : IAsyncLifetime
{
    /// <summary>More than are taken side by side.</summary>
    private const int Presses = 40;

    private const int ModalsAtOnce = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<SlackEnvelope> _deliveries = Channel.CreateUnbounded<SlackEnvelope>();
    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _answers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allOpened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private int _opening;
    private int _opened;
    private int _mostAtOnce;
    private DispatchBench _bench = null!;
    private SlackIntake _intake = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await DispatchBench.OpenAsync();
        var wire = new AnsweringWire((_, _) => []) { OnCall = OpenAsync, Deliveries = _deliveries.Reader };
        var clock = new FakeTimeProvider(); // a trigger lives for ever
        _intake = new SlackIntake(
            wire,
            _bench.Store,
            new NoteRequest(new ModalOpener(wire, clock), new PlanForms(_bench.Store, _bench.Log, _bench.Pages, _bench.Drawing), _bench.Store, NullLogger<NoteRequest>.Instance),
            clock,
            NullLogger<SlackIntake>.Instance);
        await _intake.StartAsync(DispatchBench.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _intake.StopAsync(CancellationToken.None);
        _intake.Dispose();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Modals_that_Slack_is_slow_to_open_hold_up_no_other_acknowledgement()
    {
        for (var i = 0; i < Presses; i++)
        {
            _ = Deliver(Press(i));
        }

        var acknowledged = Deliver(("slash_commands", Payloads.Command()));
        await acknowledged.WaitAsync(Patience, DispatchBench.Token);
        Assert.Single(await _bench.Store.PendingInboxAsync(10, DispatchBench.Token));

        await _full.Task.WaitAsync(Patience, DispatchBench.Token);
        _answers.SetResult();
        await _allOpened.Task.WaitAsync(Patience, DispatchBench.Token);
        Assert.Equal(ModalsAtOnce, _mostAtOnce);
    }

    [Fact]
    public async Task More_modals_than_can_wait_are_not_acknowledged_so_that_Slack_says_so()
    {
        const int waiting = 100, ahead = 1; // one is taken from those that wait before there is a place for it
        var presses = Enumerable.Range(0, 2 * waiting).Select(number => Deliver(Press(number))).ToList();
        await Deliver(("slash_commands", Payloads.Command())).WaitAsync(Patience, DispatchBench.Token);
        await _full.Task.WaitAsync(Patience, DispatchBench.Token);

        Assert.InRange(presses.Count(press => press.IsCompleted), ModalsAtOnce, ModalsAtOnce + waiting + ahead);
        _answers.SetResult();
    }

    [Fact]
    public async Task Who_pressed_right_before_the_bot_stops_is_told_to_press_again()
    {
        var acknowledged = Enumerable.Range(0, Presses).Select(i => Deliver(Press(i))).ToList();
        await Task.WhenAll(acknowledged).WaitAsync(Patience, DispatchBench.Token);
        await _full.Task.WaitAsync(Patience, DispatchBench.Token);

        await _intake.StopAsync(CancellationToken.None).WaitAsync(Patience, DispatchBench.Token);

        var told = await _bench.Store.ClaimAsync(Presses + 1, TimeSpan.FromMinutes(1), DispatchBench.Token);
        Assert.Equal(
            Enumerable.Range(0, Presses).Select(i => $"U0ANA{i}").Order(StringComparer.Ordinal),
            told.Select(item => StoredJson.Read<TellPerson>(item.Body, "the work").User).Order(StringComparer.Ordinal));
    }

    private async Task OpenAsync(string method, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _mostAtOnce = Math.Max(_mostAtOnce, ++_opening);
            if (_opening == ModalsAtOnce)
            {
                _full.TrySetResult();
            }
        }

        await _answers.Task.WaitAsync(cancellationToken);
        lock (_lock)
        {
            _opening--;
            if (++_opened == Presses)
            {
                _allOpened.SetResult();
            }
        }
    }

    private static (string Type, JsonObject Payload) Press(int number)
    {
        var press = Payloads.Press();
        press["trigger_id"] = $"1.{number}";
        press["user"]!["id"] = $"U0ANA{number}";
        press["actions"]![0]!["action_id"] = ButtonIds.StepDone + ButtonIds.NoteSuffix;
        return ("interactive", press);
    }

    /// <returns>Ends with the acknowledgement.</returns>
    private Task Deliver((string Type, JsonObject Payload) delivery)
    {
        var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(_deliveries.Writer.TryWrite(new SlackEnvelope("envelope", delivery.Type, JsonSerializer.SerializeToElement(delivery.Payload), RetryAttempt: 0)
        {
            Acknowledgement = (_, _) => Task.FromResult(acknowledged.TrySetResult()),
        }));
        return acknowledged.Task;
    }
}
