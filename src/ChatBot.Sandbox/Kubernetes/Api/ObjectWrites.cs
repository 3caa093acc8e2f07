using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <param name="Before">Null when nothing was there.</param>
/// <param name="Answer">The object as it is now, or a <c>Status</c>.</param>
internal sealed record WriteResult(JsonObject? Before, JsonObject Answer);

/// <summary>Create, update, patch and delete as a client asks for them: defaults, admission, validation, conflicts, dry runs.</summary>
internal sealed class ObjectWrites(ObjectStore store, TimeProvider time)
{
    /// <summary>Rules on certain accounts; none at first.</summary>
    public IReadOnlyList<AdmissionRule> AdmissionRules { get; set; } = [];

    public WriteResult Create(ApiRequest request, ClusterUser user, JsonObject wish, Writer writer)
    {
        var (type, wanted) = (request.Type, wish.Copy());
        DemandKind(type, wanted);
        if (FieldTypes.Mistake(type, wanted) is { } mistake)
        {
            throw ApiRefusal.BadRequest($"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: {mistake}");
        }

        var metadata = wanted.Under("metadata");
        if (wanted.Name().Length == 0 && wanted.Text("metadata", "generateName") is { Length: > 0 } prefix)
        {
            metadata["name"] = prefix + NameSuffix.Random();
        }

        if (type.IsNamespaced)
        {
            if (wanted.Namespace().Length > 0 && wanted.Namespace() != request.Namespace)
            {
                throw ApiRefusal.BadRequest($"the namespace of the provided object does not match the namespace sent on the request");
            }

            metadata["namespace"] = request.Namespace;
            if (store.Find(ResourceCatalog.Namespaces, "", request.Namespace) is null)
            {
                throw ApiRefusal.NotFound(ResourceCatalog.Namespaces, request.Namespace);
            }
        }

        if (type.Subresources.Contains("status"))
        {
            wanted.Remove("status");
        }

        Defaults.FillIn(type, wanted);
        foreach (var rule in AdmissionRules)
        {
            rule.Check(user, type, null, wanted);
        }

        Validation.Check(type, null, wanted);
        lock (store.Gate)
        {
            if (request.IsDryRun && store.Find(type, wanted.Namespace(), wanted.Name()) is not null)
            {
                throw ApiRefusal.AlreadyExists(type, wanted.Name());
            }

            return new WriteResult(null, request.IsDryRun ? store.Prepared(type, wanted, writer) : store.Create(type, wanted, writer));
        }
    }

    public WriteResult Update(ApiRequest request, ClusterUser user, JsonObject wish, Writer writer)
    {
        DemandKind(request.Type, wish);
        if (wish.Name() != request.Name)
        {
            throw ApiRefusal.BadRequest($"the name of the object ({wish.Name()}) does not match the name on the URL ({request.Name})");
        }

        if (FieldTypes.Mistake(request.Type, wish) is { } mistake)
        {
            throw ApiRefusal.BadRequest($"{request.Type.Kind} in version \"{request.Type.Version}\" cannot be handled as a {request.Type.Kind}: {mistake}");
        }

        lock (store.Gate)
        {
            var before = Current(request);
            if (wish.Uid() is { Length: > 0 } uid && uid != before.Uid())
            {
                throw ApiRefusal.Conflict(request.Type, request.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before.Uid()}");
            }

            return Replace(request, user, before, wish, writer);
        }
    }

    /// <param name="patch">From the object as it is to the object as wished.</param>
    public WriteResult Patch(ApiRequest request, ClusterUser user, Func<JsonObject, JsonObject> patch, Writer writer)
    {
        lock (store.Gate)
        {
            var before = Current(request);
            var wish = patch(before);
            if (FieldTypes.Mistake(request.Type, wish) is { } mistake)
            {
                throw new ApiRefusal(422, "Invalid", $" \"\" is invalid: patch: Invalid value: {wish.ToJsonString()}: {mistake}", []);
            }

            foreach (var fixedField in (ReadOnlySpan<string>)["uid", "name", "namespace"])
            {
                if (wish.Text("metadata", fixedField) is var value && value != before.Text("metadata", fixedField))
                {
                    throw ApiRefusal.Invalid(
                        request.Type,
                        request.Name,
                        [FieldMistake.Invalid("metadata." + fixedField, $"\"{value}\"", "field is immutable")]);
                }
            }

            return Replace(request, user, before, wish, writer);
        }
    }

