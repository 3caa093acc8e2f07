using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace ChatBot.IntegrationTests.Playing;

public sealed partial class SandboxTests
{
    [Fact]
    public async Task Played_by_itself_the_idle_leak_ends_resolved_and_with_free_slots()
    {
        await using var sandbox = SandboxProcess.Start("--auto --scenario idle-leak");

        var code = await sandbox.EndAsync();

        Assert.True(code == 0, sandbox.Output);
        Assert.Contains("orders-db is full. An ordinary login is refused: 53300", sandbox.Output);
        Assert.Contains("only to ana: You asked for this plan", sandbox.Output);
        Assert.Contains("Resolved in", sandbox.Output);
        Assert.Contains("an ordinary login works.", sandbox.Output);
    }

    [Theory]
    [InlineData("pg-open-transactions")]
    [InlineData("maria-row-locks")]
    [InlineData("pgb-quiet")]
    public async Task Played_by_itself_a_situation_ends_with_its_cause_on_the_card(string situation)
    {
        await using var sandbox = SandboxProcess.Start($"--auto --scenario {situation}");

        var code = await sandbox.EndAsync();

        Assert.True(code == 0, sandbox.Output);
        Assert.Contains("The card named the cause", sandbox.Output);
    }

    [Fact]
    public async Task Without_its_bot_it_ends_with_1_and_says_what_is_missing()
    {
        await using var sandbox = SandboxProcess.Start("--auto");
        await sandbox.UntilAsync("The leak begins.");

        sandbox.KillBot();

        Assert.Equal(1, await sandbox.EndAsync());
        Assert.Contains("The incident is not resolved: the bot ended with exit code 137.", sandbox.Output);
        Assert.Contains("The bot's last words:", sandbox.Output);
    }

    [Fact]
    public async Task A_script_is_played_line_by_line()
    {
        await using var sandbox = SandboxProcess.Start("--slots 30");

        await sandbox.TypeAsync("/runbook start orders-db", "wait Opened by", "approver> db", "as carl", "look", "quit", "never played");

        Assert.True(await sandbox.EndAsync() == 0, sandbox.Output);
        Assert.Contains("of 27 slots are used", sandbox.Output);
        Assert.Contains("approver carl> look", sandbox.Output);
        Assert.DoesNotContain("never played", sandbox.Output);
    }

    [Fact]
    public async Task Told_to_end_it_takes_its_server_with_it()
    {
        await using var sandbox = SandboxProcess.Start("--auto");
        var port = Port().Match(await sandbox.UntilAsync("PostgreSQL on port")).Groups[1].Value;

        sandbox.Terminate();

        Assert.Equal(130, await sandbox.EndAsync());
        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() =>
            client.ConnectAsync("127.0.0.1", int.Parse(port, CultureInfo.InvariantCulture), sandbox.Token).AsTask());
    }

    [GeneratedRegex(@"port (\d+)")]
    private static partial Regex Port();
}
