using ChatBot.Incidents.Findings.Logs;
using ChatBot.Kubernetes;
using ChatBot.Sandbox.Kubernetes;

namespace ChatBot.IntegrationTests.InKubernetes;

/// <summary>Logs of all pods of a service, as a cluster serves them. What goes wrong on the way is tried in ChatBot.Tests.</summary>
public sealed class ClusterLogTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_pods_are_read_also_what_ran_before_a_restart_and_nobody_elses()
    {
        await using var shop = await ShopCluster.StartAsync();
        var since = DateTimeOffset.UtcNow.AddMinutes(-10);
        var pods = shop.Simulator.Cluster.List(ResourceCatalog.Pods, "shop", "app=checkout-api").Select(pod => pod["metadata"]!["name"]!.GetValue<string>()).ToList();
        var stranger = shop.Simulator.Cluster.List(ResourceCatalog.Pods, "shop", "app=mailer")[0]["metadata"]!["name"]!.GetValue<string>();
        shop.Simulator.Logs.Append("shop", pods[0], "app", "Apparent connection leak detected");
        shop.Simulator.Pods.Find("shop", pods[0])!.ReportRestarted("app");
        foreach (var pod in pods.Append(stranger))
        {
            shop.Simulator.Logs.Append("shop", pod, "app", "Apparent connection leak detected");
        }

        var reading = await new PodLogs(shop.Clusters, shop.Options).ReadAsync(ShopCluster.Target(), since, TimeSpan.FromMinutes(1), Stop);

        Assert.Empty(reading.Gaps);
        Assert.Equal(pods.Count + 1, reading.Containers);
        var group = Assert.Single(reading.Groups);
        Assert.Equal((LogSign.Leak, pods.Count + 1L, pods.Count), (group.Sign, group.Count, group.Pods.Count));
        Assert.All(reading.Matches, match => Assert.NotNull(match.At));
        Assert.Contains(reading.Matches, match => match.IsPrevious);
    }

    [Fact]
    public async Task Lines_from_before_are_not_read()
    {
        await using var shop = await ShopCluster.StartAsync();
        var pod = shop.Simulator.Cluster.List(ResourceCatalog.Pods, "shop", "app=checkout-api")[0]["metadata"]!["name"]!.GetValue<string>();
        var since = DateTimeOffset.UtcNow.AddMinutes(-10);
        shop.Simulator.Logs.Append("shop", pod, "app", since.AddMinutes(-1), "Apparent connection leak detected"u8.ToArray());
        shop.Simulator.Logs.Append("shop", pod, "app", since.AddMinutes(1), "Apparent connection leak detected"u8.ToArray());

        var reading = await new PodLogs(shop.Clusters, shop.Options).ReadAsync(ShopCluster.Target(), since, TimeSpan.FromMinutes(1), Stop);

        Assert.Equal(1, Assert.Single(reading.Groups).Count);
    }
}
