using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>The cluster as its owner sees it: objects in and out, without HTTP, rights or faults.</summary>
internal sealed class Cluster(ObjectStore store, ObjectWrites writes, ControlPlane controlPlane)
{
    /// <summary>Creates the objects of a manifest, or replaces them; several are divided by <c>---</c>. Namespaces that lack are made.</summary>
    /// <param name="manifest">YAML or JSON.</param>
    public void Apply(string manifest, string fieldManager = "kubectl-client-side-apply")
    {
        foreach (var wish in Manifest.Read(manifest))
        {
            Apply(wish, fieldManager);
        }
    }

    public JsonObject? Find(ResourceType type, string @namespace, string name) => store.Find(type, @namespace, name)?.Copy();

    /// <exception cref="ApiRefusal">There is none.</exception>
    public JsonObject Get(ResourceType type, string @namespace, string name) =>
        Find(type, @namespace, name) ?? throw ApiRefusal.NotFound(type, name);

    public IReadOnlyList<JsonObject> List(ResourceType type, string? @namespace = null, string? labelSelector = null)
    {
        var selector = LabelSelector.Parse(labelSelector);
        return [.. store.List(type, @namespace).Where(selector.Matches).Select(one => one.Copy())];
    }

    /// <summary>A change by somebody else: a person, an operator, a GitOps controller.</summary>
    public void Change(ResourceType type, string @namespace, string name, Action<JsonObject> change, string fieldManager = "somebody")
    {
        var request = Request("update", type, @namespace, name);
        writes.Patch(
            request,
            ClusterUser.Admin,
            current =>
            {
                var changed = current.Copy();
                change(changed);
                return changed;
            },
            new Writer(fieldManager));
        controlPlane.Settle();
    }

    public void Delete(ResourceType type, string @namespace, string name)
    {
        writes.Delete(Request("delete", type, @namespace, name), null);
        controlPlane.Settle();
    }

    /// <summary>Ends when the cluster is as asked, looking again at every change.</summary>
    public async Task WaitUntilAsync(Func<Cluster, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = store.Changed;
            if (condition(this))
            {
                return;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Forgets the past: a watch that begins there is told 410.</summary>
    public void Compact() => store.Compact();

    private static ApiRequest Request(string verb, ResourceType type, string @namespace, string name) =>
        new(verb, type, @namespace, name, "") { Query = QueryCollection.Empty };

    private void Apply(JsonObject wish, string fieldManager)
    {
        var (version, kind) = (wish.Text("apiVersion") ?? "", wish.Text("kind") ?? "");
        var type = ResourceCatalog.OfKind(version, kind)
            ?? throw new ArgumentException($"The simulator has no {kind} of {version}.", nameof(wish));
        var @namespace = type.IsNamespaced ? wish.Text("metadata", "namespace") ?? "default" : "";
        if (type.IsNamespaced)
        {
            wish.Under("metadata")["namespace"] = @namespace;
            EnsureNamespace(@namespace);
        }

        var writer = new Writer(fieldManager);
        lock (store.Gate)
        {
            if (store.Find(type, @namespace, wish.Name()) is null)
            {
                writes.Create(Request("create", type, @namespace, ""), ClusterUser.Admin, wish, writer);
            }
            else
            {
                writes.Update(Request("update", type, @namespace, wish.Name()), ClusterUser.Admin, wish, writer);
            }
        }

        controlPlane.Settle();
    }

    internal void EnsureNamespace(string name)
    {
        lock (store.Gate)
        {
            if (store.Find(ResourceCatalog.Namespaces, "", name) is null)
            {
                store.Create(
                    ResourceCatalog.Namespaces,
                    new JsonObject
                    {
                        ["metadata"] = new JsonObject
                        {
                            ["name"] = name,
                            ["labels"] = new JsonObject { ["kubernetes.io/metadata.name"] = name },
                        },
                        ["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") },
                        ["status"] = new JsonObject { ["phase"] = "Active" },
                    },
                    new Writer("kube-apiserver"));
            }
        }
    }
}
