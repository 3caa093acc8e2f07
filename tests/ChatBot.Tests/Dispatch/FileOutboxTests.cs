using System.Text.Json.Nodes;
using ChatBot.Configuration;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Slack;
using ChatBot.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.Tests.Dispatch;

/// <summary>A file whose sharing got no answer.</summary>
public sealed class FileOutboxTests
{
    private const string Card = "1700000000.000100";
    private const string Name = "pool.ini";
    private const string Text = "size = 5\n";
    private const string Title = "pool.ini (837771ce)"; // begins as the SHA-256 of the text does

    private static readonly IncidentId Id = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));
    private static readonly EvidenceId File = new(new Guid("01936c5e-0000-7000-8000-0000000000bb"));
    private static readonly Person Ana = new("T0HOME", "U0ANA");

    [Fact]
    public async Task A_file_is_shared_without_a_look_at_the_thread()
    {
        var slack = new Thread();
        await using var bench = await BenchAsync(slack);

        await ShareAsync(bench);

        Assert.Equal([Title], slack.Titles);
        Assert.DoesNotContain("conversations.replies", bench.Wire.Methods);
        Assert.Equal("F1", await OnRecordAsync(bench));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_whose_sharing_got_no_answer_is_there_once(bool isShared)
    {
        var slack = new Thread { LosesAnswer = true, LosesFile = !isShared };
        await using var bench = await BenchAsync(slack);

        await Assert.ThrowsAsync<TryLaterException>(() => ShareAsync(bench));
        await ShareAsync(bench, again: true);

        Assert.Equal([Title], slack.Titles);
        Assert.Equal(isShared ? "F1" : "F2", await OnRecordAsync(bench));
        Assert.Empty(await bench.ClaimAsync<ShareFile>());
    }

    [Theory]
    [InlineData("U0OTHERAPP", Title)]
    [InlineData("U0BOT", "pool.ini (00000000)")] // before it changed
    [InlineData("U0BOT", "pool.ini")]
    public async Task A_file_that_only_looks_like_it_is_another(string author, string title)
    {
        var slack = new Thread { LosesAnswer = true, LosesFile = true };
        slack.Add(author, title);
        await using var bench = await BenchAsync(slack);

        await Assert.ThrowsAsync<TryLaterException>(() => ShareAsync(bench));
        await ShareAsync(bench, again: true);

        Assert.Equal([title, Title], slack.Titles);
        Assert.Equal("F2", await OnRecordAsync(bench));
    }

    [Fact]
    public async Task Nothing_is_shared_while_Slack_does_not_say_what_the_thread_holds()
    {
        var slack = new Thread { LosesAnswer = true };
        await using var bench = await BenchAsync(slack);
        await Assert.ThrowsAsync<TryLaterException>(() => ShareAsync(bench));

        slack.IsUnread = true;
        await Assert.ThrowsAsync<TryLaterException>(() => ShareAsync(bench, again: true));

        Assert.Equal([Title], slack.Titles);
        Assert.Null(await OnRecordAsync(bench));
    }

    private static async Task<DispatchBench> BenchAsync(Thread slack)
    {
        var bench = await DispatchBench.OpenAsync(slack.Answer);
        await bench.OpenIncidentAsync(Id, Ana);
        await bench.ShowNextAsync(Id);
        await bench.ShowNextAsync(Id);
        await bench.ShowNextAsync(Id);
        var body = new JsonObject { ["name"] = Name, ["text"] = Text }.ToJsonString();
        var share = new ShareFile("end-idle", File);
        await bench.Store.WriteAsync(
            async (transaction, _) =>
            {
                await transaction.AddEvidenceAsync(new EvidenceRow(File.ToString(), Id.ToString(), "file/1", DateTimeOffset.UnixEpoch, body));
                await transaction.AddWorkAsync(new NewWork(
                    EffectCodec.NameOf(share), Id.ToString(), Lane: null, MergeKey: null, EffectCodec.Write(share), transaction.Now));
            },
            DispatchBench.Token);
        return bench;
    }

    /// <param name="again">It was given back.</param>
    private static async Task ShareAsync(DispatchBench bench, bool again = false)
    {
        var (share, item) = Assert.Single(await bench.ClaimAsync<ShareFile>());
        Assert.Equal(again, item.Attempts > 0);
        var outbox = new FileOutbox(
            new SlackFiles(bench.Wire),
            new PostedMessages(bench.Wire),
            bench.Store,
            new IncidentThread(bench.Store),
            new IncidentReport(bench.Store, bench.Pages, bench.Steps, AccountNames.Of(bench.Options.Terminal)),
            NullLogger<FileOutbox>.Instance);
        try
        {
            await outbox.ShareAsync(share, await bench.IncidentAsync(Id), item, DispatchBench.Token);
        }
        catch (TryLaterException)
        {
            await bench.Store.RetryAsync(item, TimeSpan.Zero, "Slack was silent", DispatchBench.Token);
            throw;
        }
    }

    private static async Task<string?> OnRecordAsync(DispatchBench bench) =>
        (await bench.Store.ReadAsync((reader, _) => reader.FindMessageAsync(Id.ToString(), Slots.File("end-idle", Name)), DispatchBench.Token))?.Ts;

    /// <summary>The incident's thread as Slack keeps it.</summary>
    private sealed class Thread
    {
        private readonly JsonArray _messages = [];
        private int _uploads;

        /// <summary>Of the next sharing.</summary>
        public bool LosesAnswer { get; set; }

        /// <summary>With the answer.</summary>
        public bool LosesFile { get; init; }

        public bool IsUnread { get; set; }

        public IEnumerable<string> Titles => _messages.Select(message => (string)message!["files"]![0]!["title"]!);

        public void Add(string author, string title) =>
            _messages.Add(new JsonObject { ["user"] = author, ["files"] = new JsonArray(new JsonObject { ["id"] = $"F{_uploads}", ["title"] = title }) });

        public JsonObject Answer(string method, JsonObject arguments) => method switch
        {
            "auth.test" => new() { ["user_id"] = "U0BOT" },
            "files.getUploadURLExternal" => new() { ["file_id"] = $"F{++_uploads}", ["upload_url"] = "https://files.slack.com/upload" },
            "files.completeUploadExternal" => Complete(method, arguments),
            "conversations.replies" when IsUnread => throw NoAnswer(method),
            "conversations.replies" when (string)arguments["ts"]! == Card => new() { ["messages"] = _messages.DeepClone() },
            _ => new() { ["ts"] = Card },
        };

        private JsonObject Complete(string method, JsonObject arguments)
        {
            var loses = LosesAnswer;
            LosesAnswer = false;
            if (!loses || !LosesFile)
            {
                Add("U0BOT", (string)arguments["files"]![0]!["title"]!);
            }

            return loses ? throw NoAnswer(method) : [];
        }

        private static SlackCallException NoAnswer(string method) =>
            new(method, SlackFailure.NoAnswer, error: null, retryAfter: null, mayHaveHappened: true, "as the test says");
    }
}
