using System.Text.Json.Nodes;
using ChatBot.Configuration;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Slack;
using ChatBot.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.Tests.Dispatch;

/// <summary>Work that the steps of a page cause.</summary>
public sealed class PageWorkTests
{
    private static readonly IncidentId Id = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));
    private static readonly EvidenceId File = new(new Guid("01936c5e-0000-7000-8000-0000000000bb"));
    private static readonly Person Ana = new("T0HOME", "U0ANA");

    [Theory]
    [InlineData("end-idle")] // nobody runs it
    [InlineData("mitigation-9-9")]
    public async Task An_attempt_that_nobody_waits_for_any_more_asks_nobody(string step)
    {
        await using var bench = await DispatchBench.OpenAsync();
        await bench.OpenIncidentAsync(Id, Ana);
        var version = (await bench.IncidentAsync(Id)).Version;

        await RunAsync(bench, new RunStepOfPage(step, Attempt: 1)); // there is nobody to ask here: it would fail

        Assert.Empty(await bench.ClaimAsync<RunStepOfPage>());
        Assert.Equal(version, (await bench.IncidentAsync(Id)).Version);
    }

    [Theory]
    [InlineData("""{"name": 7}""")]
    [InlineData("""{"name": "empty.txt", "text": ""}""")]
    public async Task A_file_that_cannot_be_made_holds_up_nothing_behind_it(string body)
    {
        await using var bench = await DispatchBench.OpenAsync((_, _) => new JsonObject { ["ts"] = "1700000000.000100" });
        await bench.OpenIncidentAsync(Id, Ana);
        await bench.ShowNextAsync(Id);
        await bench.ShowNextAsync(Id);
        await bench.ShowNextAsync(Id);
        await bench.Store.WriteAsync(
            (transaction, _) => transaction.AddEvidenceAsync(new EvidenceRow(File.ToString(), Id.ToString(), "file/1", DateTimeOffset.UnixEpoch, body)), DispatchBench.Token);

        await RunAsync(bench, new ShareFile("end-idle", File));

        Assert.Empty(await bench.ClaimAsync<ShareFile>());
        Assert.DoesNotContain("files.completeUploadExternal", bench.Wire.Methods);
    }

    private static async Task RunAsync<T>(DispatchBench bench, T effect)
        where T : Effect
    {
        await bench.Store.WriteAsync(
            (transaction, _) => transaction.AddWorkAsync(new NewWork(EffectCodec.NameOf(effect), Id.ToString(), Lane: null, MergeKey: null, EffectCodec.Write(effect), transaction.Now)),
            DispatchBench.Token);
        var (_, item) = Assert.Single(await bench.ClaimAsync<T>());
        var reports = new IncidentReport(bench.Store, bench.Pages, bench.Steps, AccountNames.Of(bench.Options.Terminal));
        var files = new FileOutbox(
            new SlackFiles(bench.Wire), new PostedMessages(bench.Wire), bench.Store, new IncidentThread(bench.Store), reports, NullLogger<FileOutbox>.Instance);
        await new WorkRunner(bench.Store, bench.Log, bench.Dispatcher, bench.Facts, bench.Pages, null!, null!, null!, null!, null!, bench.Outbox, files).RunAsync(item, DispatchBench.Token);
    }
}