    public WriteResult Delete(ApiRequest request, JsonObject? options)
    {
        lock (store.Gate)
        {
            var before = Current(request);
            if (options.Text("preconditions", "uid") is { } uid && uid != before.Uid())
            {
                throw ApiRefusal.Conflict(request.Type, request.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before.Uid()}");
            }

            if (options.Text("preconditions", "resourceVersion") is { } version && version != before.Text("metadata", "resourceVersion"))
            {
                throw ApiRefusal.Conflict(
                    request.Type,
                    request.Name,
                    $"Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta: {before.Text("metadata", "resourceVersion")}");
            }

            if (request.IsDryRun)
            {
                return new WriteResult(before, Done(request.Type, before));
            }

            var grace = options.Number("gracePeriodSeconds")
                ?? request.Number("gracePeriodSeconds")
                ?? before.Number("spec", "terminationGracePeriodSeconds") ?? 30;
            if (ReferenceEquals(request.Type, ResourceCatalog.Pods) && grace > 0)
            {
                return new WriteResult(before, PodDeletion.Begin(store, before, grace, time.GetUtcNow()));
            }

            if (options.Text("propagationPolicy") == "Orphan" || request.Query["propagationPolicy"] == "Orphan")
            {
                GarbageCollector.Release(store, before);
            }

            store.Remove(request.Type, before.Namespace(), before.Name());
            return new WriteResult(before, Done(request.Type, before));
        }
    }

    private static JsonObject Done(ResourceType type, JsonObject gone)
    {
        var details = new JsonObject { ["name"] = gone.Name() };
        if (type.Group.Length > 0)
        {
            details["group"] = type.Group;
        }

        details["kind"] = type.Plural;
        details["uid"] = gone.Uid();
        return new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }

    private static void DemandKind(ResourceType type, JsonObject wish)
    {
        if ((wish.Text("kind") ?? type.Kind) != type.Kind || (wish.Text("apiVersion") ?? type.ApiVersion) != type.ApiVersion)
        {
            throw ApiRefusal.BadRequest(
                $"{wish.Text("kind")} in version \"{wish.Text("apiVersion")}\" cannot be handled as a {type.Kind}: no kind \"{wish.Text("kind")}\" is registered");
        }
    }

    private WriteResult Replace(ApiRequest request, ClusterUser user, JsonObject before, JsonObject wish, Writer writer)
    {
        var type = request.Type;
        if (wish.Text("metadata", "resourceVersion") is { Length: > 0 } version && version != before.Text("metadata", "resourceVersion"))
        {
            throw ApiRefusal.Changed(type, request.Name);
        }

        JsonObject after;
        if (request.Subresource == "status")
        {
            after = before.Copy();
            after["status"] = wish["status"]?.DeepClone();
        }
        else
        {
            after = wish.Copy();
            after["apiVersion"] = type.ApiVersion;
            after["kind"] = type.Kind;
            if (type.Subresources.Contains("status"))
            {
                after.Remove("status");
                if (before["status"] is { } status)
                {
                    after["status"] = status.DeepClone();
                }
            }

            Defaults.FillIn(type, after);
            foreach (var rule in request.Subresource.Length == 0 ? AdmissionRules : []) // a policy for deployments doesn't match their scale
            {
                rule.Check(user, type, before, after);
            }

            Validation.Check(type, before, after);
        }

        return new WriteResult(
            before,
            request.IsDryRun ? store.Replaced(type, before, after, writer) : store.Replace(type, after, writer));
    }

    private JsonObject Current(ApiRequest request) =>
        store.Find(request.Type, request.Namespace, request.Name) ?? throw ApiRefusal.NotFound(request.Type, request.Name);
}
