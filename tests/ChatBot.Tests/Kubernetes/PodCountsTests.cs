using ChatBot.Incidents.Evidence;
using ChatBot.Kubernetes;
using k8s.Models;

namespace ChatBot.Tests.Kubernetes;

public sealed class PodCountsTests
{
    [Theory]
    [InlineData(null, null, 10, 3, 2)] // 25 %: up, and down
    [InlineData(null, null, 1, 1, 0)]
    [InlineData("25%", "25%", 4, 1, 1)]
    [InlineData("1", "0", 6, 1, 0)]
    [InlineData("0", "1", 6, 0, 1)]
    [InlineData("0", "10%", 6, 0, 1)] // neither would do: one may be missing
    [InlineData("100%", "0%", 3, 3, 0)]
    [InlineData("34%", "34%", 3, 2, 1)]
    public void Bounds_are_rounded_as_Kubernetes_does(string? surge, string? unavailable, int replicas, int pods, int missing)
    {
        var deployment = new V1DeploymentSpec
        {
            Replicas = replicas,
            Strategy = new V1DeploymentStrategy
            {
                Type = "RollingUpdate",
                RollingUpdate = surge is null ? null : new V1RollingUpdateDeployment { MaxSurge = surge, MaxUnavailable = unavailable },
            },
        };

        Assert.Equal(new RolloutStrategy(pods, missing, IsRecreate: false), PodCounts.StrategyOf(deployment));
    }

    [Fact]
    public void Who_recreates_ends_all_first() => Assert.Equal(
        new RolloutStrategy(0, 5, IsRecreate: true),
        PodCounts.StrategyOf(new V1DeploymentSpec { Replicas = 5, Strategy = new V1DeploymentStrategy { Type = "Recreate" } }));
}
