using ChatBot.Incidents.Findings.Logs;
using ChatBot.Kubernetes;
using ChatBot.Sandbox.Kubernetes;

namespace ChatBot.IntegrationTests.InKubernetes;

/// <summary>Logs of all pods of a service, as a cluster serves them. Answers that no such cluster gives are tried in ChatBot.Tests.</summary>
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

    /// <summary>Each of them costs its own log, and no other: what came before counts, and what is missing has its pod's name.</summary>
    [Fact]
    public async Task Whatever_goes_wrong_with_one_log_is_a_gap_and_all_the_others_are_told()
    {
        await using var shop = await ShopCluster.StartAsync(within: TimeSpan.FromSeconds(2));
        shop.Simulator.Cluster.Change(ResourceCatalog.Deployments, "shop", "checkout-api", one => one["spec"]!["replicas"] = 4);
        var pods = shop.Simulator.Cluster.List(ResourceCatalog.Pods, "shop", "app=checkout-api").Select(pod => pod["metadata"]!["name"]!.GetValue<string>()).ToList();
        Assert.Equal(4, pods.Count);
        var (whole, hung, gone, forbidden) = (pods[0], pods[1], pods[2], pods[3]);
        shop.Simulator.Logs.Append("shop", whole, "app", Leak);
        shop.Simulator.Pods.Find("shop", whole)!.ReportRestarted("app");
        foreach (var pod in pods)
        {
            shop.Simulator.Logs.Append("shop", pod, "app", Leak);
            shop.Simulator.Logs.Append("shop", pod, "app", new string('x', 10_000));
        }

        // The first line comes, and then nothing more; the pod was listed and is gone; one is not for the bot.
        shop.Simulator.Faults.Next(request => IsLogOf(request, hung), KubernetesFault.StallAfter(200));
        shop.Simulator.Faults.Next(request => IsLogOf(request, gone), KubernetesFault.Status(404, "NotFound", $"pods \"{gone}\" not found"));
        shop.Simulator.Faults.Next(request => IsLogOf(request, forbidden), KubernetesFault.Status(403, "Forbidden", "no"));

        var reading = await new PodLogs(shop.Clusters, shop.Options).ReadAsync(ShopCluster.Target(), DateTimeOffset.UtcNow.AddMinutes(-10), TimeSpan.FromMinutes(1), Stop);

        Assert.Equal(
            new[]
            {
                $"Pod {gone} is gone, and its log with it.",
                "The bot may not get pods/log in namespace shop (403). Add to its Role: - { apiGroups: [\"\"], resources: [\"pods/log\"], verbs: [\"get\"] }",
                $"The log of container app of pod {hung} stopped coming for 2 s; what came before was looked at.",
            }.Order(StringComparer.Ordinal),
            reading.Gaps.Select(gap => gap.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(2, reading.Containers); // what runs in the whole one, and what ran before
        Assert.Equal(new[] { (whole, 2L), (hung, 1L) }.Order(), Assert.Single(reading.Groups).Pods.Select(pod => (pod.Pod.Value, pod.Lines)).Order());
    }

    [Fact]
    public async Task A_pod_that_vanishes_while_its_log_is_read_has_told_what_came_before()
    {
        await using var shop = await ShopCluster.StartAsync();
        var pods = shop.Simulator.Cluster.List(ResourceCatalog.Pods, "shop", "app=checkout-api").Select(pod => pod["metadata"]!["name"]!.GetValue<string>()).ToList();
        foreach (var pod in pods)
        {
            shop.Simulator.Logs.Append("shop", pod, "app", Leak);
            shop.Simulator.Logs.Append("shop", pod, "app", new string('x', 10_000));
        }

        shop.Simulator.Faults.Next(request => IsLogOf(request, pods[0]), KubernetesFault.StallAfter(200));
        var reading = new PodLogs(shop.Clusters, shop.Options).ReadAsync(ShopCluster.Target(), DateTimeOffset.UtcNow.AddMinutes(-10), TimeSpan.FromMinutes(1), Stop);
        await shop.Simulator.Faults.WaitForHangingAsync(1, Stop);
        await Task.Delay(200, Stop); // what was sent has to arrive: a broken connection takes along what nobody has read yet
        shop.Simulator.Cluster.Delete(ResourceCatalog.Pods, "shop", pods[0]);
        shop.Simulator.Faults.CutHung();

        Assert.Equal($"The log of container app of pod {pods[0]} broke off; what came before was looked at.", Assert.Single((await reading).Gaps).ToString());
        Assert.Equal(pods.Order(), Assert.Single((await reading).Groups).Pods.Select(pod => pod.Pod.Value).Order());
    }

    private const string Leak = "Apparent connection leak detected";

    private static bool IsLogOf(ApiRequest request, string pod) => request.Is("get", "pods/log") && request.Name == pod;

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
