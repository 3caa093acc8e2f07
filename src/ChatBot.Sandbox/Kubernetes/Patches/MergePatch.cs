using System.Text.Json.Nodes;

namespace ChatBot.Sandbox.Kubernetes;

/// <summary><c>application/merge-patch+json</c>, RFC 7396.</summary>
internal static class MergePatch
{
    public static JsonObject Apply(JsonObject to, JsonObject patch)
    {
        var patched = to.Copy();
        Merge(patched, patch);
        return patched;
    }

    private static void Merge(JsonObject into, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    into.Remove(name);
                    break;
                case JsonObject inner:
                    Merge(into.Under(name), inner);
                    break;
                default:
                    into[name] = value.DeepClone();
                    break;
            }
        }
    }
}
