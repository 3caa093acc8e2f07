using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings;
using ChatBot.Slack.BlockKit;

namespace ChatBot.Slack.Views;

/// <summary>How full every layer is, also those that the verdict doesn't lead with; and who is behind the pooler.</summary>
internal static class LayersView
{
    /// <summary>More rows of a kind than this nobody reads on a phone; the evidence has all.</summary>
    private const int Rows = 8;

    /// <summary>Empty parts are left out: a server without limits and without a pooler is on the card already.</summary>
    public static IEnumerable<Block> Blocks(Diagnosis? diagnosis)
    {
        var (limits, pools) = (diagnosis?.Look?.Limits ?? [], diagnosis?.Pools);
        if (limits.Count > 0 || pools is not null)
        {
            yield return new SectionBlock($"How full every layer is");
            yield return new RichTextBlock(Layers(diagnosis?.Look?.Usage, limits, pools));
        }

        if (pools is { Clients: null })
        {
            yield return new SectionBlock($"Who is behind the pooler isn't listed: its {pools.ClientConnections} clients are too many to ask for.");
        }
        else if (pools is { Clients: { Count: > 0 } clients })
        {
            yield return new SectionBlock($"Who is behind the pooler: {pools.ClientConnections}{(pools.MaxClientConnections is { } most ? $" of at most {most}" : "")} clients");
            yield return new RichTextBlock(Clients(clients));
        }
    }

    private static string Layers(ConnectionUsage? usage, IReadOnlyList<ConnectionLimit> limits, PoolerPools? pools)
    {
        var table = new TextTable("used", "of", "waiting", "longest", "layer");
        if (usage is not null)
        {
            table.Add(TextTable.Number(usage.Used), TextTable.Number(usage.Capacity), "-", "-", "server");
        }

        foreach (var limit in limits.Take(Rows))
        {
            table.Add(
                TextTable.Number(limit.Used), TextTable.Number(limit.Limit), "-", "-", $"{(limit.Scope is LimitScope.Database ? "database" : "account")} {TextTable.Name(limit.Name)}");
        }

        foreach (var pool in (pools?.Pools ?? []).Take(Rows))
        {
            table.Add(
                TextTable.Number(pool.ServersBusy),
                pool.PoolSize is { } size ? TextTable.Number(size) : "-",
                TextTable.Number(pool.ClientsWaiting),
                pool.ClientsWaiting > 0 ? Spoken.Duration(pool.MaxWait) : "-",
                $"pool of {TextTable.Name(pool.User)} for {TextTable.Name(pool.Database)}{(pool.IsPaused ? ", paused" : "")}");
        }

        return WithRest(table, Math.Max(0, limits.Count - Rows) + Math.Max(0, (pools?.Pools.Count ?? 0) - Rows));
    }

    private static string Clients(IReadOnlyList<PoolerClients> clients)
    {
        var table = new TextTable("clients", "waiting", "application", "user", "database", "address");
        foreach (var group in clients.Take(Rows))
        {
            table.Add(
                TextTable.Number(group.Count),
                TextTable.Number(group.Waiting),
                TextTable.Name(group.Application),
                TextTable.Name(group.User),
                TextTable.Name(group.Database),
                TextTable.Name(group.Address));
        }

        return WithRest(table, Math.Max(0, clients.Count - Rows));
    }

    private static string WithRest(TextTable table, int rest) => rest > 0 ? $"{table}\n... and {rest} more" : table.ToString();
}
