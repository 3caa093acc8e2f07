using ChatBot.Sandbox.Slack;

namespace ChatBot.IntegrationTests.Replicas;

[Collection(ReplicaCollectionDefinition.Name)]
public sealed class PressStormTests
{
    private const int Rounds = 5;
    private const int Presses = 200;

    private static readonly string[] People = ["ana", "boris", "carl", "dora", "emil"];
    private static readonly string[] Wishes = ["Approve", "Reject", "Withdraw"];

    /// <summary>What a plan can come to by a press; each of them excludes the others.</summary>
    private const string Ends = "('plan-approved', 'plan-rejected', 'plan-cancelled')";

    [Theory]
    [InlineData(0)] // one process, SQLite
    [InlineData(2)] // two on PostgreSQL
    public async Task Whoever_presses_what_at_once_one_press_decides_and_everybody_else_is_told(int replicas)
    {
        await using var storm = await Storm.StartAsync(replicas, People);
        var random = new Random(replicas);

        for (var round = 1; round <= Rounds; round++)
        {
            var plan = await storm.UntilPlanAsync();
            var told = storm.Told;
            var presses = new List<Task<SlackAnswer>>();
            for (var n = 0; n < Presses; n++)
            {
                storm.Slack.Faults.DeliverNext(random.Next(1, 6), overAllSockets: true);
                presses.Add(storm.As(People[random.Next(People.Length)])
                    .PressAsSeenAsync(plan, Wishes[random.Next(Wishes.Length)], cancellationToken: storm.Token));
            }

            Assert.All(await Task.WhenAll(presses), answer => Assert.True(answer.IsAcknowledged, answer.Shown));
            await storm.UntilQuietAsync();

            Assert.Equal(Presses - 1, storm.Told - told);
            Assert.Equal(round, await storm.CountAsync($"select count(*) from events where type in {Ends}"));
            Assert.Equal(
                await storm.CountAsync("select count(*) from events where type = 'plan-approved'"),
                await storm.CountAsync("select count(*) from executions"));
            await storm.StopIncidentAsync();
        }
    }
}
