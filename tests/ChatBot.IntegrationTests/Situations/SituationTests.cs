using System.Collections.Concurrent;
using ChatBot.Sandbox.Situations;

namespace ChatBot.IntegrationTests.Situations;

/// <summary>The bot looks at every situation of the sandbox, as it does in an incident, and has to name the cause.</summary>
public sealed class SituationTests(ITestOutputHelper output)
{
    /// <summary>Most of the time a situation waits until its sessions are old enough: five at a time keep two processors busy.</summary>
    private const int AtATime = 5;

    [Fact]
    public async Task Every_situation_is_taken_for_what_it_is_and_what_is_shown_of_it_is_true()
    {
        var seen = new ConcurrentBag<SituationSeen>();
        await Parallel.ForEachAsync(
            await PlayableAsync(),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = TestContext.Current.CancellationToken },
            async (situation, token) => seen.Add(await SituationSeen.OfAsync(situation, token)));

        var matrix = ConfusionMatrix.Of(seen);
        output.WriteLine(matrix);
        TestContext.Current.AddAttachment("confusion matrix", matrix);
        Assert.True(seen.All(one => one.Wrong.Count == 0), string.Join('\n', seen.SelectMany(one => one.Wrong)));
    }

    [Fact]
    public void There_are_two_dozen_situations_with_names_of_their_own()
    {
        Assert.True(Situation.All.Count >= 24);
        Assert.Distinct(Situation.All.Select(situation => situation.Name));
    }

    [Fact]
    public async Task The_list_names_every_story()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "ChatBot.Sandbox.dll");
        using var list = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("dotnet", [program, "--list"]) { RedirectStandardOutput = true })!;
        var said = await list.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await list.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, list.ExitCode);
        var lines = said.Split('\n').Select(line => line.Trim()).ToHashSet();
        Assert.All(Situation.All, situation => Assert.Contains(situation.Name, lines));
    }

    private async Task<IReadOnlyList<Situation>> PlayableAsync()
    {
        var mySql = await Sandbox.Databases.MySqlServer.FindAsync(TestContext.Current.CancellationToken);
        if (!mySql.IsAvailable)
        {
            output.WriteLine($"MySQL 9: left out, because {mySql.Reason}");
        }

        // The slow ones to wait for come first.
        return
        [
            .. Situation.All
                .Where(situation => situation.Engine is not SituationEngine.MySql || mySql.IsAvailable)
                .OrderByDescending(situation => situation.Label is Labels.SlowStatements or Labels.IdleLeak),
        ];
    }
}
