using System.Text;
using ChatBot.Sandbox.Slack;
using ChatBot.Slack;

namespace ChatBot.IntegrationTests.Wire;

/// <summary>Files of the bot in the practice workspace: people read them, and a failure says whether they may.</summary>
public sealed class SharedFileTests : IAsyncLifetime
{
    private const string Channel = "inc-orders-db";
    private const string Text = "[pgbouncer]\nlisten_addr = *\n; <!channel> größe\n";

    private SlackSimulator _slack = null!;

    private static CancellationToken Cancelled => ReadingWire.Patience();

    public async ValueTask InitializeAsync() =>
        _slack = await SlackSimulator.StartAsync(new SlackSimulatorOptions { RateLimits = SlackRateLimits.Off }, Cancelled);

    public ValueTask DisposeAsync() => _slack.DisposeAsync();

    [Fact]
    public async Task A_file_stands_in_the_thread_with_its_text()
    {
        await using var wire = Wire();
        var card = await _slack.Workspace.As("ana").SayAsync(Channel, "card", cancellationToken: Cancelled);

        var id = await ShareAsync(wire, card.Ts);

        var seen = _slack.Workspace.As("boris").Sees(Channel).Single(message => message.Files.Count > 0);
        Assert.Equal(("From this incident, for &lt;!here&gt;", card.Ts), (seen.Text, seen.ThreadTs));
        Assert.Equal(("pgbouncer.ini", "PgBouncer", Text), (seen.Files[0].Name, seen.Files[0].Title, seen.Files[0].Text));
        Assert.Equal(id, _slack.Workspace.FindMessage("C0ORDERSDB", seen.Ts)!.Files[0].Id);
    }

    // which step is lost, before or after it was done; whether people may see the file, and how many files they do see
    [Theory]
    [InlineData("files.getUploadURLExternal", false, false, 0)]
    [InlineData("files.getUploadURLExternal", true, false, 0)]
    [InlineData("upload_url", false, false, 0)]
    [InlineData("upload_url", true, false, 0)]
    [InlineData("files.completeUploadExternal", false, true, 0)]
    [InlineData("files.completeUploadExternal", true, true, 1)]
    public async Task A_lost_answer_tells_whether_the_file_may_be_seen(string step, bool afterEffect, bool mayHaveHappened, int files)
    {
        await using var wire = Wire();
        _slack.Faults.Next(step, afterEffect ? SlackFault.CloseAfterEffect() : SlackFault.CloseBeforeEffect());

        var fault = await Assert.ThrowsAsync<SlackCallException>(() => ShareAsync(wire));

        Assert.Equal((SlackFailure.NoAnswer, mayHaveHappened), (fault.Failure, fault.MayHaveHappened));
        Assert.Equal(files, Files());

        if (!mayHaveHappened)
        {
            await ShareAsync(wire); // begun anew, it is shared once
            Assert.Equal(1, Files());
        }
    }

    [Theory]
    [InlineData("files.getUploadURLExternal", false)]
    [InlineData("upload_url", false)]
    [InlineData("files.completeUploadExternal", true)]
    public async Task A_step_that_hangs_is_given_up_in_time(string step, bool mayHaveHappened)
    {
        await using var wire = Wire(TimeSpan.FromSeconds(2)); // the steps before it take a moment on a busy machine
        _slack.Faults.Next(step, SlackFault.Hang());

        var fault = await Assert.ThrowsAsync<SlackCallException>(() => ShareAsync(wire));

        Assert.Equal((SlackFailure.NoAnswer, mayHaveHappened), (fault.Failure, fault.MayHaveHappened));
        Assert.Contains("2 s", fault.Message, StringComparison.Ordinal);
        _slack.Faults.ReleaseHung();
    }

    [Fact]
    public async Task What_Slack_refuses_is_refused_with_its_word()
    {
        await using var wire = Wire();

        var fault = await Assert.ThrowsAsync<SlackCallException>(
            () => new SlackFiles(wire).ShareAsync("C0GENERAL1", null, "a.txt", "a", "a"u8.ToArray(), shows: null, null, Cancelled));

        Assert.Equal((SlackFailure.Refused, "not_in_channel", false), (fault.Failure, fault.Error, fault.MayHaveHappened));
    }

    [Fact]
    public async Task A_limit_of_rate_comes_with_how_long_to_wait()
    {
        await using var wire = Wire();
        _slack.Faults.Next("files.completeUploadExternal", SlackFault.RateLimited(9));

        var fault = await Assert.ThrowsAsync<SlackCallException>(() => ShareAsync(wire));

        Assert.Equal((SlackFailure.RateLimited, TimeSpan.FromSeconds(9), false), (fault.Failure, fault.RetryAfter, fault.MayHaveHappened));
        Assert.Equal(0, Files());
    }

    private int Files() => _slack.Workspace.As("ana").Sees(Channel).Sum(message => message.Files.Count);

    private SocketModeWire Wire(TimeSpan? timeout = null) => new(
        ReadingWire.Impatient(_slack.ApiUrl) with { CallTimeout = timeout ?? TimeSpan.FromSeconds(10) },
        TimeProvider.System,
        Microsoft.Extensions.Logging.Abstractions.NullLogger<SocketModeWire>.Instance);

    private static Task<string> ShareAsync(ISlackWire wire, string? threadTs = null) => new SlackFiles(wire).ShareAsync(
        "C0ORDERSDB", threadTs, "pgbouncer.ini", "PgBouncer", Encoding.UTF8.GetBytes(Text), shows: null, $"From this incident, for {"<!here>"}", Cancelled);
}
