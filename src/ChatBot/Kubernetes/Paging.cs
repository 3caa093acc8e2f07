using k8s;
using k8s.Models;

namespace ChatBot.Kubernetes;

/// <summary>Reads a list of a namespace page by page, up to a bound.</summary>
internal static class Paging
{
    /// <summary>As kubectl asks.</summary>
    public const int PageSize = 500;

    /// <summary>More than this of anything in a namespace says no more about a service: 2,000.</summary>
    public const int MostItems = 4 * PageSize;

    /// <param name="list">Asks for the page behind a mark; null for the first.</param>
    /// <returns>The items, and whether there are more.</returns>
    /// <exception cref="ClusterUnavailableException">No answer that helps: a sentence says why.</exception>
    public static async Task<(IReadOnlyList<TItem> Items, bool IsCut)> ReadAsync<TList, TItem>(
        Cluster cluster, Access access, Func<IKubernetes, string?, CancellationToken, Task<TList>> list, CancellationToken cancellationToken)
        where TList : IKubernetesObject<V1ListMeta>, IItems<TItem>
    {
        var items = new List<TItem>();
        string? behind = null;
        do
        {
            var mark = behind;
            var page = await cluster.ReadAsync(access, (client, token) => list(client, mark, token), cancellationToken);
            items.AddRange(page.Items ?? []);
            behind = page.Metadata?.ContinueProperty;
        }
        while (behind is { Length: > 0 } && items.Count < MostItems);

        return (items, behind is { Length: > 0 });
    }
}
