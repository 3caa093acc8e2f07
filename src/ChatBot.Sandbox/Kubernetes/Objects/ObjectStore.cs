using System.Globalization;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>
/// The cluster's objects and their history. It keeps uid, generation, resourceVersion and managedFields, and knows
/// nothing of users, rollouts or HTTP.
/// </summary>
/// <remarks>Objects that come out are shared: whoever changes one changes a copy and gives it back.</remarks>
internal sealed class ObjectStore(TimeProvider time)
{
    /// <summary>Changes that a watch can still begin from; an older one gets 410.</summary>
    private const int HistoryLength = 20_000;

    private static readonly Comparer<(string Namespace, string Name)> AsListed = Comparer<(string Namespace, string Name)>.Create((one, other) =>
        string.CompareOrdinal(one.Namespace, other.Namespace) is not 0 and var order ? order : string.CompareOrdinal(one.Name, other.Name));

    private readonly Dictionary<ResourceType, SortedDictionary<(string Namespace, string Name), JsonObject>> _objects =
        ResourceCatalog.All.ToDictionary(type => type, _ => new SortedDictionary<(string Namespace, string Name), JsonObject>(AsListed));

    private readonly Queue<StoreChange> _history = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _forgotten;

    /// <summary>Whoever reads and then writes holds it in between.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Called for each change, with the gate held: must return at once.</summary>
    public event Action<StoreChange>? Changing;

    public long ResourceVersion { get; private set; } = 1000;

    /// <summary>Ends at the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (Gate)
            {
                return _changed.Task;
            }
        }
    }

    public JsonObject? Find(ResourceType type, string @namespace, string name)
    {
        lock (Gate)
        {
            return _objects[type].GetValueOrDefault((@namespace, name));
        }
    }

    /// <param name="namespace">Null for all of them.</param>
    public IReadOnlyList<JsonObject> List(ResourceType type, string? @namespace = null)
    {
        lock (Gate)
        {
            return [.. _objects[type].Where(entry => @namespace is null || entry.Key.Namespace == @namespace).Select(entry => entry.Value)];
        }
    }

    public JsonObject Create(ResourceType type, JsonObject wish, Writer writer)
    {
        lock (Gate)
        {
            if (Find(type, wish.Namespace(), wish.Name()) is not null)
            {
                throw ApiRefusal.AlreadyExists(type, wish.Name());
            }

            var created = Prepared(type, wish, writer);
            Keep(created, new StoreChange(ChangeKind.Added, type, created, null));
            return created;
        }
    }

    /// <summary>What <see cref="Create"/> would keep.</summary>
    public JsonObject Prepared(ResourceType type, JsonObject wish, Writer writer)
    {
        var created = Parsed(wish);
        created["apiVersion"] = type.ApiVersion;
        created["kind"] = type.Kind;
        var metadata = created.Under("metadata");
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = time.GetUtcNow().Stamp();
        metadata.Remove("resourceVersion");
        metadata.Remove("managedFields");
        metadata.Remove("generation");
        if (type.CountsGenerations)
        {
            metadata["generation"] = 1;
        }

        metadata["managedFields"] = ManagedFields.After(null, created, writer, time.GetUtcNow());
        return created;
    }

    /// <returns>The object as it is now: the very same when nothing changed.</returns>
    public JsonObject Replace(ResourceType type, JsonObject wish, Writer writer)
    {
        lock (Gate)
        {
            var before = Find(type, wish.Namespace(), wish.Name()) ?? throw ApiRefusal.NotFound(type, wish.Name());
            var after = Replaced(type, before, wish, writer);
            if (!ReferenceEquals(before, after))
            {
                Keep(after, new StoreChange(ChangeKind.Modified, type, after, before));
            }

            return after;
        }
    }

    /// <summary>What <see cref="Replace"/> would keep.</summary>
    public JsonObject Replaced(ResourceType type, JsonObject before, JsonObject wish, Writer writer)
    {
        var after = Parsed(wish);
        foreach (var own in (ReadOnlySpan<string>)["uid", "creationTimestamp", "generation", "resourceVersion", "managedFields"])
        {
            after.Under("metadata")[own] = before.At("metadata", own)?.DeepClone();
        }

        if (after["metadata"]!["generation"] is null)
        {
            after.Under("metadata").Remove("generation");
        }

        if (JsonNode.DeepEquals(before, after))
        {
            return before;
        }

        if (type.CountsGenerations && !JsonNode.DeepEquals(before["spec"], after["spec"]))
        {
            after.Under("metadata")["generation"] = (before.Number("metadata", "generation") ?? 0) + 1;
        }

        after.Under("metadata")["managedFields"] = ManagedFields.After(before, after, writer, time.GetUtcNow());
        return after;
    }

    /// <summary>Changes a copy, and keeps it if it differs.</summary>
    public JsonObject Change(ResourceType type, JsonObject current, Writer writer, Action<JsonObject> change)
    {
        lock (Gate)
        {
            var before = Find(type, current.Namespace(), current.Name()) ?? throw ApiRefusal.NotFound(type, current.Name());
            var copy = before.Copy();
            change(copy);
            return JsonNode.DeepEquals(before, copy) ? before : Replace(type, copy, writer);
        }
    }

    /// <returns>The object as it was last, or null when there is none.</returns>
    public JsonObject? Remove(ResourceType type, string @namespace, string name)
    {
        lock (Gate)
        {
            if (Find(type, @namespace, name) is not { } before)
            {
                return null;
            }

            _objects[type].Remove((@namespace, name));

            var last = before.Copy();
            Tell(last, new StoreChange(ChangeKind.Deleted, type, last, before));
            return last;
        }
    }

    /// <summary>The changes after a version.</summary>
    /// <exception cref="ApiRefusal">410: some of them are forgotten.</exception>
    public IReadOnlyList<StoreChange> Since(long resourceVersion)
    {
        lock (Gate)
        {
            return resourceVersion < _forgotten
                ? throw ApiRefusal.Expired($"too old resource version: {resourceVersion} ({_forgotten})")
                : [.. _history.SkipWhile(change => change.ResourceVersion <= resourceVersion)];
        }
    }

    /// <summary>Forgets the history, as etcd does every few minutes: watches from the past get 410.</summary>
    public void Compact()
    {
        lock (Gate)
        {
            _history.Clear();
            _forgotten = ResourceVersion;
        }
    }

    /// <summary>Every value as if it had come over the wire, so that equal ones are equal.</summary>
    private static JsonObject Parsed(JsonObject wish) => (JsonObject)JsonNode.Parse(wish.ToJsonString())!;

    private void Keep(JsonObject kept, StoreChange change)
    {
        _objects[change.Type][(kept.Namespace(), kept.Name())] = kept;
        Tell(kept, change);
    }

    private void Tell(JsonObject changed, StoreChange change)
    {
        ResourceVersion++;
        changed.Under("metadata")["resourceVersion"] = ResourceVersion.ToString(CultureInfo.InvariantCulture);
        _history.Enqueue(change);
        while (_history.Count > HistoryLength)
        {
            _forgotten = _history.Dequeue().ResourceVersion;
        }

        Changing?.Invoke(change);
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
