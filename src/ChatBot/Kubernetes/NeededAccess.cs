using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Kubernetes;

/// <summary>The rights that the bot needs for a service. manifests/kubernetes grants them, and no others.</summary>
internal static class NeededAccess
{
    /// <summary>For the evidence: pods, owners, logs, events, autoscalers, and the ConfigMap that is configured.</summary>
    public static IEnumerable<Access> ToRead(ServiceWorkload service)
    {
        yield return service.To("get");
        yield return new Access("list", "", "pods", service.Namespace);
        yield return new Access("get", "", "pods/log", service.Namespace);
        yield return new Access("list", "", "events", service.Namespace);
        yield return new Access("list", Access.Apps, "replicasets", service.Namespace);
        yield return new Access("list", Access.Autoscaling, "horizontalpodautoscalers", service.Namespace);
        if (service.PoolSize is { Holder: PoolSizeHolder.ConfigMap } place)
        {
            yield return new Access("get", "", "configmaps", service.Namespace, place.Name);
        }
    }

    /// <summary>For plans.</summary>
    public static IEnumerable<Access> ToChange(ServiceWorkload service)
    {
        if (service.Kind is WorkloadKind.Deployment)
        {
            yield return service.To("patch");
            yield return service.To("patch", "/scale");
        }

        if (service.PoolSize is { Holder: PoolSizeHolder.ConfigMap } place)
        {
            yield return new Access("patch", "", "configmaps", service.Namespace, place.Name);
        }
    }
}
