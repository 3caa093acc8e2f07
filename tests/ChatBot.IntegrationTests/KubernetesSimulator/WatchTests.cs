using ChatBot.Sandbox.Kubernetes;
using k8s;
using k8s.Models;
using PatchType = k8s.Models.V1Patch.PatchType;

namespace ChatBot.IntegrationTests.KubernetesSimulation;

/// <summary>Changes as they happen.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private PracticeCluster _cluster = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cluster = await PracticeCluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_watch_begins_with_what_there_is_and_goes_on_with_every_change()
    {
        await using var changes = Deployments();
        Assert.Equal((WatchEventType.Added, 2), await NextAsync(changes));

        await _cluster.PatchShopAsync("""{"spec":{"replicas":3}}""", PatchType.MergePatch);
        Assert.Equal((WatchEventType.Modified, 3), await NextAsync(changes));

        _cluster.Cluster.Delete(ResourceCatalog.Deployments, "default", "shop");
        (WatchEventType Type, int Replicas) last;
        do
        {
            last = await NextAsync(changes);
        }
        while (last.Type == WatchEventType.Modified);

        Assert.Equal(WatchEventType.Deleted, last.Type);
    }

    [Fact]
    public async Task A_watch_from_a_version_on_misses_nothing_in_between()
    {
        var version = (await _cluster.ShopAsync()).ResourceVersion();
        await _cluster.PatchShopAsync("""{"metadata":{"labels":{"team":"a"}}}""", PatchType.MergePatch);

        await using var changes = Deployments(version);

        Assert.Equal((WatchEventType.Modified, 2), await NextAsync(changes));
    }

    [Fact]
    public async Task What_stops_matching_is_deleted_for_the_watcher()
    {
        await using var changes = Deployments(selector: "app=shop");
        Assert.Equal((WatchEventType.Added, 2), await NextAsync(changes));

        await _cluster.PatchShopAsync("""{"metadata":{"labels":{"app":"other"}}}""", PatchType.MergePatch);

        Assert.Equal((WatchEventType.Deleted, 2), await NextAsync(changes));
    }

    [Fact]
    public async Task A_past_that_is_forgotten_is_said_to_be_too_old()
    {
        var version = (await _cluster.ShopAsync()).ResourceVersion();
        await _cluster.PatchShopAsync("""{"metadata":{"labels":{"team":"a"}}}""", PatchType.MergePatch);
        _cluster.Cluster.Compact();

        var errors = new List<Exception>();
        await using var changes = Deployments(version, onError: errors.Add);

        Assert.False(await changes.MoveNextAsync());
        var gone = Assert.IsType<KubernetesException>(Assert.Single(errors));
        Assert.Equal((410, "Expired"), (gone.Status.Code, gone.Status.Reason));
    }

    private IAsyncEnumerator<(WatchEventType, V1Deployment)> Deployments(
        string? version = null,
        string? selector = null,
        Action<Exception>? onError = null) => _cluster.Admin.AppsV1
        .WatchListNamespacedDeploymentAsync("default", resourceVersion: version, labelSelector: selector, onError: onError, cancellationToken: Ended)
        .GetAsyncEnumerator(Ended);

    private static async Task<(WatchEventType Type, int Replicas)> NextAsync(IAsyncEnumerator<(WatchEventType Type, V1Deployment Object)> changes)
    {
        Assert.True(await changes.MoveNextAsync(), "The watch ended.");
        return (changes.Current.Type, changes.Current.Object.Spec.Replicas.GetValueOrDefault());
    }
}
