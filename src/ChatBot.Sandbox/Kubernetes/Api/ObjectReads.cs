using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary>Get and list, as plain objects.</summary>
internal sealed class ObjectReads(ObjectStore store, TimeProvider time)
{
    public JsonObject Get(ApiRequest request, bool isTable)
    {
        var found = store.Find(request.Type, request.Namespace, request.Name) ?? throw ApiRefusal.NotFound(request.Type, request.Name);
        return request.Subresource == "scale" ? ScaleSubresource.Of(found)
            : isTable ? Tables.Of(request.Type, [found], found, time.GetUtcNow())
            : found;
    }

    /// <summary>With <c>limit</c> and <c>continue</c>: one page, and where the next begins.</summary>
    public JsonObject List(ApiRequest request, bool isTable)
    {
        lock (store.Gate)
        {
            var all = store.List(request.Type, request.Namespace.Length > 0 ? request.Namespace : null).Where(request.Selects).ToList();
            var from = Begin(request.Query["continue"]);
            var limit = (int)(request.Number("limit") is > 0 and var wanted ? Math.Min(wanted, int.MaxValue) : int.MaxValue);
            var page = all.Skip(from).Take(limit).ToList();
            var metadata = new JsonObject { ["resourceVersion"] = store.ResourceVersion.ToString(CultureInfo.InvariantCulture) };
            if (all.Count - from - page.Count is > 0 and var left)
            {
                metadata["continue"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{from + page.Count}"));
                metadata["remainingItemCount"] = left;
            }

            var list = new JsonObject
            {
                ["kind"] = request.Type.Kind + "List",
                ["apiVersion"] = request.Type.ApiVersion,
                ["metadata"] = metadata,
            };
            if (isTable)
            {
                return Tables.Of(request.Type, page, list, time.GetUtcNow());
            }

            list["items"] = new JsonArray([.. page.Select(Item)]);
            return list;
        }
    }

    /// <summary>Within a list the objects don't say what they are.</summary>
    private static JsonObject Item(JsonObject listed)
    {
        var item = listed.Copy();
        item.Remove("kind");
        item.Remove("apiVersion");
        return item;
    }

    private static int Begin(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return 0;
        }

        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var length)
            && int.TryParse(Encoding.UTF8.GetString(bytes, 0, length), NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            ? from
            : throw ApiRefusal.BadRequest("continue key is not valid: it was not issued by this server");
    }
}
