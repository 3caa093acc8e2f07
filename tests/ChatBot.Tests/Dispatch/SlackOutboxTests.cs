using System.Text.Json.Nodes;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Store;
using ChatBot.Tests.Slack;

namespace ChatBot.Tests.Dispatch;

public sealed class SlackOutboxTests
{
    private static readonly IncidentId Id = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));
    private static readonly EvidenceId Names = new(new Guid("01936c5e-0000-7000-8000-0000000000bb"));
    private static readonly Person Ana = new("T0HOME", "U0ANA");

    [Fact]
    public async Task A_card_that_slack_refuses_holds_up_nothing_behind_it()
    {
        var refuses = true;
        await using var bench = await DispatchBench.OpenAsync((method, _) => (method, refuses) switch
        {
            ("conversations.history", _) => new() { ["messages"] = new JsonArray() },
            (_, true) => throw AnsweringWire.Refusal(method, "invalid_blocks"),
            _ => new() { ["ts"] = "1700000000.000100" },
        });
        await bench.OpenIncidentAsync(Id, Ana);
        Assert.Equal("card", await bench.ShowNextAsync(Id));
        Assert.Equal("step:diagnosis-1", await bench.ShowNextAsync(Id)); // there is no thread to put it into
        Assert.Equal("step:diagnosis-2", await bench.ShowNextAsync(Id));
        Assert.Empty(await bench.ClaimAsync<Show>());

        refuses = false;
        await bench.DoAsync(Id, new RecordMissingUsage("No answer."));
        Assert.Equal("card", await bench.ShowNextAsync(Id));
        Assert.Equal("step:diagnosis-1", await bench.ShowNextAsync(Id));
        Assert.Equal("1700000000.000100", await CardAsync(bench));
    }

    [Fact]
    public async Task What_belongs_into_the_thread_waits_for_the_card()
    {
        await using var bench = await DispatchBench.OpenAsync((_, _) => new() { ["ts"] = "1700000000.000100" });
        await bench.OpenIncidentAsync(Id, Ana);
        var claimed = await bench.ClaimAsync<Show>();
        var card = claimed.Single(work => work.Effect.Part is IncidentPart.Card);
        var step = claimed.Single(work => work.Effect.Part is IncidentPart.Step);

        await Assert.ThrowsAsync<TryLaterException>(async () => await bench.Outbox.ShowAsync(step.Effect, await bench.IncidentAsync(Id), step.Item, DispatchBench.Token));
        await bench.Outbox.ShowAsync(card.Effect, await bench.IncidentAsync(Id), card.Item, DispatchBench.Token);
        await bench.Outbox.ShowAsync(step.Effect, await bench.IncidentAsync(Id), step.Item, DispatchBench.Token);

        Assert.NotNull(await bench.Store.ReadAsync((reader, _) => reader.FindMessageAsync(Id.ToString(), "step:diagnosis-1"), DispatchBench.Token));
    }

    [Fact]
    public async Task A_drawing_that_cannot_be_made_holds_up_nothing_behind_it()
    {
        await using var bench = await DispatchBench.OpenAsync((_, _) => new() { ["ts"] = "1700000000.000100" });
        await bench.OpenIncidentAsync(Id, Ana);
        Assert.Equal("card", await bench.ShowNextAsync(Id));
        Assert.Equal("step:diagnosis-1", await bench.ShowNextAsync(Id));
        Assert.Equal("step:diagnosis-2", await bench.ShowNextAsync(Id));

        // As a newer version may have written it before it was taken back.
        await bench.DoAsync(Id, new RecordConsumers(Names, Sessions: 9, Endable: 0), Evidence("{\"groups\": 1, \"colour\": \"red\"}"));
        Assert.Equal("card", await bench.ShowNextAsync(Id));
        Assert.Equal("step:diagnosis-2", await bench.ShowNextAsync(Id));
        Assert.Empty(await bench.ClaimAsync<Show>());
    }

    private static async Task<string?> CardAsync(DispatchBench bench) =>
        (await bench.Store.ReadAsync((reader, _) => reader.FindMessageAsync(Id.ToString(), "card"), DispatchBench.Token))?.Ts;

    private static EvidenceRow Evidence(string body) =>
        new(Names.ToString(), Id.ToString(), "connection-consumers/1", DateTimeOffset.UnixEpoch, body);
}
