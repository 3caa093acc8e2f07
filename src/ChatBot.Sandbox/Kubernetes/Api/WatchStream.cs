using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary><c>?watch=true</c>: one line of JSON for each change, from a version on or from what there is.</summary>
internal sealed class WatchStream(ObjectStore store, Ledger ledger, TimeProvider time)
{
    private const string InitialEventsEnd = "k8s.io/initial-events-end";

    public async Task ServeAsync(Exchange exchange, ApiRequest request)
    {
        var isTable = Tables.AreWanted(exchange.Http.Request);
        var (first, from) = Begin(request);
        await exchange.StartAsync("application/json", ledger, time.GetUtcNow());
        foreach (var (kind, listed) in first)
        {
            await WriteAsync(kind, kind == "BOOKMARK" || !isTable ? listed : Tables.Of(request.Type, [listed], listed, time.GetUtcNow()));
        }

        using var deadline = Deadline(exchange, request);
        try
        {
            while (true)
            {
                await exchange.Http.Response.Body.FlushAsync(exchange.Ended);
                var changed = store.Changed;
                foreach (var change in store.Since(from))
                {
                    from = change.ResourceVersion;
                    if (Seen(request, change) is { } kind)
                    {
                        await WriteAsync(kind, isTable ? Tables.Of(request.Type, [change.Object], change.Object, time.GetUtcNow()) : change.Object);
                    }
                }

                await exchange.Http.Response.Body.FlushAsync(exchange.Ended);
                await changed.WaitAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!exchange.Ended.IsCancellationRequested && !exchange.IsCut)
        {
            if (request.Flag("allowWatchBookmarks"))
            {
                await WriteAsync("BOOKMARK", Bookmark(request.Type, store.ResourceVersion)); // the time asked for is over
            }
        }
        catch (ApiRefusal expired)
        {
            await WriteAsync("ERROR", expired.ToStatus());
        }

        async Task WriteAsync(string kind, JsonObject about)
        {
            var line = new JsonObject { ["type"] = kind, ["object"] = about.DeepClone() }.ToJsonString() + "\n";
            await exchange.Http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line), exchange.Ended);
        }
    }

    /// <summary>What the watch begins with, and the version that it goes on from.</summary>
    private (IReadOnlyList<(string Kind, JsonObject Object)> First, long From) Begin(ApiRequest request)
    {
        lock (store.Gate)
        {
            var version = request.Query["resourceVersion"].ToString();
            var sendsInitial = request.Flag("sendInitialEvents");
            if (version is not ("" or "0") && !sendsInitial)
            {
                var from = long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw ApiRefusal.BadRequest($"Invalid value: \"{version}\": resourceVersion must be a number");
                return ([], from);
            }

            if (request.Query["sendInitialEvents"] == "false")
            {
                return ([], store.ResourceVersion);
            }

            List<(string, JsonObject)> first =
            [
                .. store.List(request.Type, request.Namespace.Length > 0 ? request.Namespace : null)
                    .Where(listed => IsAskedFor(request, listed))
                    .Select(listed => ("ADDED", listed)),
            ];
            if (sendsInitial && request.Flag("allowWatchBookmarks"))
            {
                var end = Bookmark(request.Type, store.ResourceVersion);
                end.Under("metadata", "annotations")[InitialEventsEnd] = "true";
                first.Add(("BOOKMARK", end));
            }

            return (first, store.ResourceVersion);
        }
    }

    /// <summary>How this watcher sees a change: what no longer matches is deleted for it.</summary>
    private static string? Seen(ApiRequest request, StoreChange change)
    {
        if (!ReferenceEquals(change.Type, request.Type)
            || (request.Namespace.Length > 0 && change.Object.Namespace() != request.Namespace))
        {
            return null;
        }

        var did = change.Before is { } before && IsAskedFor(request, before);
        var does = change.Kind != ChangeKind.Deleted && IsAskedFor(request, change.Object);
        return (did, does) switch
        {
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
            _ => null,
        };
    }

    private static bool IsAskedFor(ApiRequest request, JsonObject candidate) =>
        request.Selects(candidate) && (request.Name.Length == 0 || candidate.Name() == request.Name);

    private static JsonObject Bookmark(ResourceType type, long version) => new()
    {
        ["kind"] = type.Kind,
        ["apiVersion"] = type.ApiVersion,
        ["metadata"] = new JsonObject
        {
            ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture),
            ["creationTimestamp"] = null,
        },
    };

    private static CancellationTokenSource Deadline(Exchange exchange, ApiRequest request)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(exchange.Ended);
        if (request.Number("timeoutSeconds") is > 0 and var seconds)
        {
            deadline.CancelAfter(TimeSpan.FromSeconds(seconds)); // the client's seconds, whatever the simulator's clock says
        }

        return deadline;
    }
}
